"""A vendor in a folder outside the tree works like any other: no line of the tree names it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from gateway.canonical.native import NativeId
from gateway.canonical.records.crm import CrmAccount
from gateway.net.call_counter import count_calls
from gateway.ports.crm import CrmPort
from gateway.ports.discovery import connect_all, discover
from gateway.settings import AdapterSettings, ConnectionSettings, Settings
from subgraphs.kit.twin.server import serve

VENDOR = "vendor_ledgerline"

MANIFEST = f"""
vendor = "{VENDOR}"
roles = ["CRM"]
adapter = "{VENDOR}.adapter:connect"
api_version = "v1"
hosts = ["*.ledgerline.example"]
secrets = ["key"]
object_types = ["firm"]
"""

ADAPTER = '''
"""Firms by id in one call; nothing else is supported."""

import msgspec

from gateway.canonical.native import NativeId
from gateway.canonical.records.crm import CrmAccount
from gateway.canonical.roles import SystemRole
from gateway.net.auth import StaticBearer
from gateway.net.message import UpstreamRequest
from gateway.ports.base import Capabilities
from gateway.ports.lineage import COMMON_ATTRIBUTES, Supplied, Unsupported
from subgraphs.kit.decoding import decode
from subgraphs.kit.failures import classify_status


class Firm(msgspec.Struct):
    id: str
    title: str


class Adapter:
    role = SystemRole.CRM
    vendor = "{VENDOR}"
    api_version = "v1"
    feeds = ()
    capabilities = Capabilities(read_batch=50, parent_batch=1, page_cap=50, concurrency=2)
    lineage = {CrmAccount: {
        **dict.fromkeys(
            set(CrmAccount.__struct_fields__) - COMMON_ATTRIBUTES, Unsupported("Ledgerline has names only.")
        ),
        "name": Supplied("firm", "title"),
    }}

    def __init__(self, connection):
        self.connection = connection.name
        auth = StaticBearer(key=lambda: connection.read_secret("key"))
        self.upstream = connection.open_upstream(auth, classify_status, self.capabilities.concurrency)

    async def get_accounts(self, ids):
        query = [("id", each) for each in ids]
        request = UpstreamRequest(method="GET", path="/firms", operation="firms", query=query, safe=True)
        firms = decode((await self.upstream.fetch(request)).body, list[Firm])
        return {
            firm.id: CrmAccount(native=NativeId(self.connection, "firm", firm.id), name=firm.title) for firm in firms
        }

    async def aclose(self):
        await self.upstream.aclose()


def connect(connection):
    return Adapter(connection)
'''


@pytest.fixture
def vendors(tmp_path: Path) -> Iterator[Path]:
    """A folder with one vendor folder of two files; its modules are unloaded afterwards."""
    home = tmp_path / "vendors" / VENDOR
    home.mkdir(parents=True)
    (home / "manifest.toml").write_text(MANIFEST, encoding="utf-8")
    (home / "adapter.py").write_text(ADAPTER.replace("{VENDOR}", VENDOR), encoding="utf-8")
    path = list(sys.path)
    yield home.parent
    sys.path[:] = path
    for name in [name for name in sys.modules if name.partition(".")[0] == VENDOR]:
        del sys.modules[name]


def build_settings(vendors: Path, base_url: str) -> Settings:
    connection = {
        "name": "side",
        "role": "CRM",
        "vendor": VENDOR,
        "base_url": base_url,
        "region": "EU",
        "secrets": {"key": "k-1"},
    }
    return Settings(
        home=vendors.parent,
        adapters=AdapterSettings(folders=(Path(vendors.name),)),
        connections=(ConnectionSettings.model_validate(connection),),
    )


def build_service() -> Starlette:
    """Return the vendor's service: two firms, behind a key."""
    titles = {"f1": "Aurora Retail Group", "f2": "Borealis"}

    async def firms(request: Request) -> JSONResponse:
        if request.headers.get("authorization") != "Bearer k-1":
            return JSONResponse({}, 401)
        ids = request.query_params.getlist("id")
        return JSONResponse([{"id": id_, "title": titles[id_]} for id_ in ids if id_ in titles])

    return Starlette(routes=[Route("/firms", firms)])


async def test_a_vendor_folder_of_two_files_answers_through_the_port(vendors: Path) -> None:
    async with serve(build_service()) as base_url:
        ports = connect_all(build_settings(vendors, base_url))
        port: CrmPort = ports["side"]  # type: ignore[assignment] # the vendor is a CRM
        with count_calls() as calls:
            found = await port.get_accounts(["f2", "f9", "f1"])
        await port.aclose()
    assert found == {
        "f1": CrmAccount(native=NativeId("side", "firm", "f1"), name="Aurora Retail Group"),
        "f2": CrmAccount(native=NativeId("side", "firm", "f2"), name="Borealis"),
    }
    assert calls == {"side": 1}


def test_the_vendor_is_found_only_while_its_folder_is_named(vendors: Path) -> None:
    assert discover([vendors]).keys() - discover().keys() == {VENDOR}
