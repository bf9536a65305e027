"""Rows to records: what one row of the CRM says, in the firm's terms. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from gateway.canonical.native import NativeId
from gateway.canonical.records.base import PersonName
from gateway.canonical.records.crm import CrmAccount, CrmContact, CrmContract, CrmOpportunity, CrmOpportunityLine
from gateway.canonical.states import MappingDomain, OpportunityStage
from gateway.canonical.values import Address
from subgraphs.crm.salesforce.mapping import SalesforceMapping
from subgraphs.crm.salesforce.wire import (
    AccountRow,
    ContactRow,
    ContractRow,
    LineRow,
    OpportunityRow,
    PersonRow,
    Row,
)
from subgraphs.kit.dates import instant
from subgraphs.kit.money import optional_money

_CLOSING = frozenset({OpportunityStage.CLOSED_WON, OpportunityStage.CLOSED_LOST})
_HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True)
class RecordBuilder:
    """Builds records of one connection; `site` is where people open records in a browser."""

    connection: str
    site: str
    mapping: SalesforceMapping

    def account(self, row: AccountRow) -> CrmAccount:
        """Build a customer; its number is the account's external id."""
        place = self.mapping.countries
        return CrmAccount(
            native=self._native("Account", row),
            modified_at=instant(row.stamp),
            display_number=row.external_id,
            url=self._url("Account", row),
            references=_references(self.mapping.account.external_id, row),
            name=row.name,
            legal_name=row.legal_name,
            parent_id=row.parent_id,
            status=row.status,
            industry=row.industry,
            segment=row.segment,
            owner=_person(row.owner),
            default_currency=row.currency or self.mapping.currency,
            billing_address=_address(
                row.billing_street,
                row.billing_city,
                row.billing_state,
                row.billing_postal_code,
                _country(row.billing_country, place),
            ),
            shipping_address=_address(
                row.shipping_street,
                row.shipping_city,
                row.shipping_state,
                row.shipping_postal_code,
                _country(row.shipping_country, place),
            ),
            region=row.region,
        )

    def opportunity(self, row: OpportunityRow) -> CrmOpportunity:
        """Build a deal with its lines; the probability becomes a fraction."""
        currency = row.currency or self.mapping.currency
        return CrmOpportunity(
            native=self._native("Opportunity", row),
            modified_at=instant(row.stamp),
            display_number=row.external_id,
            url=self._url("Opportunity", row),
            references=_references(self.mapping.opportunity.external_id, row),
            name=row.name,
            account_id=row.account_id,
            stage=stage(row, self.mapping.codes.get(MappingDomain.OPPORTUNITY_STAGE, {})),
            probability=None if row.probability is None else row.probability / _HUNDRED,
            amount=optional_money(row.amount, currency),
            expected_close_date=row.close_date,
            closed_at=None if row.closed_at is None else instant(row.closed_at),
            service_line=row.service_line,
            contract_type=row.contract_type,
            legal_entity=row.legal_entity,
            quote_number=row.quote_number,
            contract_id=row.contract_id,
            project_code=row.project_code,
            lines=tuple(_line(line, currency) for line in (row.lines.records if row.lines else ())),
        )

    def contract(self, row: ContractRow) -> CrmContract:
        """Build a contract; the projects that it covers are those of the opportunities under it, each once, in their order."""
        currency = row.currency or self.mapping.currency
        codes = (deal.project_code for deal in (row.deals.records if row.deals else ()))
        return CrmContract(
            native=self._native("Contract", row),
            modified_at=instant(row.stamp),
            display_number=row.number,
            url=self._url("Contract", row),
            references=_references(self.mapping.contract.external_id, row),
            number=row.number,
            title=row.title,
            account_id=row.account_id,
            type=row.contract_type,
            status=row.status,
            legal_entity=row.legal_entity,
            currency=currency,
            effective_date=row.start_date,
            expiration_date=row.end_date,
            total_value=optional_money(row.total_value, currency),
            not_to_exceed=optional_money(row.not_to_exceed, currency),
            purchase_order_number=row.purchase_order,
            project_codes=tuple(dict.fromkeys(code for code in codes if code)),
        )

    def contact(self, row: ContactRow) -> CrmContact | None:
        """Build a contact; a private one, which belongs to no account, is none of a customer's and gives None."""
        if row.account_id is None:
            return None
        return CrmContact(
            native=self._native("Contact", row),
            modified_at=instant(row.stamp),
            url=self._url("Contact", row),
            references=_references(self.mapping.contact.external_id, row),
            account_id=row.account_id,
            name=row.name,
            title=row.title,
            email=row.email,
            phone=row.phone,
            roles=tuple(role for role in (row.roles or "").split(";") if role),
        )

    def _native(self, object_name: str, row: Row) -> NativeId:
        return NativeId(self.connection, object_name, row.id)

    def _url(self, object_name: str, row: Row) -> str:
        return f"{self.site}/lightning/r/{object_name}/{row.id}/view"


def stage(row: OpportunityRow, codes: Mapping[str, str]) -> str:
    """Return the raw stage: the label while the deal is open, one of the two closing words once `IsClosed` (and `IsWon`) say so.

    An open deal never reads as closed, whatever its label: a label that would mean so is marked, and then no mapping knows it.
    """
    if row.is_closed:
        return OpportunityStage.CLOSED_WON if row.is_won else OpportunityStage.CLOSED_LOST
    return f"{row.stage} (open)" if codes.get(row.stage, row.stage) in _CLOSING else row.stage


def _line(row: LineRow, currency: str | None) -> CrmOpportunityLine:
    return CrmOpportunityLine(
        native_id=row.id,
        description=row.description or "",
        role_name=row.role_name,
        quantity=row.quantity,
        unit=None if row.unit is None else row.unit.upper(),
        unit_price=optional_money(row.unit_price, currency),
        total=optional_money(row.total_price, currency),
        service_line=row.service_line,
        start_date=row.start_date,
        end_date=row.end_date,
    )


def _person(row: PersonRow | None) -> PersonName | None:
    return None if row is None else PersonName(row.id, row.name, row.email)


def _references(field: str | None, row: Row) -> tuple[tuple[str, str], ...]:
    return () if field is None or row.external_id is None else ((field, row.external_id),)


def _country(raw: str | None, names: Mapping[str, str]) -> str | None:
    """Return the ISO code: by the table, or the value itself where it is one; an unknown name is no country."""
    if raw is None:
        return None
    return names.get(raw) or (raw if len(raw) == 2 and raw.isascii() and raw.isupper() else None)  # noqa: PLR2004 -- alpha-2


def _address(
    street: str | None, city: str | None, region: str | None, postal_code: str | None, country: str | None
) -> Address | None:
    """Build an address of the first two lines of the street; without a known country there is none."""
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
