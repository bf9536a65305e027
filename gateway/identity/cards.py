"""Writes the card rows: merged from the contributions of the systems, with relations resolved through the crosswalk."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.canonical.records.card import COLUMNS, RELATIONS
from gateway.canonical.roles import Noun, SystemRole
from gateway.canonical.text import build_sort_key, fold_text
from gateway.identity.contribution import UNMAPPED, CardContribution, Ref
from gateway.identity.crosswalk import CHUNK, DECODER, DELETED, load_values_by_system
from gateway.identity.merge import merge
from gateway.store.tables import card, card_key, link

LEGAL_ENTITY, MEMBER, PROJECT, SELLER = "LEGAL_ENTITY", "MEMBER", "PROJECT", "SELLER"
RESOLVED_COLUMNS = (*RELATIONS, "region")
"""The columns that are resolved over all cards: a card without a region of its own takes that of its legal entity."""


async def write_cards(connection: AsyncConnection, tenant: str, card_ids: Sequence[UUID]) -> None:
    """Write the columns that systems supply; `resolve_relations` writes the others."""
    for start in range(0, len(card_ids), CHUNK):
        chunk = card_ids[start : start + CHUNK]
        contributions = await load_values_by_system(connection, chunk)
        known = set((await connection.execute(select(card.c.id).where(card.c.id.in_(chunk)))).scalars())
        new, changed = list[dict[str, Any]](), list[dict[str, Any]]()
        for card_id, (noun, by_role, at, alive) in contributions.items():
            values = {**_merge_columns(noun, by_role), "synced_at": at, "alive": int(alive)}
            if card_id in known:
                changed.append({"of_id": card_id, **values})
            else:
                new.append({"id": card_id, "tenant": tenant, "noun": noun.value, **values})
        if new:
            await connection.execute(insert(card), new)
        if changed:
            await connection.execute(_UPDATE, changed)


def _merge_columns(noun: Noun, by_role: Mapping[SystemRole, CardContribution]) -> dict[str, Any]:
    merged = merge(noun, by_role)
    columns = {name: getattr(merged, name) for name in COLUMNS}
    return {name: None if value == UNMAPPED else value for name, value in columns.items()} | build_text_columns(
        merged.code, merged.name
    )


def build_text_columns(code: str | None, name: str | None) -> dict[str, str | None]:
    """Return the columns by which cards are searched and sorted, derived from code and name."""
    return {
        "folded_code": None if code is None else fold_text(code),
        "folded_name": None if name is None else fold_text(name),
        "name_sort_key": None if name is None else build_sort_key(name),
    }


class Crosswalk:
    """Every link in memory while relations are resolved: (noun, connection, id) and (noun, key) to a card."""

    def __init__(self) -> None:
        self.merged: dict[UUID, tuple[Noun, CardContribution]] = {}
        self._by_native: dict[tuple[Noun, str, str], UUID] = {}
        self._by_key: dict[tuple[Noun, str], set[UUID]] = defaultdict(set)

    @classmethod
    def from_links(cls, links: Iterable[Any]) -> "Crosswalk":
        """Build the crosswalk from rows of `_LINKS`."""
        crosswalk = cls()
        contributions: dict[UUID, tuple[Noun, dict[SystemRole, CardContribution]]] = {}
        for row in links:
            noun, values = Noun(row[0]), DECODER.decode(row[5])
            crosswalk._by_native[noun, row[1], row[2]] = row[3]
            for key in (*values.keys, *values.references, *filter(None, (values.code, values.number))):
                crosswalk._by_key[noun, key].add(row[3])
            contributions.setdefault(row[3], (noun, {}))[1].setdefault(SystemRole(row[4]), values)
        crosswalk.merged = {card_id: (noun, merge(noun, by_role)) for card_id, (noun, by_role) in contributions.items()}
        return crosswalk

    def find(self, ref: Ref | None) -> UUID | None:
        """Return the card that a reference names; None when it is unknown or ambiguous."""
        if ref is None:
            return None
        if ref.connection is not None:
            return self._by_native.get((ref.noun, ref.connection, ref.value))
        found = self._by_key.get((ref.noun, ref.value), set())
        return next(iter(found)) if len(found) == 1 else None

    def find_all(self, refs: Iterable[Ref]) -> tuple[UUID, ...]:
        """Return the cards of several references, without the unknown ones."""
        return tuple(dict.fromkeys(found for ref in refs if (found := self.find(ref)) is not None))


async def resolve_relations(connection: AsyncConnection, tenant: str) -> None:
    """Resolve the references between all cards, whatever their order of arrival; write the differences.

    The work runs in a thread, so that the event loop keeps serving requests.
    """
    links = await connection.execute(_LINKS.where(link.c.tenant == tenant))
    stored = await connection.execute(_STORED.where(card.c.tenant == tenant))
    keys = await connection.execute(_KEYS.where(card.c.tenant == tenant))
    differences = await asyncio.to_thread(_find_differences, links, stored, keys)
    if differences.changed:
        await connection.execute(_UPDATE, differences.changed)
    if differences.removed:
        names = ("of_card_id", "of_kind", "of_value")
        await connection.execute(_DELETE_KEY, [dict(zip(names, key, strict=True)) for key in differences.removed])
    if differences.added:
        names = ("card_id", "kind", "value")
        await connection.execute(insert(card_key), [dict(zip(names, key, strict=True)) for key in differences.added])


class _Differences(NamedTuple):
    """What the store has to change: rows to update, keys to remove and keys to add."""

    changed: list[dict[str, Any]]
    removed: list[tuple[UUID, str, str]]
    added: list[tuple[UUID, str, str]]


def _find_differences(links: Iterable[Any], stored: Iterable[Any], keys: Iterable[Any]) -> _Differences:
    rows = _resolve(Crosswalk.from_links(links))
    columns = {row[0]: tuple(row[1:]) for row in stored}
    stored_keys: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    for card_id, kind, value in keys:
        stored_keys[card_id].add((kind, value))
    return _Differences(
        changed=[
            {"of_id": each, **{name: row[name] for name in RESOLVED_COLUMNS}}
            for each, row in rows.items()
            if tuple(row[name] for name in RESOLVED_COLUMNS) != columns[each]
        ],
        removed=[(each, *key) for each, row in rows.items() for key in sorted(stored_keys[each] - row["keys"])],
        added=[(each, *key) for each, row in rows.items() for key in sorted(row["keys"] - stored_keys[each])],
    )


_LINKS = (
    select(link.c.noun, link.c.connection, link.c.external_id, link.c.card_id, link.c.role, link.c.contribution)
    .where(link.c.status != DELETED)
    .order_by(link.c.connection)
)
_STORED = select(card.c.id, *(card.c[name] for name in RESOLVED_COLUMNS))
_KEYS = select(card_key).join(card, card.c.id == card_key.c.card_id)
_UPDATE = update(card).where(card.c.id == bindparam("of_id"))
_DELETE_KEY = delete(card_key).where(
    *(card_key.c[name] == bindparam(f"of_{name}") for name in ("card_id", "kind", "value"))
)


def _resolve(crosswalk: Crosswalk) -> dict[UUID, dict[str, Any]]:
    """Return per card its resolved columns and its keys."""
    regions = {each.code: each.region for noun, each in crosswalk.merged.values() if noun is Noun.LEGAL_ENTITY}
    rows = {card_id: _resolve_own(crosswalk, noun, each, regions) for card_id, (noun, each) in crosswalk.merged.items()}
    _add_back_links(crosswalk, rows)
    _share_members(crosswalk, rows)
    for row in rows.values():
        entities = {(LEGAL_ENTITY, code) for code in row.pop("entities")}
        members = {(MEMBER, str(member)) for member in row.pop("members")}
        projects = {(PROJECT, str(project)) for project in row.pop("projects")}
        sellers = {(SELLER, code) for code in row.pop("sellers")}
        row["keys"] = entities | members | projects | sellers
    return rows


def _resolve_own(
    crosswalk: Crosswalk, noun: Noun, merged: CardContribution, regions: Mapping[str | None, str | None]
) -> dict[str, Any]:
    return {
        **{column: crosswalk.find(getattr(merged, name)) for column, name in RELATIONS.items()},
        "region": merged.region or regions.get(merged.legal_entity),
        "projects": set(crosswalk.find_all(merged.projects)),
        "members": set(crosswalk.find_all(merged.members)),
        "entities": set(merged.legal_entities),
        "sellers": set(merged.legal_entities) if noun is Noun.CUSTOMER else set(),
    }


def _add_back_links(crosswalk: Crosswalk, rows: dict[UUID, dict[str, Any]]) -> None:
    """Link projects with opportunities and contracts in both directions, whichever side names the other.

    A project without a contract takes that of its opportunity.
    """
    for card_id, (noun, _) in crosswalk.merged.items():
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
    for card_id, (noun, _) in crosswalk.merged.items():
        row = rows[card_id]
        opportunity = rows.get(row["opportunity_id"]) if noun is Noun.PROJECT else None
        if opportunity is not None and row["contract_id"] is None:
            row["contract_id"] = opportunity["contract_id"]


def _share_members(crosswalk: Crosswalk, rows: dict[UUID, dict[str, Any]]) -> None:
    """Copy a project's members to its related cards, and its legal entities to all of these but invoices.

    Members may see these records as far as their role allows.
    """
    for card_id, (noun, _) in crosswalk.merged.items():
        if noun is not Noun.PROJECT:
            continue
        project = rows[card_id]
        staff = project["members"] | ({project["manager_id"]} if project["manager_id"] else set())
        for column in ("customer_id", "contract_id", "opportunity_id"):
            other = rows.get(project[column])
            if other is not None:
                other["members"] |= staff
                other["entities"] |= project["entities"]
    for card_id, (noun, _) in crosswalk.merged.items():
        if noun is Noun.INVOICE:
            for project in rows[card_id]["projects"]:
                rows[card_id]["members"] |= rows[project]["members"]
