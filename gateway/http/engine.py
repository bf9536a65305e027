"""What the edge asks of the graph."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Protocol

from graphql import DocumentNode, GraphQLError

from gateway.auth.principal import Principal
from gateway.execution.answer import Answer


class GraphEngine(Protocol):
    """What answers a parsed document for a principal."""

    async def validate(self, document: DocumentNode, principal: Principal) -> list[GraphQLError]:
        """Return what is wrong with a document; empty when nothing is."""

    async def execute(
        self,
        document: DocumentNode,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        principal: Principal,
        correlation_id: str,
    ) -> Answer:
        """Answer a valid query or mutation; never raises for what systems do."""

    def subscribe(
        self,
        document: DocumentNode,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        principal: Principal,
        correlation_id: str,
    ) -> AsyncGenerator[Answer, None]:
        """Answer a valid subscription, once per event; once and no more when it is refused."""
