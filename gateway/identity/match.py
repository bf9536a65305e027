"""Finds cards that describe the same thing: joins certain matches, proposes ambiguous ones to a person."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from itertools import combinations
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.canonical.roles import Noun
from gateway.identity.cards import resolve_relations, write_cards
from gateway.identity.changes import Action, IdentityChange, record_changes
from gateway.identity.contribution import CardContribution
from gateway.identity.crosswalk import DECODER, DELETED, MATCH_RULE, NAMESPACE
from gateway.store.database import Store
from gateway.store.tables import card, link, proposal

SAME_KEY, SAME_NAME = "SAME_KEY", "SAME_NAME"
REJECTED = "REJECTED"
"""The state of a proposal about two cards that a person has split."""
LEGAL_FORMS = re.compile(r"\b(inc|llc|ltd|plc|gmbh|bv|nv|kk|sa|ag|corp|corporation|company|co|group|limited)\b")


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """Two cards that may be the same thing."""

    noun: Noun
    left: UUID
    right: UUID
    rule: str


class MatchReport(msgspec.Struct, frozen=True, kw_only=True):
    """The number of cards that were joined, and the proposals that a person has to decide."""

    linked: int
    ambiguous: tuple[Proposal, ...]


class _Candidate(msgspec.Struct, kw_only=True):
    """What a card is compared by."""

    noun: Noun
    connections: set[str]
    keys: set[str]
    names: set[str]


async def match_cards(
    store: Store, tenant: str, noun: Noun | None = None, *, apply: bool = True, author: str = "match"
) -> MatchReport:
    """Compare every card with every other of its noun by shared keys and by names without legal forms.

    A match is certain when exactly two cards share a key and their systems do not overlap. All other matches are
    proposed, except for those that a person has split. People are compared by keys alone; legal entities of the same
    system are never compared by name.
    """
    async with store.begin_exclusive(tenant) as writer:
        known = await _read(writer, tenant, noun)
        certain, ambiguous = _classify_matches(known, await load_rejected_pairs(writer, tenant))
        if apply:
            changes = [await _join(writer, known[keep].noun, keep, give) for keep, give in certain]
            await record_changes(writer, tenant, changes, author, None)
            await _propose(writer, tenant, ambiguous)
            if certain:
                await write_cards(writer, tenant, [keep for keep, _ in certain])
                await resolve_relations(writer, tenant)
    return MatchReport(linked=len(certain), ambiguous=tuple(ambiguous))


async def _read(connection: AsyncConnection, tenant: str, noun: Noun | None) -> dict[UUID, _Candidate]:
    columns = link.c
    query = select(columns.card_id, columns.noun, columns.connection, columns.contribution).where(
        columns.tenant == tenant, columns.status != DELETED
    )
    if noun is not None:
        query = query.where(columns.noun == noun.value)
    known: dict[UUID, _Candidate] = {}
    for row in await connection.execute(query.order_by(columns.card_id)):
        contribution = DECODER.decode(row[3])
        entry = known.setdefault(row[0], _Candidate(noun=Noun(row[1]), connections=set(), keys=set(), names=set()))
        entry.connections.add(row[2])
        entry.keys.update(contribution.keys, contribution.references)
        entry.names.update(_normalise_name(contribution))
    return known


def _normalise_name(contribution: CardContribution) -> Iterator[str]:
    """Yield the name in lower case without punctuation and legal form, if there is one."""
    if contribution.name:
        plain = LEGAL_FORMS.sub(" ", re.sub(r"[^\w\s]", "", contribution.name.lower()))
        yield " ".join(plain.split())


def _classify_matches(
    known: dict[UUID, _Candidate], rejected: Collection[frozenset[UUID]]
) -> tuple[list[tuple[UUID, UUID]], list[Proposal]]:
    certain: list[tuple[UUID, UUID]] = []
    ambiguous: dict[tuple[UUID, UUID], Proposal] = {}
    for sharing, rule in _group_by_identifier(known):
        if frozenset(sharing) in rejected:
            continue
        pair_is_certain = (
            rule == SAME_KEY
            and len(sharing) == 2  # noqa: PLR2004 -- one on each side
            and known[sharing[0]].connections.isdisjoint(known[sharing[1]].connections)
        )
        if pair_is_certain:
            certain.append((sharing[0], sharing[1]))
            continue
        for left, right in combinations(sharing, 2):
            if frozenset((left, right)) in rejected:
                continue
            if rule == SAME_NAME and _are_same_system_records(known[left], known[right]):
                continue
            ambiguous.setdefault((left, right), Proposal(noun=known[left].noun, left=left, right=right, rule=rule))
    joined = {card_id for pair in certain for card_id in pair}
    distinct = [pair for index, pair in enumerate(certain) if not _has_overlap(pair, certain[:index])]
    return distinct, [each for pair, each in ambiguous.items() if not joined.issuperset(pair)]


def _are_same_system_records(left: _Candidate, right: _Candidate) -> bool:
    """Return whether one system holds both legal entities: then similar names mean two companies of a group."""
    return left.noun is Noun.LEGAL_ENTITY and not left.connections.isdisjoint(right.connections)


def _has_overlap(pair: tuple[UUID, UUID], earlier: list[tuple[UUID, UUID]]) -> bool:
    return any(set(pair) & set(other) for other in earlier)


def _group_by_identifier(known: dict[UUID, _Candidate]) -> Iterator[tuple[list[UUID], str]]:
    for rule, attribute in ((SAME_KEY, "keys"), (SAME_NAME, "names")):
        by_identifier: dict[tuple[Noun, str], list[UUID]] = defaultdict(list)
        for card_id, entry in known.items():
            for identifier in getattr(entry, attribute):
                by_identifier[entry.noun, identifier].append(card_id)
        for (noun, _), sharing in sorted(by_identifier.items()):
            comparable = rule == SAME_KEY or noun in {Noun.CUSTOMER, Noun.LEGAL_ENTITY}
            if len(sharing) > 1 and comparable:
                yield sorted(sharing), rule


async def load_rejected_pairs(connection: AsyncConnection, tenant: str) -> frozenset[frozenset[UUID]]:
    """Return the pairs of cards that a person has split."""
    query = select(proposal.c.left_card, proposal.c.right_card)
    rows = await connection.execute(query.where(proposal.c.tenant == tenant, proposal.c.state == REJECTED))
    return frozenset(frozenset((row[0], row[1])) for row in rows)


async def _join(connection: AsyncConnection, noun: Noun, keep: UUID, give: UUID) -> IdentityChange:
    rows = await connection.execute(
        update(link)
        .where(link.c.card_id == give)
        .values(card_id=keep, linked_by=MATCH_RULE)
        .returning(link.c.connection, link.c.external_id)
    )
    records = tuple(sorted(f"{row[0]}:{row[1]}" for row in rows))
    await connection.execute(delete(card).where(card.c.id == give))
    return IdentityChange(action=Action.MATCH, noun=noun, card_id=keep, other_card_id=give, records=records)


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
