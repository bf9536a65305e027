"""The GraphQL schema: one module per noun. Only this package imports Strawberry."""
