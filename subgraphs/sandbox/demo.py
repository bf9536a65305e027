"""The demo firm's systems and identity provider in one process: `python -m subgraphs.sandbox.demo --state DIR`.

Prints one line of JSON when everything listens: where the settings file for the gateway lies. Stops when its standard input closes. With `--systems twins`
all four systems are twins; with `mixed` projects, time and people are on a real Tryton server, which is installed and filled on the first start; with
`tryton` everything is.
"""

import argparse
import asyncio
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from enum import StrEnum
from importlib.resources import as_file, files
from pathlib import Path

import msgspec

from gateway.auth.roles import ROLES
from subgraphs.crm.salesforce.twin import Client, TwinSettings, build_twin
from subgraphs.erp.netsuite.twin import app as netsuite
from subgraphs.erp.netsuite.twin import settings as netsuite_settings
from subgraphs.hcm.workday.twin import TwinSettings as WorkdayTwin
from subgraphs.hcm.workday.twin import build_twin as build_workday
from subgraphs.kit.serving import serving
from subgraphs.psa.kantata.twin import TwinSettings as KantataTwin
from subgraphs.psa.kantata.twin import build_twin as build_kantata
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.scaled import scaled
from subgraphs.sandbox.firm.small import FIRM
from subgraphs.sandbox.identity.app import provider_app
from subgraphs.sandbox.identity.build import AUDIENCE, build_provider
from subgraphs.sandbox.identity.keys import client_secret
from subgraphs.sandbox.tryton.databases import DATABASES, seeded
from subgraphs.sandbox.tryton.server import running

IDENTITY_PORT = 8001
SALESFORCE_CLIENT = NETSUITE_CLIENT = WORKDAY_CLIENT = "psgw-sandbox"
CERTIFICATE = "sandbox-certificate"

SETTINGS = """\
# Written by psgw demo: the demo firm's systems on this machine.

[store]
url = "sqlite+aiosqlite:///{state}/psgw.sqlite"

[graph]
tenant = "main"
group_currency = "{group_currency}"
explore = "open"

[serve]
port = {port}

[[issuers]]
issuer = "{issuer}"
audience = "{audience}"
jwks_url = "{issuer}/jwks"
"""
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
secrets = {{ client_id = "{client}", client_secret = "file:workday.secret", refresh_token = "file:workday-refresh.secret" }}
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


class Systems(StrEnum):
    """Which systems the demo firm runs on."""

    TWINS = "twins"
    MIXED = "mixed"
    TRYTON = "tryton"


ON_TRYTON: Mapping[Systems, Sequence[str]] = {
    Systems.TWINS: (),
    Systems.MIXED: ("psa", "hcm"),
    Systems.TRYTON: ("crm", "psa", "erp", "hcm"),
}
"""The connections that lead to the Tryton server."""


async def run(state: Path, gateway_port: int, identity_port: int, systems: Systems, firm: Firm) -> None:
    """Serve everything until standard input closes. Tryton holds the small firm, whatever the twins hold."""
    secret, public_key = _prepared(state)
    issuer = f"http://127.0.0.1:{identity_port}"
    page = f"http://127.0.0.1:{gateway_port}/graphql"
    provider = build_provider(issuer, state / "identity", ROLES, redirects=(page,))
    general = SETTINGS.format(
        state=state, group_currency=FIRM.group_currency, port=gateway_port, issuer=issuer, audience=AUDIENCE
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serving(provider_app(provider), identity_port))
        real = ON_TRYTON[systems]
        reached = [general]
        if "crm" not in real:
            reached.append(await _salesforce(stack, firm, secret))
        if "erp" not in real:
            reached.append(await _netsuite(stack, firm, public_key))
        if "psa" not in real:
            reached.append(await _kantata(stack, firm, state))
        if "hcm" not in real:
            reached.append(await _workday(stack, firm, state))
        if real:
            reached += await _tryton(stack, state, real)
        _announce(state / "psgw.toml", "".join(reached))
        await asyncio.to_thread(sys.stdin.read)


