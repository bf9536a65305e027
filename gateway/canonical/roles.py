"""The words of the semantic layer: who says a thing, how differences are settled, who may see it."""

from enum import StrEnum


class SystemRole(StrEnum):
    """The part a system plays in the firm; GATEWAY is this product itself (crosswalk, card index, derived facts)."""

    CRM = "CRM"
    PSA = "PSA"
    ERP = "ERP"
    HCM = "HCM"
    GATEWAY = "GATEWAY"


class ConflictPolicy(StrEnum):
    """How one value is chosen when several systems hold it.

    When reading, MANUAL and RECORD_WINS both take the system of record and then its fallbacks; they differ when writing.
    """

    RECORD_WINS = "RECORD_WINS"
    FIRST_AVAILABLE = "FIRST_AVAILABLE"
    MERGE = "MERGE"
    MANUAL = "MANUAL"
    DERIVED = "DERIVED"


class DataClass(StrEnum):
    """Classification of a value; drives masking, redaction, cache exclusion and residency."""

    PUBLIC = "PUBLIC"
    INTERNAL = "INTERNAL"
    CONFIDENTIAL = "CONFIDENTIAL"
    FINANCIAL_RESTRICTED = "FINANCIAL_RESTRICTED"
    PERSONAL = "PERSONAL"
    SPECIAL_PERSONAL = "SPECIAL_PERSONAL"
    SECRET = "SECRET"  # noqa: S105 -- the name of a data class, not a credential


class MaskMode(StrEnum):
    """What a caller who sees classified values only masked gets instead."""

    NULLIFY = "NULLIFY"
    REDACT = "REDACT"
    PARTIAL = "PARTIAL"
    HASH = "HASH"
    DENY = "DENY"


class RowScopeKey(StrEnum):
    """A key of a row rule: TENANT, LEGAL_ENTITY, REGION are ANDed, the others ORed with the role's breadth."""

    TENANT = "TENANT"
    LEGAL_ENTITY = "LEGAL_ENTITY"
    REGION = "REGION"
    SERVICE_LINE = "SERVICE_LINE"
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
    """The nouns that have a canonical identity: a crosswalk row, a card, and an `EntityRef`."""

    CUSTOMER = "Customer"
    OPPORTUNITY = "Opportunity"
    CONTRACT = "Contract"
    PROJECT = "Project"
    RESOURCE = "Resource"
    INVOICE = "Invoice"
    LEGAL_ENTITY = "LegalEntity"
