"""The mapping file of a connection: which of the tenant's own fields carries which fact, and what its codes mean.

Facts that no standard field carries live in custom fields, named differently by every tenant. A name that is left out makes the attribute absent.
Names are those of fields of the object itself; a fact that lives on a related record needs a formula field.
"""

import re
from collections.abc import Mapping

import msgspec

from gateway.canonical.states import MappingDomain

_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRY = re.compile(r"[A-Z]{2}")


class Fields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Field names of one object, by the attribute that each carries."""

    def named(self) -> dict[str, str]:
        """Return the names that are given."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}

    def __post_init__(self) -> None:
        names = list(self.named().values())
        odd = sorted(name for name in names if not _FIELD.fullmatch(name))
        if odd:
            raise ValueError(f"not the name of a field: {', '.join(odd)}")
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"one field cannot carry two facts: {', '.join(twice)}")


class AccountFields(Fields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`external_id` holds the customer number. Countries are `BillingCountryCode` where the org has country picklists, else free text."""

    external_id: str | None = None
    legal_name: str | None = None
    status: str | None = None
    segment: str | None = None
    region: str | None = None
    billing_country: str = "BillingCountry"
    shipping_country: str = "ShippingCountry"


class OpportunityFields(Fields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`external_id` holds the opportunity's number, `project_code` the link to the project, `closed_at` (a datetime) when it was won or lost."""

    external_id: str | None = None
    closed_at: str | None = None
    service_line: str | None = None
    contract_type: str | None = None
    legal_entity: str | None = None
    quote_number: str | None = None
    project_code: str | None = None


class LineFields(Fields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fields of OpportunityLineItem; `unit` says what the quantity counts."""

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


class ContactFields(Fields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fields of Contact; `roles` is a multi-select picklist."""

    external_id: str | None = None
    roles: str | None = None


class SalesforceMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One org's mapping file.

    With `multi_currency` every record names its currency (`CurrencyIsoCode`); without, that field does not exist and all amounts are in `currency`.
    `countries` turns free-text country names into ISO 3166-1 alpha-2; `codes` holds, per reference-data domain, raw code -> canonical code.
    """

    multi_currency: bool
    currency: str | None = None
    account: AccountFields = AccountFields()
    opportunity: OpportunityFields = OpportunityFields()
    opportunity_line: LineFields = LineFields()
    contract: ContractFields = ContractFields()
    contact: ContactFields = ContactFields()
    countries: Mapping[str, str] = {}
    codes: Mapping[MappingDomain, Mapping[str, str]] = {}

    def __post_init__(self) -> None:
        if self.multi_currency == (self.currency is not None):
            raise ValueError("name `currency` exactly where `multi_currency` is false")
        if self.currency is not None and not _CURRENCY.fullmatch(self.currency):
            raise ValueError("`currency` is an ISO 4217 code")
        odd = sorted(code for code in self.countries.values() if not _COUNTRY.fullmatch(code))
        if odd:
            raise ValueError(f"not an ISO 3166-1 alpha-2 country code: {', '.join(odd)}")
