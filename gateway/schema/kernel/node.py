"""The Node interface: every noun has an opaque global id."""

import strawberry

from gateway.execution.request import Request
from gateway.execution.view import View
from gateway.schema.kernel.builders import derived


def resolve_global_id(view: View, request: Request) -> str:
    """Opaque global id; it carries the type."""
    return request.ids.encode(view)


@strawberry.interface(description="Relay global identification.")
class Node:
    """Anything with a global id."""

    id: strawberry.ID = derived(resolve_global_id, description="Relay global id; opaque to clients.")
