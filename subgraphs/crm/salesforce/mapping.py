"""The mapping file of a connection: which custom field supplies which attribute, and the canonical codes.

Attributes without a standard field are read from custom fields, whose names differ per org. An attribute that the file
does not map is unsupported. Names are fields of the object itself; a value of a related record needs a formula field.
"""

import re
from collections.abc import Mapping

import msgspec

from gateway.canonical.states import MappingDomain

_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRY = re.compile(r"[A-Z]{2}")


class Fields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Field names of one object, by attribute."""

    def list_mapped(self) -> dict[str, str]:
        """Return the mapped fields by attribute."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}

    def __post_init__(self) -> None:
        names = list(self.list_mapped().values())
        invalid = sorted(name for name in names if not _FIELD.fullmatch(name))
        if invalid:
            raise ValueError(f"not a field name: {', '.join(invalid)}")
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"a field cannot supply two attributes: {', '.join(repeated)}")


class AccountFields(Fields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fields of Account; `external_id` holds the customer number.

    Countries are `BillingCountryCode` in orgs with country picklists, free text otherwise.
    """

    external_id: str | None = None
    legal_name: str | None = None
    status: str | None = None
    segment: str | None = None
    region: str | None = None
    billing_country: str = "BillingCountry"
    shipping_country: str = "ShippingCountry"


class OpportunityFields(Fields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fields of Opportunity.

    `external_id` holds the opportunity's number, `project_code` the code of its project, `closed_at` the datetime at
    which it was won or lost.
    """

    external_id: str | None = None
    closed_at: str | None = None
    service_line: str | None = None
    contract_type: str | None = None
    legal_entity: str | None = None
    quote_number: str | None = None
    project_code: str | None = None


class LineFields(Fields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fields of OpportunityLineItem; `unit` is the unit of the quantity."""

    role_name: str | None = None
    unit: str | None = None
    service_line: str | None = None
    start_date: str = "ServiceDate"
    end_date: str | None = None


class ContractFields(Fields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fields of Contract; amounts are in the contract's currency."""

    external_id: str | None = None
    contract_type: str | None = None
    legal_entity: str | None = None
    total_value: str | None = None
    not_to_exceed: str | None = None
    purchase_order: str | None = None


class ContractLineFields(Fields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fields of the custom object with the priced lines of a contract; amounts are in the contract's currency."""

    description: str
    quantity: str | None = None
    rate: str | None = None
    amount: str | None = None
    start_date: str | None = None
    end_date: str | None = None


class ContractLines(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The custom object of contract lines, and the name of its child relationship of Contract."""

    object: str
    relationship: str
    fields: ContractLineFields

    def __post_init__(self) -> None:
        invalid = sorted(name for name in (self.object, self.relationship) if not _FIELD.fullmatch(name))
        if invalid:
            raise ValueError(f"not a name: {', '.join(invalid)}")


class ContactFields(Fields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fields of Contact; `roles` is a multi-select picklist."""

    external_id: str | None = None
    roles: str | None = None


class SalesforceMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The mapping file of one org.

    With `multi_currency` every record has its currency in `CurrencyIsoCode`. Without, that field does not exist and all
    amounts are in `currency`. `countries` maps free-text country names to ISO 3166-1 alpha-2 codes; `codes` maps, per
    reference-data domain, raw code -> canonical code.
    """

    multi_currency: bool
    currency: str | None = None
    account: AccountFields = AccountFields()
    opportunity: OpportunityFields = OpportunityFields()
    opportunity_line: LineFields = LineFields()
    contract: ContractFields = ContractFields()
    contract_lines: ContractLines | None = None
    contact: ContactFields = ContactFields()
    countries: Mapping[str, str] = {}
    codes: Mapping[MappingDomain, Mapping[str, str]] = {}

    def __post_init__(self) -> None:
        if self.multi_currency == (self.currency is not None):
            raise ValueError("set `currency` if and only if `multi_currency` is false")
        if self.currency is not None and not _CURRENCY.fullmatch(self.currency):
            raise ValueError("`currency` must be an ISO 4217 code")
        invalid = sorted(code for code in self.countries.values() if not _COUNTRY.fullmatch(code))
        if invalid:
            raise ValueError(f"not an ISO 3166-1 alpha-2 country code: {', '.join(invalid)}")
