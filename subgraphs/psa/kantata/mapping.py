"""The mapping file of a connection: which external references and custom fields of the account carry which fact, and what its words mean."""

import re
from collections.abc import Mapping

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.canonical.states import MappingDomain
from gateway.errors import SourceError

_CODE = re.compile(r"[A-Z]{3}")


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the mapping file."""


class References(Section, frozen=True, kw_only=True):
    """External references that carry the firm's own codes: the service that wrote them, and its model per kind of record."""

    service: str = "gateway"
    client: str = "Customer"
    project: str = "Project"
    user: str = "Worker"
    time_entry: str = "TimeEntry"
    expense: str = "Expense"


class ProjectFields(Section, frozen=True, kw_only=True):
    """Custom fields of projects, by name. `dimensions` holds, per financial dimension, the field with its value's code."""

    type: str | None = None
    legal_entity: str | None = None
    service_line: str | None = None
    contract_number: str | None = None
    opportunity_reference: str | None = None
    dimensions: Mapping[str, str] = {}


class UserFields(Section, frozen=True, kw_only=True):
    """Custom fields of people, by name."""

    type: str | None = None
    practice: str | None = None


class DemandFields(Section, frozen=True, kw_only=True):
    """Custom fields of staffing demands, by name. `hours` is a number."""

    hours: str | None = None
    priority: str | None = None


SYMBOLS: Mapping[str, str] = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}


class KantataMapping(Section, frozen=True, kw_only=True):
    """One account's mapping file. `codes` holds, per reference-data domain, raw code -> canonical code.

    `currencies` holds symbol -> ISO code, on top of the common ones: the documents call a currency now a code and now a symbol.
    """

    references: References = References()
    project: ProjectFields = ProjectFields()
    user: UserFields = UserFields()
    demand: DemandFields = DemandFields()
    currencies: Mapping[str, str] = {}
    codes: Mapping[MappingDomain, Mapping[str, str]] = {}

    def currency(self, told: str) -> str:
        """Return the ISO code that a code or a symbol stands for; raise SourceError(CONTRACT_MISMATCH) for any other word."""
        code = self.currencies.get(told) or SYMBOLS.get(told) or told
        if not _CODE.fullmatch(code):
            raise SourceError(
                FaultCode.CONTRACT_MISMATCH, "a currency that is no ISO code and no symbol of the mapping file"
            )
        return code
