"""Row rules as a value, and the only place that decides whether a caller may see a card."""

from uuid import UUID

import msgspec

from gateway.canonical.records.card import Card
from gateway.canonical.roles import Noun


class RowFilter(msgspec.Struct, frozen=True, kw_only=True):
    """The cards that a caller may see. None means all values, an empty set means none.

    Legal entity and region are ANDed. A bound caller sees only the cards that the person `only_of` is a member of,
    manages, or is; none if `only_of` is None.

    With `customers`, the caller sees only these customers, their cards, and the people in `team`.
    """

    tenant: str
    legal_entities: frozenset[str] | None
    regions: frozenset[str] | None
    bound: bool = False
    only_of: UUID | None = None
    customers: frozenset[UUID] | None = None
    team: frozenset[UUID] = frozenset()

    @property
    def is_unrestricted(self) -> bool:
        """Whether the caller sees every card."""
        return self.legal_entities is None and self.regions is None and self.customers is None and not self.bound

    @property
    def catalogue_entities(self) -> frozenset[str] | None:
        """The legal entities whose shared data, such as cost centres, the caller may see; None means all.

        A customer's people see none of them, nor does a caller without regions.
        """
        return frozenset() if self.customers is not None or self.regions == frozenset() else self.legal_entities

    def is_visible(self, card: Card) -> bool:
        """Return whether the caller may see a card.

        Only callers without a bound see cards without an entity or a region.
        """
        if self.legal_entities is not None and self.legal_entities.isdisjoint(card.legal_entities):
            return False
        if self.regions is not None and card.region not in self.regions:
            return False
        if card.noun is Noun.LEGAL_ENTITY:
            return True
        return self._is_of_customers(card) and (not self.bound or self._is_own(card))

    def _is_of_customers(self, card: Card) -> bool:
        if self.customers is None:
            return True
        if card.noun is Noun.RESOURCE:
            return card.id in self.team
        return (card.id if card.noun is Noun.CUSTOMER else card.customer_id) in self.customers

    def _is_own(self, card: Card) -> bool:
        mine = self.only_of
        return mine is not None and (mine in card.member_ids or mine in {card.manager_id, card.id})
