"""An invalid connection is refused before any call."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.canonical.roles import DataRegion, SystemRole
from gateway.errors import ConfigurationError
from gateway.ports.connection import Connection
from gateway.ports.discovery import discover
from subgraphs.erp.netsuite.adapter import connect
from subgraphs.erp.netsuite.conformance import load_sandbox_mapping
from subgraphs.erp.netsuite.options import parse_options, resolve_application_url


def refuse_call(*_: object) -> Any:
    raise AssertionError("a refused connection must open no upstream")


CONNECTION = Connection(
    name="erp",
    role=SystemRole.ERP,
    vendor="netsuite",
    base_url="https://123456-sb1.suitetalk.api.netsuite.com",
    region=DataRegion.US,
    time_zone="America/New_York",
    options={"certificate_id": "c"},
    mapping=load_sandbox_mapping(),
    secrets={"client_id": lambda: "id", "private_key": lambda: "pem"},
    open_upstream=refuse_call,
)


@pytest.mark.parametrize(
    ("change", "expected"),
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
            "erp: mapping.customers: unknown key; known keys: codes, company, contract, customer",
        ),
        ({"mapping": {"job": {"code": "entityid; DROP"}}}, "erp: mapping.job.code: Expected `str` matching regex"),
        ({"mapping": {"time": {"pattern": "PSA-"}}}, "erp: mapping.time.pattern: Expected `str` matching regex"),
        (
            {"base_url": "https://123456_SB1.suitetalk.api.netsuite.com"},
            "erp: base_url: use the host 123456-sb1.suitetalk.api.netsuite.com",
        ),
        ({"time_zone": "Mars/Olympus"}, "erp: Mars/Olympus is not a time zone"),
    ],
)
def test_an_invalid_connection_is_refused_with_the_name_of_the_key(change: dict[str, Any], expected: str):
    with pytest.raises(ConfigurationError) as raised:
        connect(replace(CONNECTION, **change))
    (finding,) = raised.value.findings
    assert finding.startswith(expected)


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
def test_the_application_address_defaults_to_the_accounts_host(base_url: str, option: str | None, expected: str | None):
    connection = replace(CONNECTION, base_url=base_url, options={"certificate_id": "c", "application": option})
    assert resolve_application_url(connection, parse_options(connection)) == expected


def test_the_adapter_is_discovered_by_its_manifest():
    manifest = discover()["netsuite"]
    assert (manifest.roles, manifest.secrets) == ((SystemRole.ERP,), ("client_id", "private_key"))
    assert manifest.hosts == ("*.suitetalk.api.netsuite.com",)
