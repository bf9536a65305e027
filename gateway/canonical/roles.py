"""The enums of the semantic layer: system roles, conflict policies, data classes, row scopes and nouns."""

from enum import StrEnum


class SystemRole(StrEnum):
    """The role of a system; GATEWAY is this product itself (crosswalk, card index, derived values)."""

    CRM = "CRM"
    PSA = "PSA"
    ERP = "ERP"
    HCM = "HCM"
    GATEWAY = "GATEWAY"


class ConflictPolicy(StrEnum):
    """How one value is chosen when several systems hold it.

    For reads, MANUAL and RECORD_WINS both use the system of record and then its fallbacks; they differ for writes.
    """

    RECORD_WINS = "RECORD_WINS"
    FIRST_AVAILABLE = "FIRST_AVAILABLE"
    MERGE = "MERGE"
    MANUAL = "MANUAL"
    DERIVED = "DERIVED"


class DataClass(StrEnum):
    """Classification of a value; determines masking, redaction, cache exclusion and residency."""

    PUBLIC = "PUBLIC"
    INTERNAL = "INTERNAL"
    CONFIDENTIAL = "CONFIDENTIAL"
    FINANCIAL_RESTRICTED = "FINANCIAL_RESTRICTED"
    PERSONAL = "PERSONAL"
    SPECIAL_PERSONAL = "SPECIAL_PERSONAL"
    SECRET = "SECRET"  # noqa: S105 -- the name of a data class, not a credential


class MaskMode(StrEnum):
    """What a caller gets instead of a classified value that must be masked."""

    NULLIFY = "NULLIFY"
    REDACT = "REDACT"
    PARTIAL = "PARTIAL"
    HASH = "HASH"
    DENY = "DENY"


class RowScopeKey(StrEnum):
    """A key of a row rule: TENANT, LEGAL_ENTITY, REGION, CUSTOMER are ANDed, the others ORed."""

    TENANT = "TENANT"
    LEGAL_ENTITY = "LEGAL_ENTITY"
    REGION = "REGION"
    SERVICE_LINE = "SERVICE_LINE"
    CUSTOMER = "CUSTOMER"
    PROJECT_MEMBER = "PROJECT_MEMBER"
    SELF = "SELF"
    MANAGER_CHAIN = "MANAGER_CHAIN"


class DataRegion(StrEnum):
    """Where a record's personal data must stay."""

    EU = "EU"
    UK = "UK"
    US = "US"
    CA = "CA"
    APAC = "APAC"
    AU = "AU"
    IN = "IN"
    ME = "ME"
    LATAM = "LATAM"


class Noun(StrEnum):
    """The nouns with a canonical id: they have a crosswalk row, a card and an `EntityRef`."""

    CUSTOMER = "Customer"
    OPPORTUNITY = "Opportunity"
    CONTRACT = "Contract"
    PROJECT = "Project"
    RESOURCE = "Resource"
    INVOICE = "Invoice"
    LEGAL_ENTITY = "LegalEntity"
