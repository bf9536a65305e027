"""Starts the systems of the demo firm: per vendor a function, and its section of the gateway's settings file."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from subgraphs.crm.salesforce.twin import ConnectedApp, TwinSettings, build_twin
from subgraphs.erp.netsuite.twin import app as netsuite
from subgraphs.erp.netsuite.twin import settings as netsuite_settings
from subgraphs.hcm.workday.twin import TwinSettings as WorkdayTwin
from subgraphs.hcm.workday.twin import build_twin as build_workday
from subgraphs.kit.twin.server import serve
from subgraphs.psa.kantata.twin import TwinSettings as KantataTwin
from subgraphs.psa.kantata.twin import build_twin as build_kantata
from subgraphs.psa.productive.twin import TwinSettings as ProductiveTwin
from subgraphs.psa.productive.twin import build_twin as build_productive
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.identity_provider.keys import load_client_secret
from subgraphs.sandbox.state import write_private_file
from subgraphs.sandbox.tryton.databases import DATABASES, load_databases
from subgraphs.sandbox.tryton.server import run_server

SALESFORCE_CLIENT = NETSUITE_CLIENT = WORKDAY_CLIENT = "psgw-sandbox"
CERTIFICATE = "sandbox-certificate"

SALESFORCE = """
[[connections]]
name = "crm"
role = "CRM"
vendor = "salesforce"
base_url = "{address}"
region = "US"
environment = "MOCK"
mapping = "mappings/salesforce.toml"
secrets = {{ client_id = "{client}", client_secret = "file:salesforce.secret" }}
"""
NETSUITE = """
[[connections]]
name = "erp"
role = "ERP"
vendor = "netsuite"
base_url = "{address}"
region = "US"
time_zone = "America/New_York"
environment = "MOCK"
mapping = "mappings/netsuite.toml"
options = {{ certificate_id = "{certificate}", algorithm = "ES256" }}
secrets = {{ client_id = "{client}", private_key = "file:netsuite.pem" }}
"""
WORKDAY = """
[[connections]]
name = "hcm"
role = "HCM"
vendor = "workday"
base_url = "{address}"
region = "US"
time_zone = "America/New_York"
environment = "MOCK"
mapping = "mappings/workday.toml"
options = {{ tenant = "{tenant}" }}

[connections.secrets]
client_id = "{client}"
client_secret = "file:workday.secret"
refresh_token = "file:workday-refresh.secret"
"""
KANTATA = """
[[connections]]
name = "psa"
role = "PSA"
vendor = "kantata"
base_url = "{address}"
region = "US"
environment = "MOCK"
mapping = "mappings/kantata.toml"
options = {{ events = true }}
secrets = {{ token = "file:kantata.secret" }}
"""
PRODUCTIVE = """
[[connections]]
name = "psa"
role = "PSA"
vendor = "productive"
base_url = "{address}"
region = "US"
environment = "MOCK"
mapping = "mappings/productive.toml"
options = {{ organization = "{organization}" }}
secrets = {{ token = "file:productive.secret" }}
"""
TRYTON = """
[[connections]]
name = "{name}"
role = "{role}"
vendor = "tryton"
base_url = "{address}"
region = "EU"
environment = "SANDBOX"
mapping = "mappings/tryton-{name}.toml"
options = {{ database = "{database}" }}
secrets = {{ key = "file:tryton-{name}.key" }}
"""

Starter = Callable[[AsyncExitStack, Firm, Path], Awaitable[str]]
"""(stack that stops the system, firm, state folder) -> the settings of its connection."""


async def _start_salesforce(stack: AsyncExitStack, firm: Firm, state: Path) -> str:
    """Run the Salesforce twin; return the settings of its connection."""
    twin = build_twin(
        firm, TwinSettings(client=ConnectedApp(id=SALESFORCE_CLIENT, secret=load_client_secret(state, "salesforce")))
    )
    return SALESFORCE.format(address=await stack.enter_async_context(serve(twin)), client=SALESFORCE_CLIENT)


async def _start_netsuite(stack: AsyncExitStack, firm: Firm, state: Path) -> str:
    """Run the NetSuite twin; return the settings of its connection."""
    private_key, public_key = netsuite_settings.generate_key_pair()
    write_private_file(state / "netsuite.pem", private_key.encode())
    account = netsuite_settings.TwinSettings(
        client_id=NETSUITE_CLIENT, certificate_id=CERTIFICATE, public_key=public_key
    )
    address = await stack.enter_async_context(serve(netsuite.build_twin(firm, account)))
    return NETSUITE.format(address=address, client=NETSUITE_CLIENT, certificate=CERTIFICATE)


async def _start_kantata(stack: AsyncExitStack, firm: Firm, state: Path) -> str:
    """Run the Kantata twin; return the settings of its connection."""
    twin = build_kantata(firm, KantataTwin(token=load_client_secret(state, "kantata")))
    return KANTATA.format(address=await stack.enter_async_context(serve(twin)))


async def _start_workday(stack: AsyncExitStack, firm: Firm, state: Path) -> str:
    """Run the Workday twin; return the settings of its connection."""
    settings = WorkdayTwin(
        client_id=WORKDAY_CLIENT,
        client_secret=load_client_secret(state, "workday"),
        refresh_token=load_client_secret(state, "workday-refresh"),
    )
    address = await stack.enter_async_context(serve(build_workday(firm, settings)))
    return WORKDAY.format(address=address, tenant=settings.tenant, client=WORKDAY_CLIENT)


async def _start_productive(stack: AsyncExitStack, firm: Firm, state: Path) -> str:
    """Run the Productive twin; return the settings of its connection."""
    settings = ProductiveTwin(token=load_client_secret(state, "productive"))
    address = await stack.enter_async_context(serve(build_productive(firm, settings)))
    return PRODUCTIVE.format(address=address, organization=settings.organization)


async def start_tryton(stack: AsyncExitStack, state: Path, connections: Sequence[str]) -> list[str]:
    """Run the Tryton server over its databases; return the settings of its connections."""
    databases = await asyncio.to_thread(load_databases, lambda line: sys.stderr.write(f"{line}\n"))
    base_url = await asyncio.to_thread(stack.enter_context, run_server(databases.home, databases.files))
    for name in connections:
        write_private_file(state / f"tryton-{name}.key", databases.keys[name].encode())
    return [
        TRYTON.format(name=name, role=name.upper(), address=base_url, database=DATABASES[name]) for name in connections
    ]


STARTERS: Final[Mapping[str, Starter]] = {
    "salesforce": _start_salesforce,
    "kantata": _start_kantata,
    "productive": _start_productive,
    "workday": _start_workday,
    "netsuite": _start_netsuite,
}
"""Vendor -> the function that starts its twin."""
