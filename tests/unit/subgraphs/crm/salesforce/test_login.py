"""An org is reached by client credentials or by a signed assertion; it refuses what does not hold, and a session of another host is none."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from gateway.canonical.fault import FaultCode
from gateway.errors import ConfigurationError, SourceError
from gateway.net.message import Response
from gateway.ports.crm import CrmPort
from subgraphs.crm.salesforce.adapter import connect
from subgraphs.crm.salesforce.login import auth_of
from subgraphs.crm.salesforce.options import Grant, SalesforceOptions
from subgraphs.crm.salesforce.twin import Client
from subgraphs.crm.salesforce.twin.seed import account_id
from tests.unit.subgraphs.crm.salesforce.conftest import OpenTwin, connection_to, real_clock

USER = "integration@meridian.example"
AURORA = account_id("C-2001")


def key_pair() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


PRIVATE, PUBLIC = key_pair()
SIGNING = Client(id="consumer-key", secret="consumer-secret", public_key=PUBLIC, username=USER)
BY_KEY: dict[str, Any] = {"grant": "jwt_bearer", "username": USER}


async def read_by(base_url: str, private_key: str = PRIVATE, **options: Any) -> str:
    """Read a customer's name through the port."""
    port: CrmPort = connect(connection_to(base_url, SIGNING, private_key=private_key, **options))
    try:
        account = (await port.accounts([AURORA]))[AURORA]
    finally:
        await port.aclose()
    assert not isinstance(account, SourceError)
    return account.name


@pytest.mark.parametrize("options", [{}, BY_KEY])
async def test_both_grants_read_through_the_port(open_twin: OpenTwin, options: dict[str, Any]) -> None:
    async with open_twin(client=SIGNING, clock=real_clock, login_clock=real_clock) as base_url:
        assert await read_by(base_url, **options) == "Aurora Retail Group"


async def test_a_key_that_the_org_does_not_know_reads_nothing(open_twin: OpenTwin) -> None:
    stranger, _ = key_pair()
    async with open_twin(client=SIGNING, clock=real_clock, login_clock=real_clock) as base_url:
        with pytest.raises(SourceError) as refused:
            await read_by(base_url, stranger, **BY_KEY)

    assert refused.value.code is FaultCode.AUTH_EXPIRED


async def test_an_org_without_a_certificate_takes_no_assertion(open_twin: OpenTwin) -> None:
    async with open_twin(
        client=replace(SIGNING, public_key=None), clock=real_clock, login_clock=real_clock
    ) as base_url:
        with pytest.raises(SourceError) as refused:
            await read_by(base_url, **BY_KEY)

    assert refused.value.code is FaultCode.AUTH_EXPIRED


def test_jwt_bearer_needs_a_user_to_act_as() -> None:
    connection = connection_to("https://acme.my.salesforce.com", SIGNING, private_key=PRIVATE)

    with pytest.raises(ConfigurationError, match="jwt_bearer needs a username"):
        auth_of(connection, SalesforceOptions(grant=Grant.JWT_BEARER))


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
def test_a_session_of_another_host_than_the_orgs_is_refused(instance_url: object, *, accepted: bool) -> None:
    """A session is sent only to the host that it is for."""
    auth = auth_of(connection_to("https://acme.my.salesforce.com", SIGNING), SalesforceOptions())
    told = f'"{instance_url}"' if isinstance(instance_url, str) else instance_url
    body = f'{{"access_token":"00D!x","instance_url":{told}}}'.encode()
    answer = Response(status=200, headers={}, body=body)

    if accepted:
        assert auth.read_token(answer) == ("00D!x", None)
        return
    with pytest.raises(SourceError) as refused:
        auth.read_token(answer)
    assert refused.value.code is FaultCode.CONTRACT_MISMATCH


async def test_an_old_org_that_tells_no_host_is_reached_all_the_same() -> None:
    auth = auth_of(connection_to("https://acme.my.salesforce.com", SIGNING), SalesforceOptions())

    assert auth.read_token(Response(status=200, headers={}, body=b'{"access_token":"00D!x"}')) == ("00D!x", None)
