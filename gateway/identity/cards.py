"""Keeps the card rows: merged from what the systems say, with relations resolved through the crosswalk."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.canonical.roles import Noun, SystemRole
from gateway.identity.crosswalk import CHUNK, DECODER, DELETED, told_by_systems
from gateway.identity.facts import CardFacts, Ref
from gateway.identity.merge import merged
from gateway.store.tables import card, card_key, link

LEGAL_ENTITY, MEMBER, PROJECT = "LEGAL_ENTITY", "MEMBER", "PROJECT"
OWN_COLUMNS = (
    "code",
    "name",
    "number",
    "status",
    "type",
    "currency",
    "legal_entity",
    "region",
    "service_line",
    "start_date",
    "end_date",
    "modified_at",
)
RELATED_COLUMNS = ("customer_id", "contract_id", "opportunity_id", "manager_id", "parent_id", "region")


async def rebuild(connection: AsyncConnection, tenant: str, card_ids: Sequence[UUID]) -> None:
    """Write the own facts of cards; relations follow in `relate`."""
    for start in range(0, len(card_ids), CHUNK):
        chunk = card_ids[start : start + CHUNK]
        told = await told_by_systems(connection, chunk)
        known = set((await connection.execute(select(card.c.id).where(card.c.id.in_(chunk)))).scalars())
        made, changed = list[dict[str, Any]](), list[dict[str, Any]]()
        for card_id, (noun, by_role, at, alive) in told.items():
            values = {**_own(noun, by_role), "synced_at": at, "alive": int(alive)}
            if card_id in known:
                changed.append({"of_id": card_id, **values})
            else:
                made.append({"id": card_id, "tenant": tenant, "noun": noun.value, **values})
        if made:
            await connection.execute(insert(card), made)
        if changed:
            await connection.execute(_UPDATE, changed)


def _own(noun: Noun, by_role: Mapping[SystemRole, CardFacts]) -> dict[str, Any]:
    facts = merged(noun, by_role)
    return {name: getattr(facts, name) for name in OWN_COLUMNS}


class Crosswalk:
    """Every link in memory while relations are resolved: (noun, connection, id) and (noun, key) to a card."""

    def __init__(self) -> None:
        self.facts: dict[UUID, tuple[Noun, CardFacts]] = {}
        self._by_native: dict[tuple[Noun, str, str], UUID] = {}
        self._by_key: dict[tuple[Noun, str], set[UUID]] = defaultdict(set)

    @classmethod
    def of(cls, links: Iterable[Any]) -> "Crosswalk":
        """Hold the links, as `_LINKS` names them."""
        walk = cls()
        told: dict[UUID, tuple[Noun, dict[SystemRole, CardFacts]]] = {}
        for row in links:
            noun, facts = Noun(row[0]), DECODER.decode(row[5])
            walk._by_native[noun, row[1], row[2]] = row[3]
            for key in (*facts.keys, *facts.references, *filter(None, (facts.code, facts.number))):
                walk._by_key[noun, key].add(row[3])
            told.setdefault(row[3], (noun, {}))[1].setdefault(SystemRole(row[4]), facts)
        walk.facts = {card_id: (noun, merged(noun, by_role)) for card_id, (noun, by_role) in told.items()}
        return walk

    def find(self, ref: Ref | None) -> UUID | None:
        """Return the card that a reference leads to; None when it is unknown or ambiguous."""
        if ref is None:
            return None
        if ref.connection is not None:
            return self._by_native.get((ref.noun, ref.connection, ref.value))
        found = self._by_key.get((ref.noun, ref.value), set())
        return next(iter(found)) if len(found) == 1 else None

    def all(self, refs: Iterable[Ref]) -> tuple[UUID, ...]:
        """Return the cards of several references, unknown ones left out."""
        return tuple(dict.fromkeys(found for ref in refs if (found := self.find(ref)) is not None))


async def relate(connection: AsyncConnection, tenant: str) -> None:
    """Resolve what cards name of each other, whatever the order in which systems told it; write what is different.

    All cards are looked at: the work is done in a thread, so that who asks meanwhile is answered.
    """
    links = await connection.execute(_LINKS.where(link.c.tenant == tenant))
    held = await connection.execute(_HELD.where(card.c.tenant == tenant))
    keys = await connection.execute(_KEYS.where(card.c.tenant == tenant))
    new = await asyncio.to_thread(_differences, links, held, keys)
    if new.moved:
        await connection.execute(_UPDATE, new.moved)
    if new.stale:
        named = ("of_card_id", "of_kind", "of_value")
        await connection.execute(_DELETE_KEY, [dict(zip(named, key, strict=True)) for key in new.stale])
    if new.fresh:
        named = ("card_id", "kind", "value")
        await connection.execute(insert(card_key), [dict(zip(named, key, strict=True)) for key in new.fresh])


class _Differences(NamedTuple):
    """What the store holds otherwise than it should: rows to update, and keys too many and too few."""

    moved: list[dict[str, Any]]
    stale: list[tuple[UUID, str, str]]
    fresh: list[tuple[UUID, str, str]]


def _differences(links: Iterable[Any], held: Iterable[Any], keys: Iterable[Any]) -> _Differences:
    rows = _relations(Crosswalk.of(links))
    columns = {row[0]: tuple(row[1:]) for row in held}
    keyed: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    for card_id, kind, value in keys:
        keyed[card_id].add((kind, value))
    return _Differences(
        moved=[
            {"of_id": each, **{name: row[name] for name in RELATED_COLUMNS}}
            for each, row in rows.items()
            if tuple(row[name] for name in RELATED_COLUMNS) != columns[each]
        ],
        stale=[(each, *key) for each, row in rows.items() for key in sorted(keyed[each] - row["keys"])],
        fresh=[(each, *key) for each, row in rows.items() for key in sorted(row["keys"] - keyed[each])],
    )


_LINKS = (
    select(link.c.noun, link.c.connection, link.c.external_id, link.c.card_id, link.c.role, link.c.facts)
    .where(link.c.status != DELETED)
    .order_by(link.c.connection)
)
_HELD = select(card.c.id, *(card.c[name] for name in RELATED_COLUMNS))
_KEYS = select(card_key).join(card, card.c.id == card_key.c.card_id)
_UPDATE = update(card).where(card.c.id == bindparam("of_id"))
_DELETE_KEY = delete(card_key).where(
    *(card_key.c[name] == bindparam(f"of_{name}") for name in ("card_id", "kind", "value"))
)


def _relations(walk: Crosswalk) -> dict[UUID, dict[str, Any]]:
    regions = {facts.code: facts.region for noun, facts in walk.facts.values() if noun is Noun.LEGAL_ENTITY}
    rows = {card_id: _related(walk, facts, regions) for card_id, (_, facts) in walk.facts.items()}
    _back_links(walk, rows)
    _members(walk, rows)
    for row in rows.values():
        entities = {(LEGAL_ENTITY, code) for code in row.pop("entities")}
        members = {(MEMBER, str(member)) for member in row.pop("members")}
        projects = {(PROJECT, str(project)) for project in row.pop("projects")}
        row["keys"] = entities | members | projects
    return rows


def _related(walk: Crosswalk, facts: CardFacts, regions: Mapping[str | None, str | None]) -> dict[str, Any]:
    return {
        "customer_id": walk.find(facts.customer),
        "contract_id": walk.find(facts.contract),
        "opportunity_id": walk.find(facts.opportunity),
        "manager_id": walk.find(facts.manager),
        "parent_id": walk.find(facts.parent),
        "region": facts.region or regions.get(facts.legal_entity),
        "projects": set(walk.all(facts.projects)),
        "members": set(walk.all(facts.members)),
        "entities": set(facts.legal_entities),
    }


def _back_links(walk: Crosswalk, rows: dict[UUID, dict[str, Any]]) -> None:
    """A deal or contract that names its project is the project's; a project that names its deal or contract is theirs."""
    for card_id, (noun, _) in walk.facts.items():
        row = rows[card_id]
        if noun is Noun.PROJECT:
            for column in ("opportunity_id", "contract_id"):
                if row[column] in rows:
                    rows[row[column]]["projects"].add(card_id)
        elif noun in {Noun.OPPORTUNITY, Noun.CONTRACT}:
            column = "opportunity_id" if noun is Noun.OPPORTUNITY else "contract_id"
            for project in row["projects"]:
                if rows[project][column] is None:
                    rows[project][column] = card_id
    for card_id, (noun, _) in walk.facts.items():
        row = rows[card_id]
        deal = rows.get(row["opportunity_id"]) if noun is Noun.PROJECT else None
        if deal is not None and row["contract_id"] is None:
            row["contract_id"] = deal["contract_id"]


def _members(walk: Crosswalk, rows: dict[UUID, dict[str, Any]]) -> None:
    """Who works on a project may see its customer, contract, deal and invoices as far as the role allows; entities are shared likewise."""
    for card_id, (noun, _) in walk.facts.items():
        if noun is not Noun.PROJECT:
            continue
        project = rows[card_id]
        staff = project["members"] | ({project["manager_id"]} if project["manager_id"] else set())
        for column in ("customer_id", "contract_id", "opportunity_id"):
            other = rows.get(project[column])
            if other is not None:
                other["members"] |= staff
                other["entities"] |= project["entities"]
    for card_id, (noun, _) in walk.facts.items():
        if noun is Noun.INVOICE:
            for project in rows[card_id]["projects"]:
                rows[card_id]["members"] |= rows[project]["members"]
