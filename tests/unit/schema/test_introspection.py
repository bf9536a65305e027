"""Whoever introspects the schema reads where each field comes from, what it needs, and how it is classified; the contract says so by directives."""

import pytest
from graphql import graphql_sync, introspection_from_schema

from gateway.loaders.catalogue import LOADERS
from gateway.schema.build import build

GRAPH = build(LOADERS)
DESCRIPTIONS: dict[str, str | None] = {
    f"{declared['name']}.{field['name']}": field["description"]
    for declared in introspection_from_schema(GRAPH.schema)["__schema"]["types"]
    for field in declared.get("fields") or ()
}


@pytest.mark.parametrize(
    ("field", "description"),
    [
        ("Project.percentComplete", "Source: PSA."),
        ("Project.name", "Source: PSA, then ERP, GATEWAY."),
        ("Project.code", "Source: PSA, then ERP, GATEWAY (MANUAL)."),
        ("Project.customer", "Source: GATEWAY. Scopes: customers:read."),
        (
            "Contract.totalValue",
            "Source: CRM, then ERP (MANUAL). Scopes: contracts.value:read. Class: FINANCIAL_RESTRICTED.",
        ),
        (
            "Resource.workEmail",
            "Source: HCM, then PSA. Scopes: resources.pii:read. Class: PERSONAL, masked: PARTIAL, stays in its region.",
        ),
        ("Actor.email", "Class: PERSONAL, masked: PARTIAL."),
        ("Query.project", "The unified project view.\n\nDerived by the gateway. Scopes: projects:read."),
        (
            "Project.invoices",
            "Invoices raised for the project.\n\nSource: ERP. Scopes: invoices:read.",
        ),
        ("PageInfo.hasNextPage", None),
        ("Money.amount", None),
    ],
)
def test_a_field_tells_its_source_its_scopes_and_its_class(field: str, description: str | None) -> None:
    assert DESCRIPTIONS[field] == description


def test_every_field_of_every_noun_tells_where_it_comes_from() -> None:
    silent = [
        name
        for name, description in DESCRIPTIONS.items()
        if name.split(".")[0] in GRAPH.registry.nouns
        and not any(word in (description or "") for word in ("Source: ", "Derived "))
    ]

    assert silent == []


def test_every_scope_that_the_planner_demands_is_told() -> None:
    untold = [
        (type_name, name)
        for (type_name, name), number in GRAPH.registry.requirement.items()
        if not name.startswith("_")
        for rule in GRAPH.registry.requirements[number]
        for group in rule
        for scope in group
        if scope not in (DESCRIPTIONS[f"{type_name}.{name}"] or "")
    ]

    assert untold == []


def test_a_federation_router_still_gets_the_contract_itself() -> None:
    served = graphql_sync(GRAPH.schema, "{ _service { sdl } }")

    assert served.data == {"_service": {"sdl": GRAPH.sdl}}
    assert "Source: " not in GRAPH.sdl