async def _salesforce(stack: AsyncExitStack, firm: Firm, secret: str) -> str:
    """Run the Salesforce twin; return the settings of the connection to it."""
    twin = build_twin(firm, TwinSettings(client=Client(id=SALESFORCE_CLIENT, secret=secret)))
    return SALESFORCE.format(address=await stack.enter_async_context(serving(twin)), client=SALESFORCE_CLIENT)


async def _netsuite(stack: AsyncExitStack, firm: Firm, public_key: str) -> str:
    """Run the NetSuite twin; return the settings of the connection to it."""
    account = netsuite_settings.TwinSettings(
        client_id=NETSUITE_CLIENT, certificate_id=CERTIFICATE, public_key=public_key
    )
    address = await stack.enter_async_context(serving(netsuite.build_twin(firm, account)))
    return NETSUITE.format(address=address, client=NETSUITE_CLIENT, certificate=CERTIFICATE)


async def _kantata(stack: AsyncExitStack, firm: Firm, state: Path) -> str:
    """Run the Kantata twin; return the settings of the connection to it."""
    twin = build_kantata(firm, KantataTwin(token=client_secret(state, "kantata")))
    return KANTATA.format(address=await stack.enter_async_context(serving(twin)))


async def _workday(stack: AsyncExitStack, firm: Firm, state: Path) -> str:
    """Run the Workday twin; return the settings of the connection to it."""
    settings = WorkdayTwin(
        client_id=WORKDAY_CLIENT,
        client_secret=client_secret(state, "workday"),
        refresh_token=client_secret(state, "workday-refresh"),
    )
    address = await stack.enter_async_context(serving(build_workday(firm, settings)))
    return WORKDAY.format(address=address, tenant=settings.tenant, client=WORKDAY_CLIENT)


async def _tryton(stack: AsyncExitStack, state: Path, connections: Sequence[str]) -> list[str]:
    """Run the Tryton server over its databases; return the settings of the connections to them."""
    databases = await asyncio.to_thread(seeded, lambda words: sys.stderr.write(f"{words}\n"))
    base_url = await asyncio.to_thread(stack.enter_context, running(databases.home, databases.files))
    for name in connections:
        _secret(state / f"tryton-{name}.key", databases.keys[name])
    return [
        TRYTON.format(name=name, role=name.upper(), address=base_url, database=DATABASES[name]) for name in connections
    ]


def _secret(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")


def _prepared(state: Path) -> tuple[str, str]:
    """Lay mappings, keys and secrets into the state folder; return Salesforce's client secret and NetSuite's public key."""
    state.mkdir(parents=True, exist_ok=True)
    with as_file(files("subgraphs.sandbox") / "mappings") as source:
        shutil.copytree(source, state / "mappings", dirs_exist_ok=True)
    private_key, public_key = netsuite_settings.key_pair()
    _secret(state / "netsuite.pem", private_key)
    return client_secret(state, "salesforce"), public_key


def _announce(settings: Path, text: str) -> None:
    """Write the settings file and say where it lies."""
    settings.write_text(text, encoding="utf-8")
    sys.stdout.write(msgspec.json.encode({"settings": str(settings)}).decode() + "\n")
    sys.stdout.flush()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m subgraphs.sandbox.demo", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder for keys, settings and the store")
    parser.add_argument("--gateway-port", type=int, default=8000)
    parser.add_argument("--identity-port", type=int, default=IDENTITY_PORT)
    parser.add_argument("--systems", type=Systems, choices=list(Systems), default=Systems.TWINS)
    parser.add_argument(
        "--scale", type=int, default=0, help="0: the small firm; 1: the firm at its real size; 2: twice that"
    )
    given = parser.parse_args()
    firm = scaled(given.scale) if given.scale else FIRM
    asyncio.run(run(given.state.resolve(), given.gateway_port, given.identity_port, given.systems, firm))


if __name__ == "__main__":
    main()
