"""Finds cards that are the same thing under two ids: links the certain, lists the ambiguous for a person."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.canonical.roles import Noun
from gateway.identity.cards import rebuild, relate
from gateway.identity.crosswalk import DECODER, DELETED, MATCH_RULE, NAMESPACE
from gateway.identity.facts import CardFacts
from gateway.store.engine import Store
from gateway.store.tables import card, link, proposal

SAME_KEY, SAME_NAME = "SAME_KEY", "SAME_NAME"
LEGAL_FORMS = re.compile(r"\b(inc|llc|ltd|plc|gmbh|bv|nv|kk|sa|ag|corp|corporation|company|co|group|limited)\b")


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """Two cards that may be the same thing."""

    noun: Noun
    left: UUID
    right: UUID
    rule: str


class MatchReport(msgspec.Struct, frozen=True, kw_only=True):
    """How many links were moved together, and what a person has to decide."""

    linked: int
    ambiguous: tuple[Proposal, ...]


class _Known(msgspec.Struct, kw_only=True):
    noun: Noun
    connections: set[str]
    keys: set[str]
    names: set[str]


async def match(store: Store, tenant: str, noun: Noun | None = None, *, apply: bool = True) -> MatchReport:
    """Compare every card with every other of its noun by shared keys and by names without legal forms.

    Certain is a key that exactly two cards share whose systems do not overlap. Everything else is proposed; people are compared by keys alone,
    and sister companies of one system never by name.
    """
    async with store.writing() as writer:
        known = await _read(writer, tenant, noun)
        certain, ambiguous = _judged(known)
        if apply:
            for keep, give in certain:
                await _join(writer, keep, give)
            await _propose(writer, tenant, ambiguous)
            if certain:
                await rebuild(writer, tenant, [keep for keep, _ in certain])
                await relate(writer, tenant)
    return MatchReport(linked=len(certain), ambiguous=tuple(ambiguous))


async def _read(connection: AsyncConnection, tenant: str, noun: Noun | None) -> dict[UUID, _Known]:
    columns = link.c
    wanted = select(columns.card_id, columns.noun, columns.connection, columns.facts).where(
        columns.tenant == tenant, columns.status != DELETED
    )
    if noun is not None:
        wanted = wanted.where(columns.noun == noun.value)
    known: dict[UUID, _Known] = {}
    for row in await connection.execute(wanted.order_by(columns.card_id)):
        facts = DECODER.decode(row[3])
        entry = known.setdefault(row[0], _Known(noun=Noun(row[1]), connections=set(), keys=set(), names=set()))
        entry.connections.add(row[2])
        entry.keys.update(facts.keys, facts.references)
        entry.names.update(_names(facts))
    return known


def _names(facts: CardFacts) -> Iterator[str]:
    if facts.name:
        plain = LEGAL_FORMS.sub(" ", re.sub(r"[^\w\s]", "", facts.name.lower()))
        yield " ".join(plain.split())


def _judged(known: dict[UUID, _Known]) -> tuple[list[tuple[UUID, UUID]], list[Proposal]]:
    certain: list[tuple[UUID, UUID]] = []
    doubtful: dict[tuple[UUID, UUID], Proposal] = {}
    for sharing, rule in _groups(known):
        pair_is_certain = (
            rule == SAME_KEY
            and len(sharing) == 2  # noqa: PLR2004 -- one on each side
            and known[sharing[0]].connections.isdisjoint(known[sharing[1]].connections)
        )
        if pair_is_certain:
            certain.append((sharing[0], sharing[1]))
            continue
        for left, right in combinations(sharing, 2):
            if rule == SAME_NAME and _sisters(known[left], known[right]):
                continue
            doubtful.setdefault((left, right), Proposal(noun=known[left].noun, left=left, right=right, rule=rule))
    settled = {card_id for pair in certain for card_id in pair}
    distinct = [pair for index, pair in enumerate(certain) if not _seen(pair, certain[:index])]
    return distinct, [each for pair, each in doubtful.items() if not settled.issuperset(pair)]


def _sisters(left: _Known, right: _Known) -> bool:
    """Companies of one group are named alike: where one system holds both, they are two."""
    return left.noun is Noun.LEGAL_ENTITY and not left.connections.isdisjoint(right.connections)


def _seen(pair: tuple[UUID, UUID], earlier: list[tuple[UUID, UUID]]) -> bool:
    return any(set(pair) & set(other) for other in earlier)


def _groups(known: dict[UUID, _Known]) -> Iterator[tuple[list[UUID], str]]:
    for rule, attribute in ((SAME_KEY, "keys"), (SAME_NAME, "names")):
        by_mark: dict[tuple[Noun, str], list[UUID]] = defaultdict(list)
        for card_id, entry in known.items():
            for mark in getattr(entry, attribute):
                by_mark[entry.noun, mark].append(card_id)
        for (noun, _), sharing in sorted(by_mark.items()):
            named_alike = rule == SAME_NAME and noun not in {Noun.CUSTOMER, Noun.LEGAL_ENTITY}
            if len(sharing) > 1 and not named_alike:
                yield sorted(sharing), rule


async def _join(connection: AsyncConnection, keep: UUID, give: UUID) -> None:
    await connection.execute(update(link).where(link.c.card_id == give).values(card_id=keep, linked_by=MATCH_RULE))
    await connection.execute(delete(card).where(card.c.id == give))


async def _propose(connection: AsyncConnection, tenant: str, proposals: list[Proposal]) -> None:
    known = set((await connection.execute(select(proposal.c.id))).scalars())
    now = datetime.now(UTC)
    for each in proposals:
        proposal_id = uuid5(NAMESPACE, f"{each.left}|{each.right}|{each.rule}")
        if proposal_id not in known:
            await connection.execute(
                insert(proposal).values(
                    id=proposal_id,
                    tenant=tenant,
                    noun=each.noun.value,
                    left_card=each.left,
                    right_card=each.right,
                    rule=each.rule,
                    state="OPEN",
                    proposed_at=now,
                )
            )
