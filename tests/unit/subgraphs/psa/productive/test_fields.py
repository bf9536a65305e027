"""Custom fields are read when they are needed, kept, and read again when they are old or do not suffice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.canonical.roles import SystemRole
from subgraphs.kit.conformance import connection_to
from subgraphs.psa.productive.client import Client
from subgraphs.psa.productive.failures import classify
from subgraphs.psa.productive.fields import PROJECTS, CustomFields
from subgraphs.psa.productive.options import auth_of
from subgraphs.psa.productive.wire import ProjectRow
from tests.unit.subgraphs.psa.productive.conftest import Open, Organization

STATUS = "2"
"""The number of the sandbox's field "Project status", a selection."""


@asynccontextmanager
async def calling(organization: Organization) -> AsyncIterator[Client]:
    """Reach an organization without an adapter."""
    connection = connection_to(organization.base_url, SystemRole.PSA, "productive", {}, {"token": "token"})
    upstream = connection.open_upstream(auth_of(connection), classify, 4)
    try:
        yield Client(upstream, "1067")
    finally:
        await upstream.aclose()


def project(**fields: object) -> ProjectRow:
    return ProjectRow(id="1", name="Aurora", custom_fields=fields)


@pytest.mark.parametrize(
    ("held", "seconds", "reads"),
    [
        ("known", 599.0, 1),
        ("known", 601.0, 2),
        ("unknown", 59.0, 1),
        ("unknown", 61.0, 2),
    ],
)
async def test_the_directory_is_read_again_when_it_is_old_or_knows_too_little(
    opened: Open, held: str, seconds: float, reads: int
) -> None:
    organization = await opened()
    now = [0.0]

    async with calling(organization) as client:
        fields = CustomFields(client, needed=True, clock=lambda: now[0])
        status = (await fields.covering((), PROJECTS)).find(PROJECTS, "Project status")
        assert status is not None
        choice = next(iter(status.choices)) if held == "known" else "999"
        now[0] = seconds
        await fields.covering([project(**{STATUS: choice})], PROJECTS)

    assert await organization.calls() == {"custom_fields": reads}


async def test_a_choice_is_told_by_its_name_and_one_that_is_unknown_not_at_all(opened: Open) -> None:
    organization = await opened()
    async with calling(organization) as client:
        directory = await CustomFields(client, needed=True).covering((), PROJECTS)
    options = (await organization.get("custom_fields/2", include="options")).json()["included"]
    (active,) = [option["id"] for option in options if option["attributes"]["name"] == "Active"]

    assert directory.value(project(**{STATUS: active}), PROJECTS, "Project status") == "Active"
    assert directory.value(project(**{STATUS: [active]}), PROJECTS, "Project status") == "Active"
    assert directory.value(project(**{STATUS: "999"}), PROJECTS, "Project status") is None
    assert directory.value(project(**{STATUS: active}), PROJECTS, "No such field") is None
