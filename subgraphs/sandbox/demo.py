"""The demo firm's systems and identity provider in one process: `python -m subgraphs.sandbox.demo --state DIR`.

Prints one line of JSON: the path of the gateway's settings file once everything listens (`settings`), or the errors
in the options (`findings`). `systems.json` in the same folder lists each connection's vendor, address, and the URL that
injects faults into its twin (`subgraphs/kit/twin/fault_injection.py`; null for a real system). Stops when its standard
input closes.
`--systems` selects the vendor of each connection (`mix.py`). The Tryton server is real; it is installed and seeded on
its first start.
"""

import argparse
import asyncio
import os
import shutil
import stat
import sys
import tomllib
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from importlib.resources import as_file, files
from pathlib import Path

import msgspec

from gateway.auth.user_roles import ROLES
from subgraphs.kit.twin.fault_injection import CONTROL_PATH
from subgraphs.kit.twin.server import serve
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.scaled import build_scaled_firm
from subgraphs.sandbox.firm.small import FIRM
from subgraphs.sandbox.identity_provider.app import create_provider_app
from subgraphs.sandbox.identity_provider.build import AUDIENCE, build_provider
from subgraphs.sandbox.mix import MIX_FORMAT, Mix, MixError, list_tryton_connections, parse_mix
from subgraphs.sandbox.state import make_private_folder, write_private_file
from subgraphs.sandbox.systems import STARTERS, start_tryton

IDENTITY_PORT = 8001
SETTINGS_FILE = "psgw.toml"

SETTINGS = """\
# Written by psgw demo: the demo firm's systems on this machine.

[store]
url = "sqlite+aiosqlite:///{state}/psgw.sqlite"

[graph]
tenant = "main"
group_currency = "{group_currency}"
introspection = "open"

[serve]
port = {port}
get_queries = true

[[issuers]]
issuer = "{issuer}"
audience = "{audience}"
jwks_url = "{issuer}/jwks"
"""


async def run(state: Path, gateway_port: int, identity_port: int, mix: Mix, firm: Firm) -> None:
    """Serve everything until standard input closes. Tryton always holds the small firm."""
    _prepare(state)
    issuer = f"http://127.0.0.1:{identity_port}"
    origins = tuple(f"http://{host}:{gateway_port}" for host in ("127.0.0.1", "localhost"))
    pages = tuple(f"{origin}/graphql" for origin in origins)
    provider = build_provider(issuer, state / "identity", ROLES, redirects=pages)
    general = SETTINGS.format(
        state=state, group_currency=FIRM.group_currency, port=gateway_port, issuer=issuer, audience=AUDIENCE
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serve(create_provider_app(provider, origins), identity_port))
        starters = [STARTERS[vendor] for vendor in mix.values() if vendor in STARTERS]
        sections = [general, *[await start(stack, firm, state) for start in starters]]
        real = list_tryton_connections(mix)
        if real:
            sections += await start_tryton(stack, state, real)
        _announce(state / SETTINGS_FILE, "".join(sections))
        await asyncio.to_thread(sys.stdin.read)


def _prepare(state: Path) -> None:
    """Copy the mapping files into the state folder."""
    make_private_folder(state, SETTINGS_FILE)
    with as_file(files("subgraphs.sandbox") / "mappings") as source:
        shutil.copytree(source, state / "mappings", dirs_exist_ok=True)


def _announce(settings: Path, text: str) -> None:
    """Write the settings file and `systems.json`, and print the path of the settings."""
    write_private_file(settings, text.encode())
    systems = {each["name"]: _describe_system(each) for each in tomllib.loads(text)["connections"]}
    write_private_file(settings.with_name("systems.json"), msgspec.json.format(msgspec.json.encode(systems)))
    _print_line({"settings": str(settings)})


def _print_line(line: Mapping[str, object]) -> None:
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()


def _describe_system(connection: Mapping[str, str]) -> dict[str, str | None]:
    address = connection["base_url"]
    control = address + CONTROL_PATH if connection["environment"] == "MOCK" else None
    return {"vendor": connection["vendor"], "address": address, "control": control}


def _load_firm(mix: Mix, scale: int) -> Firm:
    """Return the firm at a scale. Raise MixError if the mix includes Tryton, which cannot be scaled."""
    if scale and list_tryton_connections(mix):
        raise MixError(["--scale: only twins can be scaled; remove --scale or --systems"])
    return build_scaled_firm(scale) if scale else FIRM


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m subgraphs.sandbox.demo", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder for keys, settings and the store")
    parser.add_argument("--gateway-port", type=int, default=8000)
    parser.add_argument("--identity-port", type=int, default=IDENTITY_PORT)
    parser.add_argument("--systems", default="twins", help=MIX_FORMAT)
    parser.add_argument(
        "--scale", type=int, default=0, help="0: the small firm; 1: the full-size firm; 2: twice that size"
    )
    given = parser.parse_args()
    os.umask(stat.S_IRWXG | stat.S_IRWXO)  # Tryton's databases and logs are private too
    try:
        mix = parse_mix(given.systems)
        firm = _load_firm(mix, given.scale)
    except MixError as error:
        _print_line({"findings": error.findings})
        return
    with suppress(KeyboardInterrupt):
        asyncio.run(run(given.state.resolve(), given.gateway_port, given.identity_port, mix, firm))


if __name__ == "__main__":
    main()
