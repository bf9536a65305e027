"""Descriptions in the introspected schema give meaning, source, scopes and class."""

from typing import Any

import pytest
from graphql import graphql_sync, introspection_from_schema

from gateway.loaders.catalogue import LOADERS
from gateway.schema.build import build_graph

GRAPH = build_graph(LOADERS)
INTROSPECTION: Any = introspection_from_schema(GRAPH.schema)
DESCRIPTIONS: dict[str, str | None] = {
    f"{declared['name']}.{field['name']}": field["description"]
    for declared in INTROSPECTION["__schema"]["types"]
    for field in declared.get("fields") or ()
}


@pytest.mark.parametrize(
    ("field", "description"),
    [
        ("Project.percentComplete", "Progress as a fraction, 0 to 1.  \nSource: PSA."),
        ("Project.name", "Name of the project.  \nSource: PSA, then ERP, GATEWAY."),
        ("Project.code", "Project code.  \nSource: PSA, then ERP, GATEWAY (MANUAL)."),
        ("Project.customer", "Customer of the project.  \nSource: GATEWAY. Scopes: customers:read."),
        (
            "Contract.totalValue",
            (
                "Total contract value.  \nSource: CRM, then ERP (MANUAL). Scopes: contracts.value:read. "
                "Class: FINANCIAL_RESTRICTED."
            ),
        ),
        (
            "Resource.workEmail",
            (
                "Work e-mail address.  \nSource: HCM, then PSA. Scopes: resources.pii:read. "
                "Class: PERSONAL, masked: PARTIAL, stays in its region."
            ),
        ),
        ("Actor.email", "E-mail address.  \nClass: PERSONAL, masked: PARTIAL."),
        ("Query.legalEntities", "Legal entities of the group that the caller may see.  \nSource: GATEWAY."),
        ("Query.viewer", "The caller and the rights that the access token grants.  \nDerived by the gateway."),
        ("Project.invoices", "Invoices for the project.  \nSource: ERP. Scopes: invoices:read."),
        ("PageInfo.hasNextPage", "Whether there are rows after this page."),
        ("Money.amount", "Exact amount, in major units (e.g. euros, not cents)."),
    ],
)
def test_a_description_gives_meaning_source_scopes_and_class(field: str, description: str | None) -> None:
    assert DESCRIPTIONS[field] == description


def test_every_field_of_every_noun_gives_its_source() -> None:
    silent = [
        name
        for name, description in DESCRIPTIONS.items()
        if name.split(".")[0] in GRAPH.registry.nouns
        and not any(word in (description or "") for word in ("Source: ", "Derived "))
    ]

    assert silent == []


def test_every_required_scope_is_in_the_description() -> None:
    untold = [
        (type_name, name)
        for (type_name, name), number in GRAPH.registry.field_requirements.items()
        if not name.startswith("_")
        for rule in GRAPH.registry.requirements[number]
        for group in rule
        for scope in group
        if scope not in (DESCRIPTIONS[f"{type_name}.{name}"] or "")
    ]

    assert untold == []


def test_a_federation_router_gets_the_contract_without_these_lines() -> None:
    served = graphql_sync(GRAPH.schema, "{ _service { sdl } }")

    assert served.data == {"_service": {"sdl": GRAPH.sdl}}
    assert "Source: " not in GRAPH.sdl
