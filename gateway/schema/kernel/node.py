"""The Node interface of Relay: every noun has an opaque global id."""

import strawberry

from gateway.execution.request import RequestState
from gateway.execution.view import View
from gateway.schema.kernel.builders import derived


def resolve_global_id(view: View, request: RequestState) -> str:
    """Return the opaque global id, which contains the type."""
    return request.id_codec.encode(view)


@strawberry.interface
class Node:
    """A record with a global id (Relay)."""

    id: strawberry.ID = derived(resolve_global_id)
    """Global id; opaque to clients."""
