"""The demo firm's systems and identity provider in one process: `python -m subgraphs.sandbox.demo --state DIR`.

Prints one line of JSON when everything listens: where the settings file for the gateway lies. Stops when its standard input closes.
"""

import argparse
import asyncio
import shutil
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from importlib.resources import as_file, files
from pathlib import Path

import msgspec

from gateway.auth.roles import ROLES
from subgraphs.crm.salesforce.twin import Client, TwinSettings, build_twin
from subgraphs.erp.netsuite.twin import app as netsuite
from subgraphs.erp.netsuite.twin import settings as netsuite_settings
from subgraphs.sandbox.firm.small import FIRM
from subgraphs.sandbox.identity.app import provider_app
from subgraphs.sandbox.identity.build import AUDIENCE, build_provider
from subgraphs.sandbox.identity.keys import client_secret
from subgraphs.sandbox.serving import serving

IDENTITY_PORT = 8001
SALESFORCE_CLIENT, NETSUITE_CLIENT, CERTIFICATE = "psgw-sandbox", "psgw-sandbox", "sandbox-certificate"

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

[[connections]]
name = "crm"
role = "CRM"
vendor = "salesforce"
base_url = "{crm}"
region = "US"
environment = "MOCK"
mapping = "mappings/salesforce.toml"
secrets = {{ client_id = "{salesforce_client}", client_secret = "file:salesforce.secret" }}

[[connections]]
name = "erp"
role = "ERP"
vendor = "netsuite"
base_url = "{erp}"
region = "US"
time_zone = "America/New_York"
environment = "MOCK"
mapping = "mappings/netsuite.toml"
options = {{ certificate_id = "{certificate}", algorithm = "ES256" }}
secrets = {{ client_id = "{netsuite_client}", private_key = "file:netsuite.pem" }}
"""


async def run(state: Path, gateway_port: int, identity_port: int) -> None:
    """Serve everything until standard input closes."""
    secret, public_key = _prepared(state)
    issuer = f"http://127.0.0.1:{identity_port}"
    page = f"http://127.0.0.1:{gateway_port}/graphql"
    provider = build_provider(issuer, state / "identity", ROLES, redirects=(page,))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serving(provider_app(provider), identity_port))
        salesforce = build_twin(FIRM, TwinSettings(client=Client(id=SALESFORCE_CLIENT, secret=secret)))
        account = netsuite_settings.TwinSettings(
            client_id=NETSUITE_CLIENT, certificate_id=CERTIFICATE, public_key=public_key
        )
        values: Mapping[str, object] = {
            "state": state,
            "group_currency": FIRM.group_currency,
            "port": gateway_port,
            "issuer": issuer,
            "audience": AUDIENCE,
            "crm": await stack.enter_async_context(serving(salesforce)),
            "erp": await stack.enter_async_context(serving(netsuite.build_twin(FIRM, account))),
            "salesforce_client": SALESFORCE_CLIENT,
            "netsuite_client": NETSUITE_CLIENT,
            "certificate": CERTIFICATE,
        }
        _announce(state / "psgw.toml", values)
        await asyncio.to_thread(sys.stdin.read)


def _prepared(state: Path) -> tuple[str, str]:
    """Lay mappings, keys and secrets into the state folder; return Salesforce's client secret and NetSuite's public key."""
    state.mkdir(parents=True, exist_ok=True)
    with as_file(files("subgraphs.sandbox") / "mappings") as source:
        shutil.copytree(source, state / "mappings", dirs_exist_ok=True)
    private_key, public_key = netsuite_settings.key_pair()
    pem = state / "netsuite.pem"
    pem.touch(mode=0o600)
    pem.write_text(private_key, encoding="utf-8")
    return client_secret(state, "salesforce"), public_key


def _announce(settings: Path, values: Mapping[str, object]) -> None:
    """Write the settings file and say where it lies."""
    settings.write_text(SETTINGS.format_map(values), encoding="utf-8")
    sys.stdout.write(msgspec.json.encode({"settings": str(settings)}).decode() + "\n")
    sys.stdout.flush()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m subgraphs.sandbox.demo", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder for keys, settings and the store")
    parser.add_argument("--gateway-port", type=int, default=8000)
    parser.add_argument("--identity-port", type=int, default=IDENTITY_PORT)
    given = parser.parse_args()
    asyncio.run(run(given.state.resolve(), given.gateway_port, given.identity_port))


if __name__ == "__main__":
    main()
