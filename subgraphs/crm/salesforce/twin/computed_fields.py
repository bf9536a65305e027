"""Computes the fields that the service derives from others of the same row."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from subgraphs.crm.salesforce.twin.model import Value

Stage = tuple[bool, bool, int]
"""Whether closed, whether won, and the default probability in percent."""

STAGES: Mapping[str, Stage] = {
    "Prospecting": (False, False, 10),
    "Qualification": (False, False, 20),
    "Proposal/Price Quote": (False, False, 50),
    "Negotiation/Review": (False, False, 80),
    "Closed Won": (True, True, 100),
    "Closed Lost": (True, False, 0),
}
"""The stages of the org's sales process, with the names of a new org."""


def fill_computed_fields(object_name: str, row: dict[str, Value]) -> None:
    """Set the computed fields of a row."""
    _RULES.get(object_name, _leave_unchanged)(row)


def _leave_unchanged(_row: dict[str, Value]) -> None:
    """Leave a row without computed fields unchanged."""


def _fill_opportunity(row: dict[str, Value]) -> None:
    closed, won, percent = STAGES.get(str(row["StageName"]), (False, False, 0))
    row["IsClosed"], row["IsWon"] = closed, won
    if row["Probability"] is None:
        row["Probability"] = Decimal(percent)


def _fill_opportunity_line(row: dict[str, Value]) -> None:
    quantity, price = row["Quantity"], row["UnitPrice"]
    if isinstance(quantity, Decimal) and isinstance(price, Decimal):
        row["TotalPrice"] = quantity * price


def _fill_name(row: dict[str, Value]) -> None:
    row["Name"] = " ".join(str(part) for part in (row["FirstName"], row["LastName"]) if part)


_RULES: Mapping[str, Callable[[dict[str, Value]], None]] = {
    "Opportunity": _fill_opportunity,
    "OpportunityLineItem": _fill_opportunity_line,
    "Contact": _fill_name,
    "User": _fill_name,
}
