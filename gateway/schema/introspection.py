"""A validation rule that rejects introspection by callers without the scope for it."""

from typing import Any, Final

from graphql import FieldNode, GraphQLError, ValidationRule
from graphql.language import SKIP

from gateway.auth.scopes import EXPLORE
from gateway.errors import ForbiddenError

_META_FIELDS: Final = frozenset({"__schema", "__type", "_service"})
"""The entry points of introspection (GraphQL specification, 4.2), and that of federation, which returns the schema."""


class DisableIntrospection(ValidationRule):
    """Reject each introspection field with one error, which names the missing scope."""

    def enter_field(self, node: FieldNode, *_: Any) -> Any:
        """Report an introspection field and skip its selections."""
        if node.name.value not in _META_FIELDS:
            return None
        error = ForbiddenError([[EXPLORE]])
        self.report_error(
            GraphQLError(error.message, node, extensions={"code": error.code, **error.build_extensions()})
        )
        return SKIP
