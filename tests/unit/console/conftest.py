"""A small bundle as vite writes it, and a server of its page."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from gateway.console.bundle import Bundle, find_bundle
from gateway.console.graphiql import ENTRY, GraphiqlPage
from gateway.console.page import SignIn
from subgraphs.kit.twin.server import serve

SIGN_IN = SignIn(
    issuer="https://login.psgw.example/realm",
    client_id="console",
    resource="https://graph.psgw.example",
    scopes=("projects:read", "openid"),
    explore_scope="graphql:explore",
)
MANIFEST = {
    ENTRY: {
        "file": "assets/graphiql-1.js",
        "isEntry": True,
        "imports": ["_shared.js"],
        "css": ["assets/graphiql-1.css"],
    },
    "_shared.js": {"file": "assets/shared-2.js", "imports": ["_deep.js"], "css": ["assets/shared-2.css"]},
    "_deep.js": {"file": "assets/deep-3.js", "imports": ["_shared.js"], "css": ["assets/graphiql-1.css"]},
}
SCRIPT = b"export const everything = 1;"


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """The bundle; its script has compressed variants, its style has none."""
    (tmp_path / "assets").mkdir()
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_bytes(msgspec.json.encode(MANIFEST))
    (tmp_path / "assets" / "graphiql-1.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "graphiql-1.js.br").write_bytes(b"brotli")
    (tmp_path / "assets" / "graphiql-1.js.gz").write_bytes(gzip.compress(SCRIPT, mtime=0))
    (tmp_path / "assets" / "graphiql-1.css").write_bytes(b"a{}")
    loaded = find_bundle(tmp_path)
    assert loaded is not None
    return loaded


@pytest.fixture
async def browser(bundle: Bundle) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the page."""
    page = GraphiqlPage(bundle, SIGN_IN)
    app = Starlette(routes=[Route("/graphql", page.__call__), *page.routes])
    async with serve(app) as base_url, httpx.AsyncClient(base_url=base_url) as client:
        yield client
