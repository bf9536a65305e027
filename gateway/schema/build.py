"""The built schema: Strawberry's types, bound to their resolvers, with descriptions."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import strawberry
from graphql import GraphQLInputObjectType, GraphQLSchema

from gateway.execution.declarations import Registry
from gateway.schema.argument_descriptions import ARGUMENTS
from gateway.schema.assignment import Assignment, ResourceDemand
from gateway.schema.contact import Contact
from gateway.schema.expense import Expense
from gateway.schema.invoice import InvoiceLine, Payment
from gateway.schema.kernel import CONFIG, annotate, bind, describe
from gateway.schema.query import Query
from gateway.schema.roots import resolve_entities
from gateway.schema.subscription import Subscription
from gateway.schema.task import Milestone, ProjectTask
from gateway.schema.time_entry import TimeEntry

LEAVES: tuple[Any, ...] = (
    Assignment,
    Contact,
    Expense,
    InvoiceLine,
    Milestone,
    Payment,
    ProjectTask,
    ResourceDemand,
    TimeEntry,
)


class Graph(NamedTuple):
    """The built schema, its registry, and the contract as text."""

    schema: GraphQLSchema
    registry: Registry
    sdl: str


def build_graph(loaders: Iterable[str]) -> Graph:
    """Build and bind the schema. Raise DeclarationError if a declaration breaks a rule."""
    schema = strawberry.federation.Schema(query=Query, subscription=Subscription, types=LEAVES, config=CONFIG)
    registry = bind(schema, loaders, resolve_entities)
    _mark_one_of_inputs(schema)
    describe(schema, ARGUMENTS)
    contract = annotate(schema, registry)
    return Graph(schema._schema, registry, contract)  # noqa: SLF001 -- see bind


def _mark_one_of_inputs(schema: strawberry.federation.Schema) -> None:
    """Mark `@oneOf` inputs for graphql-core: Strawberry checks them after validation and reports an internal error."""
    for declared in schema._schema.type_map.values():  # noqa: SLF001 -- see bind
        definition = declared.extensions.get("strawberry-definition")
        if isinstance(declared, GraphQLInputObjectType) and getattr(definition, "is_one_of", False):
            declared.is_one_of = True
