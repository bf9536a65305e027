"""The mapping file of a connection: the account's external references, custom fields and codes."""

import re
from collections.abc import Mapping

from gateway.canonical.fault import FaultCode
from gateway.canonical.states import MappingDomain
from gateway.errors import SourceError
from subgraphs.kit.mapping_file import MappingSection
from subgraphs.kit.psa.mapping import ProjectFields, UserFields

_CODE = re.compile(r"[A-Z]{3}")


class References(MappingSection, frozen=True, kw_only=True):
    """External references with the firm's own codes: the service that wrote them, and its model per record class."""

    service: str = "gateway"
    client: str = "Customer"
    project: str = "Project"
    user: str = "Worker"
    time_entry: str = "TimeEntry"
    expense: str = "Expense"


class AccountUserFields(UserFields, frozen=True, kw_only=True):
    """Custom fields of users, by name; `bill_rate`, per hour, is of type currency."""

    bill_rate: str | None = None


class DemandFields(MappingSection, frozen=True, kw_only=True):
    """Custom fields of staffing demands, by name.

    `hours` is a number, `location` a country code, `bill_rate`, per hour, of type currency. `skill_level` is the lowest
    acceptable level of the demand's skills.
    """

    hours: str | None = None
    priority: str | None = None
    location: str | None = None
    bill_rate: str | None = None
    skill_level: str | None = None


SYMBOLS: Mapping[str, str] = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}


class KantataMapping(MappingSection, frozen=True, kw_only=True):
    """One account's mapping file. `codes`: reference-data domain -> source value -> canonical code.

    `skills`: name of a skill -> the firm's code of it; a skill without one has its name as code.

    `currencies`: symbol -> ISO code, besides the common symbols; Kantata's documents show codes and symbols.
    """

    references: References = References()
    project: ProjectFields = ProjectFields()
    user: AccountUserFields = AccountUserFields()
    demand: DemandFields = DemandFields()
    skills: Mapping[str, str] = {}
    currencies: Mapping[str, str] = {}
    codes: Mapping[MappingDomain, Mapping[str, str]] = {}

    def resolve_currency(self, text: str) -> str:
        """Return the ISO code of a code or symbol; raise SourceError(CONTRACT_MISMATCH) for any other text."""
        code = self.currencies.get(text) or SYMBOLS.get(text) or text
        if not _CODE.fullmatch(code):
            raise SourceError(
                FaultCode.CONTRACT_MISMATCH, "a currency that is no ISO code and no symbol of the mapping file"
            )
        return code
