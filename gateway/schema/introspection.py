"""Introspection is for those who may explore: a rule of validation that refuses it to others, and says what they lack."""

from typing import Any, Final

from graphql import FieldNode, GraphQLError, ValidationRule
from graphql.language import SKIP

from gateway.auth.scopes import EXPLORE
from gateway.errors import ForbiddenError

_META_FIELDS: Final = frozenset({"__schema", "__type"})
"""The only ways to what the schema says of itself (GraphQL, 4.2)."""


class DisableIntrospection(ValidationRule):
    """Refuses each way into the schema, once."""

    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        """Report a door; what lies behind it is not looked at."""
        if node.name.value not in _META_FIELDS:
            return None
        refused = ForbiddenError([[EXPLORE]])
        self.report_error(
            GraphQLError(refused.message, node, extensions={"code": refused.code, **refused.extensions()})
        )
        return SKIP
