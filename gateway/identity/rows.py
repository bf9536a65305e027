"""Row rules as a value, and the one place that decides whether a card may be seen."""

from uuid import UUID

import msgspec

from gateway.canonical.records.card import Card
from gateway.canonical.roles import Noun


class RowFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller may see. None means "all of them", an empty set means none.

    Legal entity and region are ANDed. A bound caller sees only what the person `only_of` works on, manages, or is: nothing, when that is nobody.
    """

    tenant: str
    legal_entities: frozenset[str] | None
    regions: frozenset[str] | None
    bound: bool = False
    only_of: UUID | None = None

    def visible(self, card: Card) -> bool:
        """Tell whether the caller may see a card; a card without entity or region is seen only by those who see all of them."""
        if self.legal_entities is not None and self.legal_entities.isdisjoint(card.legal_entities):
            return False
        if self.regions is not None and card.region not in self.regions:
            return False
        return not self.bound or card.noun is Noun.LEGAL_ENTITY or self._own(card)

    def _own(self, card: Card) -> bool:
        mine = self.only_of
        return mine is not None and (mine in card.member_ids or mine in {card.manager_id, card.id})
