"""Directives that print the declarations into the SDL. They document; the binder and the planner enforce."""

from enum import Enum
from typing import Any

import strawberry
from strawberry.schema_directive import Location

from gateway.canonical.roles import ConflictPolicy, DataClass, MaskMode, RowScopeKey, SystemRole
from gateway.schema.kernel.descriptions import describe_enum, read_attribute_docs

_DESCRIPTIONS: dict[type[Enum], tuple[str, dict[str, str]]] = {
    ConflictPolicy: (
        "How one value is chosen if several systems hold it.",
        {
            "RECORD_WINS": "The system of record; if it has no value, the first fallback that has one.",
            "FIRST_AVAILABLE": "The first system, in order, that has a value.",
            "MERGE": "The values of all systems together.",
            "MANUAL": "Read like RECORD_WINS; a difference must be resolved by a person before a write.",
            "DERIVED": "Calculated by the gateway.",
        },
    ),
    DataClass: (
        "Classification of a value.",
        {
            "PUBLIC": "Public.",
            "INTERNAL": "For everyone in the firm.",
            "CONFIDENTIAL": "For those who need it.",
            "FINANCIAL_RESTRICTED": "Restricted financial data, such as cost rates and tax numbers.",
            "PERSONAL": "Personal data.",
            "SPECIAL_PERSONAL": "Special categories of personal data (GDPR, article 9).",
            "SECRET": "Credentials and keys.",
        },
    ),
    MaskMode: (
        "What a caller gets who may see a value only masked.",
        {
            "NULLIFY": "Null.",
            "REDACT": "A fixed placeholder.",
            "PARTIAL": "The first character, and the domain of an e-mail address.",
            "HASH": "A keyed hash, equal for equal values.",
            "DENY": "An error.",
        },
    ),
    RowScopeKey: (
        "Key of a row rule. TENANT, LEGAL_ENTITY, REGION and CUSTOMER must all hold; of the others, one is enough.",
        {
            "TENANT": "The record belongs to the caller's tenant.",
            "LEGAL_ENTITY": "The caller may see the record's legal entity.",
            "REGION": "The caller may see the record's data region.",
            "SERVICE_LINE": "The caller may see the record's service line.",
            "CUSTOMER": "The record belongs to a customer of the caller, if the caller's row access is `customer`.",
            "PROJECT_MEMBER": "The caller is a member of the project.",
            "SELF": "The record is about the caller.",
            "MANAGER_CHAIN": "The record is about a person whom the caller manages, directly or indirectly.",
        },
    ),
    SystemRole: (
        "Role of a system.",
        {
            "CRM": "Customer relationship management.",
            "PSA": "Professional services automation.",
            "ERP": "Enterprise resource planning: finance.",
            "HCM": "Human capital management.",
            "GATEWAY": "This gateway: the crosswalk, the card index and derived values.",
        },
    ),
}
for _enum, (_description, _values) in _DESCRIPTIONS.items():
    strawberry.enum(_enum)
    describe_enum(_enum, _description, _values)

IMPORT = "https://specs.psgraph.example/psgraph/v1.0"


@strawberry.federation.schema_directive(
    locations=[Location.FIELD_DEFINITION], name="source", compose=True, import_url=IMPORT
)
class Source:
    """The system of record of a field, and its fallbacks."""

    record: SystemRole
    """System of record."""
    fallback: list[SystemRole] | None = strawberry.UNSET
    """Systems read, in this order, if the system of record has no value."""
    conflict: ConflictPolicy | None = strawberry.UNSET
    """How differing values are handled; RECORD_WINS if absent."""


@strawberry.federation.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.OBJECT], name="sensitive", compose=True, import_url=IMPORT
)
class SensitiveDirective:
    """Data classification of a field: it controls masking, caching, logging and data residency."""

    class_: DataClass = strawberry.directive_field(name="class")
    """Data class."""
    mask: MaskMode | None = strawberry.UNSET
    """Mask for callers who may see the class only masked; NULLIFY if absent."""
    residency_bound: bool | None = strawberry.UNSET
    """Whether the value must stay in its data region."""


@strawberry.federation.schema_directive(locations=[Location.OBJECT], name="anchor", compose=True, import_url=IMPORT)
class Anchor:
    """The anchor system: a record exists in the graph if it exists in this system."""

    system: SystemRole
    """The anchor system."""


@strawberry.federation.schema_directive(locations=[Location.OBJECT], name="rowScope", compose=True, import_url=IMPORT)
class RowScope:
    """Row-level access rule, applied on every path to the type."""

    by: list[RowScopeKey]
    """Keys of the row rule."""


def _describe_directives() -> None:
    """Use the docstrings as descriptions of the directives and their arguments."""
    for kind in (Source, SensitiveDirective, Anchor, RowScope):
        definition: Any = kind.__dict__["__strawberry_directive__"]
        definition.description = kind.__doc__
        docs = read_attribute_docs(kind)
        for field in definition.fields:
            field.description = docs.get(field.python_name)


_describe_directives()
