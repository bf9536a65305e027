"""Login by client credentials or by a signed assertion, and the rejection of tokens for other hosts."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from gateway.canonical.fault import FaultCode
from gateway.errors import ConfigurationError, SourceError
from gateway.net.message import UpstreamResponse
from gateway.ports.crm import CrmPort
from subgraphs.crm.salesforce.adapter import connect
from subgraphs.crm.salesforce.auth import build_auth
from subgraphs.crm.salesforce.options import Grant, SalesforceOptions
from subgraphs.crm.salesforce.twin import ConnectedApp
from subgraphs.crm.salesforce.twin.seed import build_account_id
from tests.unit.subgraphs.crm.salesforce.conftest import OpenTwin, build_connection, get_utc_now

USER = "integration@meridian.example"
AURORA = build_account_id("C-2001")


def generate_key_pair() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


PRIVATE, PUBLIC = generate_key_pair()
SIGNING = ConnectedApp(id="consumer-key", secret="consumer-secret", public_key=PUBLIC, username=USER)
JWT_BEARER_OPTIONS: dict[str, Any] = {"grant": "jwt_bearer", "username": USER}


async def read_account_name(base_url: str, private_key: str = PRIVATE, **options: Any) -> str:
    """Return an account's name, read through the port."""
    port: CrmPort = connect(build_connection(base_url, SIGNING, private_key=private_key, **options))
    try:
        account = (await port.get_accounts([AURORA]))[AURORA]
    finally:
        await port.aclose()
    assert not isinstance(account, SourceError)
    return account.name


@pytest.mark.parametrize("options", [{}, JWT_BEARER_OPTIONS])
async def test_both_grants_authenticate_reads(open_twin: OpenTwin, options: dict[str, Any]) -> None:
    async with open_twin(client=SIGNING, clock=get_utc_now, login_clock=get_utc_now) as base_url:
        assert await read_account_name(base_url, **options) == "Aurora Retail Group"


async def test_an_assertion_signed_with_an_unknown_key_is_rejected(open_twin: OpenTwin) -> None:
    unknown_key, _ = generate_key_pair()
    async with open_twin(client=SIGNING, clock=get_utc_now, login_clock=get_utc_now) as base_url:
        with pytest.raises(SourceError) as error:
            await read_account_name(base_url, unknown_key, **JWT_BEARER_OPTIONS)

    assert error.value.code is FaultCode.AUTH_EXPIRED


async def test_an_org_without_a_certificate_rejects_assertions(open_twin: OpenTwin) -> None:
    async with open_twin(
        client=replace(SIGNING, public_key=None), clock=get_utc_now, login_clock=get_utc_now
    ) as base_url:
        with pytest.raises(SourceError) as error:
            await read_account_name(base_url, **JWT_BEARER_OPTIONS)

    assert error.value.code is FaultCode.AUTH_EXPIRED


def test_jwt_bearer_requires_a_username() -> None:
    connection = build_connection("https://acme.my.salesforce.com", SIGNING, private_key=PRIVATE)

    with pytest.raises(ConfigurationError, match="jwt_bearer requires `username`"):
        build_auth(connection, SalesforceOptions(grant=Grant.JWT_BEARER))


@pytest.mark.parametrize(
    ("instance_url", "accepted"),
    [
        ("https://acme.my.salesforce.com", True),
        ("https://ACME.my.salesforce.com:443", True),
        ("https://other.my.salesforce.com", False),
        ("https://acme.my.salesforce.com.evil.example", False),
        ("http://acme.my.salesforce.com", False),
        ("not an address", False),
        (17, False),
    ],
)
def test_a_token_of_another_host_is_rejected(instance_url: object, *, accepted: bool) -> None:
    """An access token is sent only to the host that issued it."""
    auth = build_auth(build_connection("https://acme.my.salesforce.com", SIGNING), SalesforceOptions())
    json_value = f'"{instance_url}"' if isinstance(instance_url, str) else instance_url
    body = f'{{"access_token":"00D!x","instance_url":{json_value}}}'.encode()
    response = UpstreamResponse(status=200, headers={}, body=body)

    if accepted:
        assert auth.read_token(response) == ("00D!x", None)
        return
    with pytest.raises(SourceError) as error:
        auth.read_token(response)
    assert error.value.code is FaultCode.CONTRACT_MISMATCH


async def test_a_token_response_without_instance_url_is_accepted() -> None:
    auth = build_auth(build_connection("https://acme.my.salesforce.com", SIGNING), SalesforceOptions())

    assert auth.read_token(UpstreamResponse(status=200, headers={}, body=b'{"access_token":"00D!x"}')) == (
        "00D!x",
        None,
    )
