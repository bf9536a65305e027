"""What each filter attribute is about, and the conditions to try on it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from operator import eq, is_
from typing import Any, Final

Row = Mapping[str, Any]
Keep = Callable[[Any], bool]


@dataclass(frozen=True)
class Shown:
    """The shown value of a row: its selection, how it is read from the row, and the kind of condition on it."""

    selection: str
    read: Callable[[Row], Any]
    kind: str = "one of"


def _show(field: str, kind: str = "one of") -> Shown:
    return Shown(field, lambda row: row[field], kind)


def _show_id(field: str) -> Shown:
    return Shown(f"{field} {{ id }}", lambda row: row[field] and row[field]["id"], "id")


def _show_ids(*fields: str) -> Shown:
    def read(row: Row) -> tuple[str, ...]:
        values = [value for field in fields for value in _as_list(row[field])]
        return tuple(value["id"] for value in values)

    return Shown(" ".join(f"{field} {{ id }}" for field in fields), read, "any id")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value is not None else []


MODIFIED: Final = Shown(
    "externalReferences { sourceModifiedAt }",
    lambda row: max(filter(None, (each["sourceModifiedAt"] for each in row["externalReferences"])), default=None),
    "since",
)
OVERLAP: Final = Shown("startDate endDate", lambda row: (row["startDate"], row["endDate"]), "overlap")
REGION: Final = Shown("", lambda _row: None, "region")

ATTRIBUTES: Final[Mapping[str, Mapping[str, Shown]]] = {
    "CustomerFilter": {
        "name": _show("name", "text"),
        "status": _show("status"),
        "legalEntityId": _show_ids("primaryLegalEntity", "sellingEntities"),
        "region": REGION,
        "updatedSince": MODIFIED,
    },
    "OpportunityFilter": {
        "stage": _show("stage"),
        "closeDate": _show("expectedCloseDate", "date"),
        "withoutProject": Shown("project { id }", lambda row: row["project"] is None, "bool"),
    },
    "ContractFilter": {
        "type": _show("type"),
        "status": _show("status"),
        "expiring": _show("expirationDate", "date"),
    },
    "ProjectFilter": {
        "code": _show("code", "text"),
        "name": _show("name", "text"),
        "status": _show("status"),
        "type": _show("type"),
        "customerId": _show_id("customer"),
        "managerId": _show_id("manager"),
        "legalEntityId": _show_id("legalEntity"),
        "startDate": _show("startDate", "date"),
        "endDate": _show("endDate", "date"),
        "updatedSince": MODIFIED,
    },
    "ResourceFilter": {
        "type": _show("type"),
        "employmentStatus": _show("employmentStatus"),
        "legalEntityId": _show_id("legalEntity"),
    },
    "InvoiceFilter": {
        "status": _show("status"),
        "kind": _show("kind"),
        "customerId": _show_id("customer"),
        "projectId": _show_ids("projects"),
        "legalEntityId": _show_id("legalEntity"),
        "issueDate": _show("issueDate", "date"),
        "dueDate": _show("dueDate", "date"),
    },
    "TaskFilter": {"status": _show("status"), "billable": _show("billable", "bool")},
    "ResourceDemandFilter": {"status": _show("status"), "role": _show("role")},
    "AssignmentFilter": {"booking": _show("booking"), "range": OVERLAP},
    "TimeEntryFilter": {
        "workDate": _show("workDate", "date"),
        "approval": _show("approval"),
        "billing": _show("billing"),
        "billable": _show("billable", "bool"),
    },
    "ExpenseFilter": {
        "approval": _show("approval"),
        "incurredOn": _show("incurredOn", "date"),
        "category": _show("category"),
    },
}


Trials = Iterator[tuple[Any, Keep]]


def build_trials(shown: Shown, values: Sequence[str], rows: Sequence[Row]) -> Trials:
    """Return conditions with a predicate of the shown value: every possible value, and combinations."""
    present = [value for row in rows if (value := shown.read(row)) is not None]
    if shown.kind == "any id":
        return _build_choices(_take_some(sorted({each for value in present for each in value})), is_any_in)
    if shown.kind == "overlap":
        return _build_overlaps(sorted({day for pair in present for day in pair if day is not None}))
    known = sorted(set(present))
    builders: Mapping[str, Callable[[], Trials]] = {
        "one of": lambda: _build_choices(values or [*known, "no such value"], is_in),
        "id": lambda: _build_choices(_take_some(known), is_in),
        "bool": lambda: iter([(True, partial(is_, True)), (False, partial(is_, False))]),
        "date": lambda: _build_dates(known),
        "since": lambda: ((moment, partial(is_between, first=moment)) for moment in _take_some(known)),
        "text": lambda: _build_texts(known),
        "region": lambda: iter(()),
    }
    return builders[shown.kind]()


def _take_some(values: Sequence[str]) -> list[str]:
    """Return the first values and the last ones of a long list."""
    return list(dict.fromkeys((*values[:2], *values[-2:])))


def is_in(wanted: Sequence[str], value: Any) -> bool:
    """Return whether a value is one of the wanted ones."""
    return value in wanted


def is_any_in(wanted: Sequence[str], value: Any) -> bool:
    """Return whether one of several values is one of the wanted ones."""
    return value is not None and not set(wanted).isdisjoint(value)


def is_between(value: str | None, first: str = "", last: str = "9") -> bool:
    """Return whether there is a day or time, and it is between two others, both included."""
    return value is not None and first <= value <= last


def is_overlap(value: tuple[str | None, str | None], first: str, last: str) -> bool:
    """Return whether a term overlaps the range; a term without a start or an end is open."""
    return (value[0] or "") <= last and (value[1] or "9") >= first


def has_part(value: str, part: str) -> bool:
    """Return whether a text contains another, whatever the case."""
    return part.casefold() in value.casefold()


def has_start(value: str, start: str) -> bool:
    """Return whether a text starts with another, whatever the case."""
    return value.casefold().startswith(start.casefold())


def _build_choices(values: Sequence[str], is_match: Callable[[Sequence[str], Any], bool]) -> Trials:
    wanted: list[list[str]] = [[], list(values), *([value] for value in values), list(values[-2:])]
    for each in wanted:
        yield each, partial(is_match, each)


def _build_dates(days: Sequence[str]) -> Trials:
    yield {"isNull": True}, partial(is_, None)
    yield {"isNull": False}, is_between
    for day in _take_some(days):
        yield {"gte": day}, partial(is_between, first=day)
        yield {"lte": day}, partial(is_between, last=day)
        yield {"gte": day, "lte": day, "isNull": False}, partial(eq, day)
        yield {"gte": day, "isNull": True}, lambda _value: False


def _build_texts(texts: Sequence[str]) -> Trials:
    yield {"in": []}, lambda _value: False
    yield {"in": list(texts[:2])}, partial(is_in, texts[:2])
    for text in texts[:4]:
        yield {"eq": text}, partial(eq, text)
        yield {"contains": text[1:5].upper()}, partial(has_part, part=text[1:5])
        yield {"startsWith": text[:4].lower()}, partial(has_start, start=text[:4])
    for special in ("%", "_", "\\"):
        yield {"contains": special}, partial(has_part, part=special)


def _build_overlaps(days: Sequence[str]) -> Trials:
    some = _take_some(days)
    for first, last in [*zip(some, some, strict=True), *pairwise(some)]:
        yield {"from": first, "to": last}, partial(is_overlap, first=first, last=last)
