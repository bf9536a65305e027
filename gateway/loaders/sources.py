"""The sources of the loaders in one request."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from gateway.canonical.entity_days import EntityDays
from gateway.canonical.fault import Fault
from gateway.canonical.records.erp import ErpTimePosting
from gateway.canonical.roles import SystemRole
from gateway.errors import BadInputError
from gateway.identity.index import CardIndex
from gateway.identity.reference_data import CodeMappings
from gateway.identity.rows import RowFilter
from gateway.identity.unreadable_records import UnreadableEntry
from gateway.ports.base import SystemPort
from gateway.ports.crm import CrmPort
from gateway.ports.erp import ErpPort
from gateway.ports.hcm import HcmPort
from gateway.ports.lineage import is_supported
from gateway.ports.projection import ALL_ATTRIBUTES, NeededAttributes
from gateway.ports.psa import PsaPort


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The connected systems, the card index and reference data, with one caller's row rules.

    `days` are the current days of the legal entities, `group_currency` is the currency of group reporting,
    `correlation_id` that of the request.
    """

    ports: Mapping[str, SystemPort]
    index: CardIndex
    reference_data: CodeMappings
    rows: RowFilter
    days: EntityDays
    group_currency: str
    correlation_id: str
    resolve_canonical_id: Callable[[str, str], UUID]
    """(global id, field) -> canonical id; raises BadInputError with the field."""
    resolve_entity_codes: Callable[[Sequence[str]], tuple[str, ...]]
    """Global ids of legal entities -> their codes."""
    digest_person_code: Callable[[str], str]
    """Worker number -> the digest that the index stores."""
    load_feed_faults: Callable[[], Awaitable[Mapping[str, Fault]]]
    """Connections whose change feed last failed."""
    unreadable: Sequence[UnreadableEntry] = ()
    """The records and values that the change feeds could not read."""
    needed_attributes: NeededAttributes = field(default_factory=lambda: ALL_ATTRIBUTES)
    """The attributes that the request needs of the records that it reads by id."""

    def get_crm(self, connection: str) -> CrmPort:
        """Return the CRM of a connection."""
        return cast("CrmPort", self.ports[connection])

    def get_psa(self, connection: str) -> PsaPort:
        """Return the PSA of a connection."""
        return cast("PsaPort", self.ports[connection])

    def get_hcm(self, connection: str) -> HcmPort:
        """Return the HCM of a connection."""
        return cast("HcmPort", self.ports[connection])

    def get_erp(self, connection: str) -> ErpPort:
        """Return the ERP of a connection."""
        return cast("ErpPort", self.ports[connection])

    def list_connections(self, role: SystemRole) -> tuple[str, ...]:
        """Return the names of the connections with a role, in the order of the settings."""
        return tuple(name for name, port in self.ports.items() if port.role is role)

    def find_posting_ledger(self) -> str | None:
        """Return the ERP connection that holds the postings of time entries; None without one."""
        name = next(iter(self.list_connections(SystemRole.ERP)), None)
        return name if name is not None and is_supported(self.ports[name].lineage, ErpTimePosting) else None

    def require_filter(self, connection: str, relation: str, attribute: str, field: str) -> None:
        """Raise BadInputError if the vendor of a connection does not apply this filter itself."""
        allowed = self.ports[connection].capabilities.filters.get(relation, frozenset())
        if attribute not in allowed:
            rows, condition = relation.replace("_", " "), field.removeprefix("filter.")
            raise BadInputError(
                f"{self.ports[connection].vendor} cannot filter {rows} by {condition}; remove {field}.", field=field
            )
