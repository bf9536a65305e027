"""GraphQL over WebSocket in the sub-protocol graphql-transport-ws."""
