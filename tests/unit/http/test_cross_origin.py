"""Cross-origin requests: pages of the configured origins may send them, pages of any other origin may not."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fixtures.tokens import mint_token
from tests.unit.http.recorder import Recorder, serve_edge

PORTAL = "https://portal.example"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


@pytest.fixture
async def edge() -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serve_edge(Recorder(), origins=[PORTAL, "http://127.0.0.1:9"]) as url,
        httpx.AsyncClient(base_url=url) as client,
    ):
        yield client


def get_cors_headers(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.startswith("access-control-")}


@pytest.mark.parametrize("origin", [PORTAL, "http://127.0.0.1:9"])
async def test_a_preflight_of_a_configured_origin_is_allowed(edge: httpx.AsyncClient, origin: str) -> None:
    response = await edge.options("/graphql", headers={"Origin": origin, **PREFLIGHT})

    assert response.status_code == 204
    assert get_cors_headers(response) == {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "authorization, content-type, x-correlation-id, apollo-require-preflight",
        "access-control-expose-headers": "x-correlation-id, retry-after, www-authenticate",
        "access-control-max-age": "600",
    }
    assert response.headers["vary"] == "origin"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://portal.example", "https://portal.example.evil.example", "null", ""]
)
async def test_a_preflight_of_another_origin_is_refused(edge: httpx.AsyncClient, origin: str) -> None:
    response = await edge.options("/graphql", headers={"Origin": origin, **PREFLIGHT})

    assert (response.status_code, response.json()["title"]) == (403, "ORIGIN_NOT_ALLOWED")
    assert get_cors_headers(response) == {}


@pytest.mark.parametrize(("token", "status"), [(True, 200), (False, 401)])
async def test_an_answer_can_be_read_by_a_page_of_a_configured_origin_only(
    edge: httpx.AsyncClient, token: bool, status: int
) -> None:
    headers = {"Authorization": f"Bearer {mint_token()}"} if token else {}

    own = await edge.post("/graphql", json={"query": "{ ok }"}, headers={**headers, "Origin": PORTAL})
    other = await edge.post("/graphql", json={"query": "{ ok }"}, headers={**headers, "Origin": "https://evil.example"})

    assert (own.status_code, own.headers["access-control-allow-origin"]) == (status, PORTAL)
    assert "access-control-allow-credentials" not in own.headers
    assert get_cors_headers(other) == {}


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/missing"])
async def test_other_paths_have_no_cors_headers(edge: httpx.AsyncClient, path: str) -> None:
    response = await edge.get(path, headers={"Origin": PORTAL})

    assert get_cors_headers(response) == {}
