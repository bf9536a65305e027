"""Every field of the contract is filled: by an adapter's lineage, by the card index, or by a derivation."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.canonical.records.base import Record
from gateway.canonical.roles import SystemRole
from gateway.execution.declarations import FieldDeclaration, Reference, Sourced
from gateway.loaders.catalogue import LOADERS
from gateway.ports.lineage import Lineage, Supplied
from gateway.schema.build import build_graph
from gateway.schema.origins import COMPOSED_FIELDS
from subgraphs.crm.salesforce.lineage import build_lineage as build_salesforce
from subgraphs.crm.salesforce.mapping import SalesforceMapping
from subgraphs.erp.netsuite.lineage import build_lineage as build_netsuite
from subgraphs.erp.netsuite.mapping_file import NetSuiteMapping
from subgraphs.hcm.workday.lineage import build_lineage as build_workday
from subgraphs.hcm.workday.mapping import WorkdayMapping
from subgraphs.psa.kantata.lineage import build_lineage as build_kantata
from subgraphs.psa.kantata.mapping import KantataMapping
from subgraphs.psa.productive.lineage import build_lineage as build_productive
from subgraphs.psa.productive.mapping import ProductiveMapping

MAPPINGS = Path(__file__).parents[3] / "subgraphs/sandbox/mappings"
GRAPH = build_graph(LOADERS)


def read_mapping(vendor: str, kind: Any) -> Any:
    return msgspec.convert(tomllib.loads((MAPPINGS / f"{vendor}.toml").read_text(encoding="utf-8")), kind)


LINEAGES: tuple[Lineage, ...] = (
    build_salesforce(read_mapping("salesforce", SalesforceMapping)),
    build_kantata(read_mapping("kantata", KantataMapping)),
    build_productive(read_mapping("productive", ProductiveMapping)),
    build_workday(read_mapping("workday", WorkdayMapping)),
    build_netsuite(read_mapping("netsuite", NetSuiteMapping)),
)
PRINTED = [
    (type_name, name, declaration)
    for (type_name, name), declaration in sorted(GRAPH.registry.fields.items(), key=lambda item: item[0])
    if type_name in GRAPH.registry.nouns and declaration.printed_roles
]


def list_read_attributes(
    type_name: str, name: str, declaration: FieldDeclaration
) -> Iterator[tuple[type[Record], str]]:
    yield from COMPOSED_FIELDS.get((type_name, name), {}).items()
    if isinstance(declaration, (Sourced, Reference)):
        facets = GRAPH.registry.nouns[type_name].facets
        for role, of in declaration.of.items():
            if role is not None and role is not SystemRole.GATEWAY and isinstance(of, str):
                yield facets[role].record, of


@pytest.mark.parametrize(
    ("type_name", "name", "declaration"), PRINTED, ids=[f"{each[0]}.{each[1]}" for each in PRINTED]
)
def test_a_field_with_a_source_is_supplied_by_an_adapter_or_the_card_index(
    type_name: str, name: str, declaration: FieldDeclaration
) -> None:
    attributes = list(list_read_attributes(type_name, name, declaration))
    supplied = [
        f"{record.__name__}.{attribute}"
        for record, attribute in attributes
        if any(isinstance(lineage.get(record, {}).get(attribute), Supplied) for lineage in LINEAGES)
    ]
    assert supplied or SystemRole.GATEWAY in declaration.printed_roles, (
        f"no adapter fills {type_name}.{name}: it reads {attributes or 'nothing that COMPOSED_FIELDS names'}"
    )


def test_a_composed_field_names_attributes_that_its_records_have() -> None:
    for (type_name, name), attributes in COMPOSED_FIELDS.items():
        assert GRAPH.registry.fields[type_name, name].printed_roles
        for record, attribute in attributes.items():
            assert attribute in {field.name for field in msgspec.structs.fields(record)}
