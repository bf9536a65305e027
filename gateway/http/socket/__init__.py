"""GraphQL over WebSocket: the sub-protocol graphql-transport-ws, and who may speak it."""
