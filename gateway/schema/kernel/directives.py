"""Directives that print the declared facts into the SDL. They document; enforcement is the binder's and the planner's."""

import strawberry
from strawberry.schema_directive import Location

from gateway.canonical.roles import ConflictPolicy, DataClass, MaskMode, RowScopeKey, SystemRole

for _word in (ConflictPolicy, DataClass, MaskMode, RowScopeKey, SystemRole):
    strawberry.enum(_word)

IMPORT = "https://specs.psgraph.example/psgraph/v1.0"


@strawberry.federation.schema_directive(
    locations=[Location.FIELD_DEFINITION], name="source", compose=True, import_url=IMPORT
)
class Source:
    """System of record for a field."""

    record: SystemRole
    fallback: list[SystemRole] | None = strawberry.UNSET
    conflict: ConflictPolicy | None = strawberry.UNSET


@strawberry.federation.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.OBJECT], name="sensitive", compose=True, import_url=IMPORT
)
class SensitiveDirective:
    """Data classification: drives masking, redaction, cache exclusion and residency."""

    class_: DataClass = strawberry.directive_field(name="class")
    mask: MaskMode | None = strawberry.UNSET
    residency_bound: bool | None = strawberry.UNSET


@strawberry.federation.schema_directive(locations=[Location.OBJECT], name="anchor", compose=True, import_url=IMPORT)
class Anchor:
    """System whose record makes the entity exist at all."""

    system: SystemRole


@strawberry.federation.schema_directive(locations=[Location.OBJECT], name="rowScope", compose=True, import_url=IMPORT)
class RowScope:
    """Row-level restriction applied on every path that reaches the type."""

    by: list[RowScopeKey]
