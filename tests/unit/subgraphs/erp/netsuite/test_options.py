"""A connection that cannot work is refused before anything is called."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.canonical.roles import DataRegion, SystemRole
from gateway.errors import ConfigurationError
from gateway.ports.connection import Connection
from gateway.ports.discovery import discover
from subgraphs.erp.netsuite.adapter import connect
from subgraphs.erp.netsuite.conformance import sandbox_mapping
from subgraphs.erp.netsuite.options import application_of, options_of


def never(*_: object) -> Any:
    raise AssertionError("a connection that is refused opens nothing")


CONNECTION = Connection(
    name="erp",
    role=SystemRole.ERP,
    vendor="netsuite",
    base_url="https://123456-sb1.suitetalk.api.netsuite.com",
    region=DataRegion.US,
    time_zone="America/New_York",
    options={"certificate_id": "c"},
    mapping=sandbox_mapping(),
    secrets={"client_id": lambda: "id", "private_key": lambda: "pem"},
    open_upstream=never,
)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"options": {}}, "erp: options.certificate_id: is missing"),
        (
            {"options": {"certificate_id": "c", "algorithm": "RS256"}},
            "erp: options.algorithm: Invalid enum value 'RS256'",
        ),
        (
            {"options": {"certificate_id": "c", "speed": 9}},
            "erp: options.speed: unknown key; known keys: algorithm, application, certificate_id",
        ),
        (
            {"mapping": {"customers": {}}},
            "erp: mapping.customers: unknown key; known keys: codes, contract, customer",
        ),
        ({"mapping": {"job": {"code": "entityid; DROP"}}}, "erp: mapping.job.code: Expected `str` matching regex"),
        ({"mapping": {"time": {"pattern": "PSA-"}}}, "erp: mapping.time.pattern: Expected `str` matching regex"),
        (
            {"base_url": "https://123456_SB1.suitetalk.api.netsuite.com"},
            "erp: base_url: the host of an account is spelled 123456-sb1.suitetalk.api.netsuite.com",
        ),
        ({"time_zone": "Mars/Olympus"}, "erp: Mars/Olympus is not a time zone"),
    ],
)
def test_what_cannot_work_is_refused_by_name(change: dict[str, Any], said: str):
    with pytest.raises(ConfigurationError) as raised:
        connect(replace(CONNECTION, **change))
    (finding,) = raised.value.findings
    assert finding.startswith(said)


def test_a_missing_secret_is_named():
    with pytest.raises(KeyError, match="client_id"):
        connect(replace(CONNECTION, secrets={}))


@pytest.mark.parametrize(
    ("base_url", "option", "expected"),
    [
        ("https://123456-sb1.suitetalk.api.netsuite.com", None, "https://123456-sb1.app.netsuite.com"),
        ("http://127.0.0.1:8000", None, None),
        ("http://127.0.0.1:8000", "https://erp.meridian.example/", "https://erp.meridian.example"),
    ],
)
def test_people_open_records_at_the_accounts_own_host(base_url: str, option: str | None, expected: str | None):
    connection = replace(CONNECTION, base_url=base_url, options={"certificate_id": "c", "application": option})
    assert application_of(connection, options_of(connection)) == expected


def test_the_adapter_is_found_by_its_manifest():
    manifest = discover()["netsuite"]
    assert (manifest.roles, manifest.secrets) == ((SystemRole.ERP,), ("client_id", "private_key"))
    assert manifest.hosts == ("*.suitetalk.api.netsuite.com",)
