"""Views of nouns and pages during execution. A view holds the identity of a noun; its values are in the results."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from gateway.canonical.fault import Fault
from gateway.canonical.native import NativeId
from gateway.canonical.page import Page
from gateway.canonical.records.card import Card
from gateway.canonical.roles import SystemRole
from gateway.errors import ClientError
from gateway.execution.declarations import NounDeclaration
from gateway.loaders.declaration import LoadKey


class View:
    """One noun in one request: by its card, or for a leaf by the id of its own record and the role of its system."""

    __slots__ = ("card", "key", "noun", "own_role")

    def __init__(
        self, noun: NounDeclaration, key: UUID | NativeId, *, card: Card | None = None, own: SystemRole
    ) -> None:
        self.noun = noun
        self.key = key
        self.card = card
        self.own_role = own

    @classmethod
    def from_card(cls, noun: NounDeclaration, card: Card) -> "View":
        """Return the view of a noun that has a card."""
        return cls(noun, card.id, card=card, own=SystemRole.GATEWAY)

    @classmethod
    def from_leaf(cls, noun: NounDeclaration, native: NativeId, own: SystemRole) -> "View":
        """Return the view of a leaf, whose record is in the system of role `own`."""
        return cls(noun, native, own=own)


class ValueWithErrors:
    """A value that lacks parts, and the errors that say why; they are reported at the path of the field."""

    __slots__ = ("errors", "value")

    def __init__(self, value: Any, errors: Sequence[ClientError]) -> None:
        self.value = value
        self.errors = errors


class MissingKeys:
    """The keys that must be loaded before a value can be resolved."""

    __slots__ = ("keys",)

    def __init__(self, *keys: LoadKey) -> None:
        self.keys = keys

    @classmethod
    def combine(cls, needs: Sequence["MissingKeys"]) -> "MissingKeys":
        """Return the union of several sets of missing keys."""
        return cls(*(key for need in needs for key in need.keys))


class EdgeValue:
    """A node and its cursor."""

    __slots__ = ("cursor", "node")

    def __init__(self, cursor: str, node: Any) -> None:
        self.cursor = cursor
        self.node = node


class PageInfoValue:
    """The position of a page in its list."""

    __slots__ = ("end_cursor", "has_next_page", "has_previous_page", "start_cursor")

    def __init__(self, page: Page[Any]) -> None:
        self.has_next_page = page.has_next
        self.has_previous_page = page.has_previous
        self.start_cursor = page.cursors[0] if page.cursors else None
        self.end_cursor = page.end_cursor or (page.cursors[-1] if page.cursors else None)


class PartialValue:
    """The systems that could not contribute to a page, and the faults of systems and of single records."""

    __slots__ = ("faults", "missing")

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        self.missing = sorted({fault.system for fault in faults if fault.object is None})


class PageValue:
    """A Relay connection: a page and the views of its rows."""

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
        """The position of the page in its list."""
        return PageInfoValue(self.page)

    @property
    def total_count(self) -> int | None:
        """The number of rows of the whole list; None if the source does not count them."""
        return self.page.total

    @property
    def partial(self) -> PartialValue | None:
        """What the page lacks; None if nothing."""
        return PartialValue(self.page.faults) if self.page.faults else None
