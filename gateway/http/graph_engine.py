"""The interface of the graph engine that the edge calls."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Protocol

from graphql import DocumentNode, GraphQLError

from gateway.auth.principal import Principal
from gateway.execution.response import GraphQLResponse


class GraphEngine(Protocol):
    """Validates and executes parsed documents for a principal."""

    def validate(self, document: DocumentNode, principal: Principal) -> list[GraphQLError]:
        """Return the validation errors of a document; empty if it is valid. It may be called in any thread."""

    async def execute(
        self,
        document: DocumentNode,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        principal: Principal,
        correlation_id: str,
    ) -> GraphQLResponse:
        """Execute a valid query or mutation; faults of systems are errors in the response, not exceptions.

        Raise StoreUnavailableError or GatewayOverloadedError if the gateway itself cannot answer.
        """

    def subscribe(
        self,
        document: DocumentNode,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        principal: Principal,
        correlation_id: str,
    ) -> AsyncGenerator[GraphQLResponse, None]:
        """Execute a valid subscription: yield one response per event, or a single one if it is rejected."""
