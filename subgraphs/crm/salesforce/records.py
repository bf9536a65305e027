"""Maps rows to CRM records. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from gateway.canonical.native import NativeId
from gateway.canonical.records.base import PersonName
from gateway.canonical.records.crm import (
    CrmAccount,
    CrmContact,
    CrmContract,
    CrmContractLine,
    CrmOpportunity,
    CrmOpportunityLine,
)
from gateway.canonical.states import MappingDomain, OpportunityStage
from gateway.canonical.values import Address
from subgraphs.crm.salesforce.mapping import SalesforceMapping
from subgraphs.crm.salesforce.wire import (
    AccountRow,
    ContactRow,
    ContractLineRow,
    ContractRow,
    LineRow,
    OpportunityRow,
    Row,
    Text,
    UserRow,
)
from subgraphs.kit.countries import resolve_country
from subgraphs.kit.dates import parse_optional_instant
from subgraphs.kit.money import build_optional_money
from subgraphs.kit.record_mapping import parse_value
from subgraphs.kit.texts import to_text

_CLOSED_STAGES = frozenset({OpportunityStage.CLOSED_WON, OpportunityStage.CLOSED_LOST})
_HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class RecordBuilder:
    """Builds the records of one connection; `site` is the base URL of the web interface."""

    connection: str
    site: str
    mapping: SalesforceMapping

    def map_account(self, row: AccountRow) -> CrmAccount:
        """Map an account; its display number is the external id."""
        fields = self.mapping.account
        return CrmAccount(
            native=self._build_native_id("Account", row),
            modified_at=parse_optional_instant(row.modified),
            display_number=to_text(row.external_id),
            url=self._build_url("Account", row),
            references=_build_references(self.mapping.account.external_id, row),
            name=row.name,
            legal_name=to_text(row.legal_name),
            parent_id=row.parent_id,
            status=to_text(row.status),
            industry=row.industry,
            segment=to_text(row.segment),
            owner=_map_owner(row.owner),
            default_currency=row.currency or self.mapping.currency,
            billing_address=_build_address(
                row.billing_street,
                row.billing_city,
                row.billing_state,
                row.billing_postal_code,
                self._resolve_country(row.billing_country, "billing_address", fields.billing_country),
            ),
            shipping_address=_build_address(
                row.shipping_street,
                row.shipping_city,
                row.shipping_state,
                row.shipping_postal_code,
                self._resolve_country(row.shipping_country, "shipping_address", fields.shipping_country),
            ),
            region=to_text(row.region),
        )

    def map_opportunity(self, row: OpportunityRow) -> CrmOpportunity:
        """Map an opportunity with its lines; the probability becomes a fraction."""
        currency = row.currency or self.mapping.currency
        return CrmOpportunity(
            native=self._build_native_id("Opportunity", row),
            modified_at=parse_optional_instant(row.modified),
            display_number=to_text(row.external_id),
            url=self._build_url("Opportunity", row),
            references=_build_references(self.mapping.opportunity.external_id, row),
            name=row.name,
            account_id=row.account_id,
            stage=resolve_stage(row, self.mapping.codes.get(MappingDomain.OPPORTUNITY_STAGE, {})),
            probability=None if row.probability is None else row.probability / _HUNDRED,
            amount=build_optional_money(row.amount, currency),
            expected_close_date=row.close_date,
            closed_at=parse_optional_instant(to_text(row.closed_at)),
            service_line=to_text(row.service_line),
            contract_type=to_text(row.contract_type),
            legal_entity=to_text(row.legal_entity),
            quote_number=to_text(row.quote_number),
            contract_id=row.contract_id,
            project_code=to_text(row.project_code),
            lines=tuple(self._map_line(line, currency) for line in (row.lines.records if row.lines else ())),
        )

    def map_contract(self, row: ContractRow) -> CrmContract:
        """Map a contract; its project codes are the distinct ones of its opportunities, in their order."""
        currency = row.currency or self.mapping.currency
        codes = (
            to_text(opportunity.project_code)
            for opportunity in (row.opportunities.records if row.opportunities else ())
        )
        return CrmContract(
            native=self._build_native_id("Contract", row),
            modified_at=parse_optional_instant(row.modified),
            display_number=row.number,
            url=self._build_url("Contract", row),
            references=_build_references(self.mapping.contract.external_id, row),
            number=row.number,
            title=row.title,
            account_id=row.account_id,
            type=to_text(row.contract_type),
            status=to_text(row.status),
            legal_entity=to_text(row.legal_entity),
            currency=currency,
            effective_date=row.start_date,
            expiration_date=row.end_date,
            total_value=build_optional_money(row.total_value, currency),
            not_to_exceed=build_optional_money(row.not_to_exceed, currency),
            purchase_order_number=to_text(row.purchase_order),
            project_codes=tuple(dict.fromkeys(code for code in codes if code)),
            lines=tuple(_map_contract_line(line, currency) for line in (row.lines.records if row.lines else ())),
        )

    def map_contact(self, row: ContactRow) -> CrmContact | None:
        """Map a contact; return None for a private one, which belongs to no account."""
        if row.account_id is None:
            return None
        return CrmContact(
            native=self._build_native_id("Contact", row),
            modified_at=parse_optional_instant(row.modified),
            url=self._build_url("Contact", row),
            references=_build_references(self.mapping.contact.external_id, row),
            account_id=row.account_id,
            name=row.name,
            title=row.title,
            email=row.email,
            phone=row.phone,
            roles=tuple(role for role in (to_text(row.roles) or "").split(";") if role),
        )

    def _resolve_country(self, raw: Text, attribute: str, field: str) -> str | None:
        """Return the ISO code of a country, None without one; an unknown name makes the address unreadable."""
        return parse_value(
            lambda value: resolve_country(to_text(value) or "", self.mapping.countries),
            raw,
            attribute,
            "Account",
            field,
        )

    def _map_line(self, row: LineRow, currency: str | None) -> CrmOpportunityLine:
        return CrmOpportunityLine(
            connection=self.connection,
            native_id=row.id,
            description=row.description or "",
            role_name=to_text(row.role_name),
            quantity=row.quantity,
            unit=(to_text(row.unit) or "").upper() or None,
            unit_price=build_optional_money(row.unit_price, currency),
            total=build_optional_money(row.total_price, currency),
            service_line=to_text(row.service_line),
            start_date=row.start_date,
            end_date=row.end_date,
        )

    def _build_native_id(self, object_name: str, row: Row) -> NativeId:
        return NativeId(self.connection, object_name, row.id)

    def _build_url(self, object_name: str, row: Row) -> str:
        return f"{self.site}/lightning/r/{object_name}/{row.id}/view"


def resolve_stage(row: OpportunityRow, codes: Mapping[str, str]) -> str:
    """Return the raw stage: the label of an open opportunity, CLOSED_WON or CLOSED_LOST of a closed one.

    `IsClosed` and `IsWon` decide, not the label. An open opportunity whose label is mapped to a closed stage gets the
    suffix " (open)", which no mapping contains.
    """
    if row.is_closed:
        return OpportunityStage.CLOSED_WON if row.is_won else OpportunityStage.CLOSED_LOST
    return f"{row.stage} (open)" if codes.get(row.stage, row.stage) in _CLOSED_STAGES else row.stage


def _map_contract_line(row: ContractLineRow, currency: str | None) -> CrmContractLine:
    return CrmContractLine(
        native_id=row.id,
        description=row.description or "",
        quantity=row.quantity,
        rate=build_optional_money(row.rate, currency),
        amount=build_optional_money(row.amount, currency),
        start_date=row.start_date,
        end_date=row.end_date,
    )


def _map_owner(row: UserRow | None) -> PersonName | None:
    return None if row is None else PersonName(row.id, row.name, row.email)


def _build_references(field: str | None, row: Row) -> tuple[tuple[str, str], ...]:
    return () if field is None or not (reference := to_text(row.external_id)) else ((field, reference),)


def _build_address(
    street: str | None, city: str | None, region: str | None, postal_code: str | None, country: str | None
) -> Address | None:
    """Build an address; return None if the country is unknown. Further street lines are joined in `line2`."""
    if country is None:
        return None
    lines = [line.strip() for line in (street or "").splitlines() if line.strip()]
    return Address(
        line1=lines[0] if lines else None,
        line2=", ".join(lines[1:]) or None,
        city=city,
        region=region,
        postal_code=postal_code,
        country=country,
    )
