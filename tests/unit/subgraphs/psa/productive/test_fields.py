"""Custom fields are read on first use, cached, and read again when they are old or a choice is unknown."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.canonical.roles import SystemRole
from subgraphs.kit.conformance import build_twin_connection
from subgraphs.kit.psa.checks import FieldName
from subgraphs.psa.productive.client import Client
from subgraphs.psa.productive.failures import classify
from subgraphs.psa.productive.fields import PROJECTS, CustomFields
from subgraphs.psa.productive.options import build_auth
from subgraphs.psa.productive.wire import ProjectRow
from tests.unit.subgraphs.psa.productive.conftest import Open, Organization

STATUS = "2"
"""The number of the sandbox's field "Project status", a selection."""


@asynccontextmanager
async def open_client(organization: Organization) -> AsyncIterator[Client]:
    """Open a client of an organization, without an adapter."""
    connection = build_twin_connection(organization.base_url, SystemRole.PSA, "productive", {}, {"token": "token"})
    upstream = connection.open_upstream(build_auth(connection), classify, 4)
    try:
        yield Client(upstream, "1067")
    finally:
        await upstream.aclose()


def build_project(**fields: object) -> ProjectRow:
    return ProjectRow(id="1", name="Aurora", custom_fields=fields)


@pytest.mark.parametrize(
    ("choice", "seconds", "reads"),
    [
        ("known", 599.0, 1),
        ("known", 601.0, 2),
        ("unknown", 59.0, 1),
        ("unknown", 61.0, 2),
    ],
)
async def test_the_directory_is_read_again_when_it_is_old_or_a_choice_is_unknown(
    opened: Open, choice: str, seconds: float, reads: int
) -> None:
    organization = await opened()
    now = [0.0]

    async with open_client(organization) as client:
        fields = CustomFields(client, needed=True, clock=lambda: now[0])
        status = (await fields.load((), PROJECTS)).find(FieldName("Project status", PROJECTS))
        assert status is not None
        value = next(iter(status.choices)) if choice == "known" else "999"
        now[0] = seconds
        await fields.load([build_project(**{STATUS: value})], PROJECTS)

    assert await organization.count_calls() == {"custom_fields": reads}


async def test_a_choice_is_read_by_its_name_and_an_unknown_one_is_none(opened: Open) -> None:
    organization = await opened()
    async with open_client(organization) as client:
        directory = await CustomFields(client, needed=True).load((), PROJECTS)
    options = (await organization.get("custom_fields/2", include="options")).json()["included"]
    (active,) = [option["id"] for option in options if option["attributes"]["name"] == "Active"]

    assert directory.get_value(build_project(**{STATUS: active}), PROJECTS, "Project status") == "Active"
    assert directory.get_value(build_project(**{STATUS: [active]}), PROJECTS, "Project status") == "Active"
    assert directory.get_value(build_project(**{STATUS: "999"}), PROJECTS, "Project status") is None
    assert directory.get_value(build_project(**{STATUS: active}), PROJECTS, "No such field") is None
