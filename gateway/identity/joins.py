"""Finds the cards that belong together, as one process would have linked them that reads the feeds in order."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from gateway.canonical.roles import Noun
from gateway.identity.crosswalk import DECODER, DELETED


class _Group(msgspec.Struct, kw_only=True):
    """A card with what its living records bring."""

    noun: Noun
    card_id: UUID
    place: tuple[int, str]
    connections: set[str]
    keys: set[str]
    references: set[str]


def find_joins(
    links: Iterable[Any], connections: Sequence[str], rejected: Collection[frozenset[UUID]]
) -> list[tuple[Noun, UUID, UUID]]:
    """Return (noun, card that stays, card that joins it), in order; a card that joins is never one that stays later.

    A card joins the only other card that shares a key with it, if no system has a record of both, and if no person has
    split them.
    """
    joins: list[tuple[Noun, UUID, UUID]] = []
    kept: dict[UUID, _Group] = {}
    by_key: dict[tuple[Noun, str], set[UUID]] = defaultdict(set)
    for group in sorted(_group(links, connections), key=lambda each: (each.place, each.card_id)):
        target = _find_target(group, kept, by_key, rejected)
        if target is not None:
            joins.append((group.noun, target.card_id, group.card_id))
            target.connections |= group.connections
        else:
            target = kept[group.card_id] = group
        for key in group.keys | group.references:
            by_key[group.noun, key].add(target.card_id)
    return joins


def _find_target(
    group: _Group,
    kept: dict[UUID, _Group],
    by_key: dict[tuple[Noun, str], set[UUID]],
    rejected: Collection[frozenset[UUID]],
) -> _Group | None:
    """Return the card to join: by a reference, else by a key, as `linking` decides for a new record."""
    for identifiers in (group.references, group.keys):
        sharing = {card_id for key in identifiers for card_id in by_key.get((group.noun, key), ())}
        if len(sharing) != 1:
            continue
        other = kept[sharing.pop()]
        if other.connections.isdisjoint(group.connections) and {other.card_id, group.card_id} not in rejected:
            return other
    return None


def _group(links: Iterable[Any], connections: Sequence[str]) -> Iterable[_Group]:
    order = {name: place for place, name in enumerate(connections)}
    groups: dict[UUID, _Group] = {}
    for row in links:
        if row.status == DELETED:
            continue
        contribution = DECODER.decode(row.contribution)
        place = (order.get(row.connection, len(order)), row.external_id)
        group = groups.setdefault(
            row.card_id,
            _Group(
                noun=Noun(row.noun), card_id=row.card_id, place=place, connections=set(), keys=set(), references=set()
            ),
        )
        group.place = min(group.place, place)
        group.connections.add(row.connection)
        group.keys.update(contribution.keys)
        group.references.update(contribution.references)
    return groups.values()
