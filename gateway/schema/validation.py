"""Validation of a document against the schema, in time linear to its size."""

from typing import Final

from graphql import DocumentNode, GraphQLError, GraphQLSchema, validate
from graphql.validation import OverlappingFieldsCanBeMergedRule, specified_rules

from gateway.execution.field_merging import FieldMerging
from gateway.schema.introspection import DisableIntrospection

MAX_ERRORS: Final = 10
_RULES: Final = tuple(rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule)
"""The rules whose work is linear in the size of a document; `FieldMerging` replaces the other one."""


def validate_document(schema: GraphQLSchema, document: DocumentNode, *, may_introspect: bool) -> list[GraphQLError]:
    """Return the validation errors of a document, at most ten, without suggestions of names."""
    rules = _RULES if may_introspect else (*_RULES, DisableIntrospection)
    errors = validate(schema, document, rules, max_errors=MAX_ERRORS, hide_suggestions=True)
    return errors or FieldMerging(schema, document).find_conflicts()
