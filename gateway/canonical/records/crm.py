"""Records of the CRM: accounts, opportunities with lines, contracts, contacts."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

import msgspec

from gateway.canonical.records.base import PersonName, Record
from gateway.canonical.roles import SystemRole
from gateway.canonical.values import Address, Money


class CrmRecord(Record, frozen=True, kw_only=True):
    """Any record of the CRM."""

    role: ClassVar[SystemRole] = SystemRole.CRM


class CrmAccount(CrmRecord, frozen=True, kw_only=True):
    """A customer in the CRM. `parent_id` forms the hierarchy and may be part of a cycle."""

    name: str
    legal_name: str | None = None
    parent_id: str | None = None
    status: str | None = None
    industry: str | None = None
    segment: str | None = None
    owner: PersonName | None = None
    default_currency: str | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    region: str | None = None


class CrmOpportunityLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an opportunity; `quantity` is in `unit` (HOUR, DAY, ...). `connection` maps its raw codes."""

    connection: str
    native_id: str
    description: str
    role_name: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    unit_price: Money | None = None
    total: Money | None = None
    service_line: str | None = None
    start_date: date | None = None
    end_date: date | None = None


class CrmOpportunity(CrmRecord, frozen=True, kw_only=True):
    """An opportunity. `probability` is 0..1. `project_code` is the code of the project that the CRM stores, if any."""

    name: str
    account_id: str | None
    stage: str
    probability: Decimal | None = None
    amount: Money | None = None
    expected_close_date: date | None = None
    closed_at: datetime | None = None
    service_line: str | None = None
    contract_type: str | None = None
    legal_entity: str | None = None
    quote_number: str | None = None
    contract_id: str | None = None
    project_code: str | None = None
    lines: tuple[CrmOpportunityLine, ...] = ()


class CrmContractLine(msgspec.Struct, frozen=True, kw_only=True):
    """A priced line of a contract."""

    native_id: str
    description: str
    quantity: Decimal | None = None
    rate: Money | None = None
    amount: Money | None = None
    start_date: date | None = None
    end_date: date | None = None


class CrmContract(CrmRecord, frozen=True, kw_only=True):
    """A signed or drafted agreement. `project_codes` are the projects that the CRM lists for it."""

    number: str
    title: str | None = None
    account_id: str | None = None
    type: str | None = None
    status: str | None = None
    legal_entity: str | None = None
    currency: str | None = None
    effective_date: date | None = None
    expiration_date: date | None = None
    total_value: Money | None = None
    not_to_exceed: Money | None = None
    purchase_order_number: str | None = None
    project_codes: tuple[str, ...] = ()
    lines: tuple[CrmContractLine, ...] = ()


class CrmContact(CrmRecord, frozen=True, kw_only=True):
    """A person at a customer. PERSONAL."""

    account_id: str
    name: str | None = None
    title: str | None = None
    email: str | None = None
    phone: str | None = None
    roles: tuple[str, ...] = ()
