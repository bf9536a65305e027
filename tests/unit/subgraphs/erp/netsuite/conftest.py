"""Fixtures: twins of NetSuite accounts on loopback, raw HTTP clients, and the adapter."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from gateway.ports.erp import ErpPort
from subgraphs.erp.netsuite.adapter import connect
from subgraphs.erp.netsuite.conformance import build_account_connection, load_sandbox_mapping, serve
from subgraphs.erp.netsuite.twin.app import build_twin
from subgraphs.erp.netsuite.twin.settings import TwinSettings, generate_key_pair
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.small import FIRM

CLIENT = "integration-1"
CERTIFICATE = "certificate-1"
TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class ServedAccount:
    """A running twin and an HTTP client for it."""

    base_url: str
    private_key: str
    http: httpx.AsyncClient
    headers: dict[str, str] = field(default_factory=dict)

    def sign_assertion(
        self, header: Mapping[str, Any] | None = None, claims: Mapping[str, Any] | None = None, key: Any = None
    ) -> str:
        """Sign a valid client assertion with the given changes; a claim that is None is omitted."""
        now = int(time.time())
        valid = {
            "iss": CLIENT,
            "scope": "rest_webservices",
            "aud": self.base_url + TOKEN_PATH,
            "iat": now,
            "exp": now + 300,
        }
        protected = {"alg": "ES256", "typ": "JWT", "kid": CERTIFICATE, **(header or {})}
        present = {name: value for name, value in {**valid, **(claims or {})}.items() if value is not None}
        return jwt.encode(protected, present, key or ECKey.import_key(self.private_key), algorithms=[protected["alg"]])

    async def request_token(self, assertion: str, **fields: str) -> httpx.Response:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        return await self.http.post(TOKEN_PATH, data={**form, **fields})

    async def log_in(self) -> None:
        answer = await self.request_token(self.sign_assertion())
        self.headers = {"authorization": f"Bearer {answer.json()['access_token']}"}

    async def post_suiteql(self, statement: str, **query: int) -> httpx.Response:
        headers = {**self.headers, "prefer": "transient"}
        path = "/services/rest/query/v1/suiteql"
        return await self.http.post(path, json={"q": statement}, params=query, headers=headers)

    async def query_rows(self, statement: str) -> list[dict[str, str]]:
        answer = await self.post_suiteql(statement)
        assert answer.status_code == 200, answer.text
        return [{key: value for key, value in row.items() if key != "links"} for row in answer.json()["items"]]

    async def request_record(self, method: str, path: str, body: object = None, **options: Any) -> httpx.Response:
        url = f"/services/rest/record/v1/{path}"
        return await self.http.request(method, url, json=body, headers={**self.headers, **options})

    async def inject_fault(self, kind: str, **switch: Any) -> None:
        answer = await self.http.post("/__control", json={"kind": kind, **switch})
        assert answer.status_code == 200, answer.text

    async def reset(self) -> None:
        await self.http.delete("/__control")

    async def count_calls(self) -> dict[str, int]:
        """Return the number of calls per endpoint since the last reset, without logins."""
        answer = await self.http.get("/__control")
        calls: dict[str, int] = answer.json()["calls"]
        return {name: count for name, count in calls.items() if name != "token"}

    async def count_logins(self) -> int:
        answer = await self.http.get("/__control")
        return int(answer.json()["calls"].get("token", 0))


OpenAccount = Callable[..., Awaitable[ServedAccount]]


@pytest.fixture
async def open_account() -> AsyncIterator[OpenAccount]:
    """Serve accounts: `await open_account(firm=..., concurrency=...)`."""
    async with AsyncExitStack() as stack:

        async def serve_account(firm: Firm = FIRM, *, log_in: bool = True, **settings: Any) -> ServedAccount:
            private, public = generate_key_pair()
            given = {"public_key": public, **settings}
            twin = TwinSettings(client_id=CLIENT, certificate_id=CERTIFICATE, **given)
            base_url = await stack.enter_async_context(serve(build_twin(firm, twin)))
            http = await stack.enter_async_context(httpx.AsyncClient(base_url=base_url))
            account = ServedAccount(base_url, private, http)
            if log_in:
                await account.log_in()
            await account.reset()
            return account

        yield serve_account


@pytest.fixture
async def account(open_account: OpenAccount) -> ServedAccount:
    """An account with the small firm and a token for raw calls."""
    return await open_account()


@pytest.fixture
async def open_port() -> AsyncIterator[Callable[..., ErpPort]]:
    """Connect adapters: `open_port(account, mapping=..., concurrency=...)`."""
    ports: list[ErpPort] = []

    def connect_port(
        account: ServedAccount,
        mapping: Mapping[str, Any] | None = None,
        time_zone: str = "America/New_York",
        private_key: str | None = None,
        **options: Any,
    ) -> ErpPort:
        connection = build_account_connection(
            account.base_url,
            client_id=CLIENT,
            certificate_id=CERTIFICATE,
            private_key=private_key or account.private_key,
            mapping=load_sandbox_mapping() if mapping is None else mapping,
            time_zone=time_zone,
            **options,
        )
        port = connect(connection)
        ports.append(port)
        return port

    yield connect_port
    for port in ports:
        await port.aclose()


@pytest.fixture
def erp(account: ServedAccount, open_port: Callable[..., ErpPort]) -> ErpPort:
    """The adapter connected to the account with the small firm."""
    return open_port(account)
