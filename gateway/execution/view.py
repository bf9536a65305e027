"""What stands for a noun while a request is answered: its identity, never its values. Values lie in the request's graph."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.page import Page
from gateway.canonical.records.card import Card
from gateway.canonical.roles import SystemRole
from gateway.execution.facts import NounDeclaration
from gateway.loaders.declaration import LoadKey


class View:
    """One noun of one request. Anchored nouns carry their card; leaves carry the id of their own record and the role that keeps it."""

    __slots__ = ("card", "key", "noun", "own_role")

    def __init__(
        self, noun: NounDeclaration, key: UUID | NativeId, *, card: Card | None = None, own: SystemRole
    ) -> None:
        self.noun = noun
        self.key = key
        self.card = card
        self.own_role = own

    @classmethod
    def of_card(cls, noun: NounDeclaration, card: Card) -> "View":
        """Stand for an anchored noun."""
        return cls(noun, card.id, card=card, own=SystemRole.GATEWAY)

    @classmethod
    def of_leaf(cls, noun: NounDeclaration, native: NativeId, own: SystemRole) -> "View":
        """Stand for a leaf, kept by the system of role `own`."""
        return cls(noun, native, own=own)


class MissingKeys:
    """What has to be loaded before a value can be picked."""

    __slots__ = ("keys",)

    def __init__(self, *keys: LoadKey) -> None:
        self.keys = keys

    @classmethod
    def combine(cls, needs: Sequence["MissingKeys"]) -> "MissingKeys":
        """Join several."""
        return cls(*(key for need in needs for key in need.keys))


class EdgeValue:
    """A node and its cursor."""

    __slots__ = ("cursor", "node")

    def __init__(self, cursor: str, node: Any) -> None:
        self.cursor = cursor
        self.node = node


class PageInfoValue:
    """Where a page stands in its list."""

    __slots__ = ("end_cursor", "has_next_page", "has_previous_page", "start_cursor")

    def __init__(self, page: Page[Any]) -> None:
        self.has_next_page = page.has_next
        self.has_previous_page = page.has_previous
        self.start_cursor = page.cursors[0] if page.cursors else None
        self.end_cursor = page.cursors[-1] if page.cursors else None


class PartialValue:
    """Who could not contribute to a page."""

    __slots__ = ("faults", "missing")

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        self.missing = sorted({fault.system for fault in faults})


class PageValue:
    """A connection while it is being answered."""

    __slots__ = ("nodes", "page")

    def __init__(self, page: Page[Any], nodes: list[Any]) -> None:
        self.page = page
        self.nodes = nodes

    @property
    def edges(self) -> list[EdgeValue]:
        """Each node with its cursor."""
        return [EdgeValue(cursor, node) for cursor, node in zip(self.page.cursors, self.nodes, strict=True)]

    @property
    def page_info(self) -> PageInfoValue:
        """Where the page stands."""
        return PageInfoValue(self.page)

    @property
    def total_count(self) -> int | None:
        """How many rows the whole list has, where the source can say."""
        return self.page.total

    @property
    def partial(self) -> PartialValue | None:
        """Who could not contribute; None when everybody did."""
        return PartialValue(self.page.faults) if self.page.faults else None
