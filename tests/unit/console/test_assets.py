"""Assets are compressed if the client accepts it and cached forever; no other file is served."""

import gzip

import httpx
import pytest

from gateway.console.assets import parse_accept_encoding
from tests.unit.console.conftest import SCRIPT

URL = "/console/static/assets/graphiql-1.js"


@pytest.mark.parametrize(
    ("accepts", "coding", "body"),
    [
        ("gzip, deflate, br", "br", b"brotli"),
        ("gzip", "gzip", gzip.compress(SCRIPT, mtime=0)),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.compress(SCRIPT, mtime=0)),
        ("identity", None, SCRIPT),
        ("", None, SCRIPT),
    ],
)
async def test_a_file_is_sent_in_the_smallest_coding_that_the_client_accepts(
    browser: httpx.AsyncClient, accepts: str, coding: str | None, body: bytes
) -> None:
    async with browser.stream("GET", URL, headers={"Accept-Encoding": accepts}) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])

    assert answer.status_code == 200
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert raw[10:] == body[10:]  # a gzip header contains the time


async def test_a_file_is_cached_forever(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(URL, headers={"Accept-Encoding": "identity"})

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "accept-encoding"


@pytest.mark.parametrize(
    "path",
    [
        ".vite/manifest.json",
        "assets/graphiql-1.js.gz",
        "assets/other.js",
        "assets/../.vite/manifest.json",
        "%2e%2e/page.py",
        "..%2f..%2fpage.py",
        "",
    ],
)
async def test_other_paths_are_not_found(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(f"/console/static/{path}")

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("header", "codings"),
    [
        ("GZIP , br", {"gzip", "br"}),
        ("gzip; q=0.000, br ;q=0.001", {"br"}),
        ("gzip;q=0,br;q=1.0", {"br"}),
    ],
)
def test_codings_of_weight_0_are_not_accepted(header: str, codings: set[str]) -> None:
    assert parse_accept_encoding(header) == codings
