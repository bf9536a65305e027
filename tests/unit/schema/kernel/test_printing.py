"""The printed contract contains the declarations in the form that a federation router reads."""

import re

import pytest
from graphql import build_schema

from tests.fixtures.example_domain import SCHEMA
from tests.fixtures.unwrapping import unwrap

SDL = SCHEMA.as_str()


@pytest.mark.parametrize(
    "line",
    [
        "name: String! @source(record: CRM, fallback: [ERP, GATEWAY], conflict: MANUAL)",
        "mail: EmailAddress @source(record: CRM) @sensitive(class: PERSONAL, mask: PARTIAL, residencyBound: true)",
        (
            'limit: Money @source(record: ERP) @requiresScopes(scopes: [["shops.finance:read"]]) '
            "@sensitive(class: FINANCIAL_RESTRICTED)"
        ),
        "pets(first: Int = 10, after: String): ProjectConnection @source(record: PSA)",
        "converted(to: CurrencyCode!): Money @source(record: ERP)",
        "edges: [ProjectEdge]",
        "nodes: [Project]",
        "partial: PartialPage",
    ],
)
def test_a_field_prints_its_declaration(line):
    assert line in [printed.strip() for printed in SDL.splitlines()]


def test_a_noun_prints_its_anchor_its_rows_and_its_keys():
    [head] = re.findall(r"^type Project .*$", SDL, re.MULTILINE)
    for part in (
        "implements Node",
        '@key(fields: "id"',
        '@key(fields: "code"',
        "@anchor(system: PSA)",
        "@rowScope(by: [TENANT, LEGAL_ENTITY])",
        '@requiresScopes(scopes: [["pets:read"]])',
    ):
        assert part in head


def test_the_docstrings_are_the_descriptions():
    assert '"""Pets of the shop, from the card index."""' in SDL
    assert '"""A meal: a leaf, owned by its pet."""' in SDL


def test_own_directives_are_composed_and_federation_directives_linked():
    for name in ("@source", "@anchor", "@sensitive", "@rowScope"):
        assert f'@composeDirective(name: "{name}")' in SDL
    assert 'import: ["@authenticated", "@composeDirective", "@key", "@requiresScopes", "@shareable"]' in SDL


def test_every_noun_is_an_entity_of_the_federation():
    [union] = re.findall(r"^union _Entity = (.*)$", SDL, re.MULTILINE)
    assert sorted(union.split(" | ")) == ["Customer", "Meal", "Project", "Resource"]


def test_the_text_reads_back():
    assert unwrap(build_schema(SDL, assume_valid_sdl=True).query_type).name == "Query"
