"""Systems are queried only for the attributes that a document needs, and the answer equals that of whole records."""

from collections.abc import Iterator

import pytest
from graphql import DocumentNode, parse

from gateway.canonical.records.base import Record
from gateway.canonical.records.crm import CrmOpportunity
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import PsaProject
from gateway.composition import get_graph
from gateway.execution.projection import ProjectionCache
from gateway.execution.response import GraphQLResponse
from gateway.ports.projection import ALL_ATTRIBUTES, NeededAttributes
from tests.e2e.schema_walker import SchemaWalker, Selection, build_document
from tests.e2e.test_field_scopes import GRAPH, RECORDS, find_ids
from tests.fixtures.firm import RunningFirm

VARYING = ("fetchedAt", "age", "asOf")
"""Keys whose values depend on the machine's clock."""


class WholeRecords(ProjectionCache):
    """Projections that read every record whole."""

    def get_projection(self, document: DocumentNode) -> NeededAttributes:
        return ALL_ATTRIBUTES


def build_single_field_selections(schema: SchemaWalker, noun: str, global_id: str) -> Iterator[Selection]:
    """Yield a selection per field of a noun: by id, by root field and, where possible, in a list."""
    for name, field in schema.list_fields(noun).items():
        selection = schema.select_field(noun, name, field, frozenset({noun}))
        for position in ("node", "nodes", "root"):
            if position in schema.list_positions(noun):
                yield schema.build_selection(noun, position, (selection,), global_id)


def remove_varying(value: object) -> object:
    if isinstance(value, dict):
        return {key: remove_varying(each) for key, each in value.items() if key not in VARYING}
    return [remove_varying(each) for each in value] if isinstance(value, list) else value


@pytest.mark.timeout(300)
async def test_every_field_alone_has_the_value_that_whole_records_give(twin_firm: RunningFirm) -> None:
    schema, engine = SchemaWalker(GRAPH, RECORDS), twin_firm.gateway.engine
    projected = engine._projections

    async def execute(text: str, scopes: frozenset[str]) -> GraphQLResponse:
        return await twin_firm.execute(text, scopes=scopes)

    compared = 0
    for noun, global_id in (await find_ids(execute, schema)).items():
        for selection in build_single_field_selections(schema, noun, global_id):
            text = build_document([selection])
            engine._projections = projected
            narrow = await twin_firm.execute(text)
            engine._projections = WholeRecords(GRAPH.registry)
            whole = await twin_firm.execute(text)
            assert remove_varying(narrow.data) == remove_varying(whole.data), text
            assert [error["path"] for error in narrow.errors] == [error["path"] for error in whole.errors], text
            assert narrow.extensions == whole.extensions, text
            compared += 1

    assert compared > 2 * len(schema.nouns)


@pytest.mark.parametrize(
    ("text", "record", "attributes"),
    [
        ('{ resource(ref: {code: "W-1001"}) { displayName jobTitle } }', HcmWorker, {"name", "job_title"}),
        ('{ opportunity(ref: {code: "O-1"}) { name stage } }', CrmOpportunity, {"name", "stage"}),
        ('{ project(ref: {code: "PRJ-1001"}) { name manager { id } } }', PsaProject, {"name", "manager_id"}),
    ],
)  # fmt: skip
def test_a_projection_holds_the_attributes_behind_the_documents_fields(
    text: str, record: type[Record], attributes: set[str]
) -> None:
    wanted = ProjectionCache(get_graph().registry).get_projection(parse(text))

    assert attributes <= wanted[record] < set(record.__struct_fields__)


def test_the_records_of_a_derived_field_are_read_whole() -> None:
    wanted = ProjectionCache(get_graph().registry).get_projection(
        parse('{ project(ref: {code: "PRJ-1001"}) { statusBySystem { system } } }')
    )

    assert PsaProject not in wanted
