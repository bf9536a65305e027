"""The demo firm's systems and identity provider in one process: `python -m subgraphs.sandbox.demo --state DIR`.

Prints one line of JSON: when everything listens, where the settings file for the gateway lies (`settings`), or what cannot be had as it was asked for
(`findings`). Beside the settings lies `systems.json`: by connection the vendor, the address, and the control port at which a twin is broken
(`subgraphs/kit/faults.py`), null for a real system. Stops when its standard input closes. `--systems` says which vendor keeps which part of the firm (`mix.py`);
a Tryton server is a real one, which is installed and filled on its first start.
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

from gateway.auth.roles import ROLES
from subgraphs.kit.faults import CONTROL
from subgraphs.kit.serving import serving
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.scaled import scaled
from subgraphs.sandbox.firm.small import FIRM
from subgraphs.sandbox.identity.app import provider_app
from subgraphs.sandbox.identity.build import AUDIENCE, build_provider
from subgraphs.sandbox.mix import FORM, Mix, MixError, mix_of, on_tryton
from subgraphs.sandbox.state import private_folder, write_private
from subgraphs.sandbox.systems import TWINS, tryton

IDENTITY_PORT = 8001
SETTINGS_FILE = "psgw.toml"

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


async def run(state: Path, gateway_port: int, identity_port: int, mix: Mix, firm: Firm) -> None:
    """Serve everything until standard input closes. Tryton holds the small firm, whatever the twins hold."""
    _prepare(state)
    issuer = f"http://127.0.0.1:{identity_port}"
    origins = tuple(f"http://{host}:{gateway_port}" for host in ("127.0.0.1", "localhost"))
    pages = tuple(f"{origin}/graphql" for origin in origins)
    provider = build_provider(issuer, state / "identity", ROLES, redirects=pages)
    general = SETTINGS.format(
        state=state, group_currency=FIRM.group_currency, port=gateway_port, issuer=issuer, audience=AUDIENCE
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serving(provider_app(provider, origins), identity_port))
        twins = [TWINS[vendor] for vendor in mix.values() if vendor in TWINS]
        reached = [general, *[await start(stack, firm, state) for start in twins]]
        real = on_tryton(mix)
        if real:
            reached += await tryton(stack, state, real)
        _announce(state / SETTINGS_FILE, "".join(reached))
        await asyncio.to_thread(sys.stdin.read)


def _prepare(state: Path) -> None:
    """Lay the mapping files into the state folder."""
    private_folder(state, SETTINGS_FILE)
    with as_file(files("subgraphs.sandbox") / "mappings") as source:
        shutil.copytree(source, state / "mappings", dirs_exist_ok=True)


def _announce(settings: Path, text: str) -> None:
    """Write the settings file, what is known of the systems beside it, and say where it lies."""
    write_private(settings, text.encode())
    systems = {each["name"]: _told(each) for each in tomllib.loads(text)["connections"]}
    write_private(settings.with_name("systems.json"), msgspec.json.format(msgspec.json.encode(systems)))
    _tell({"settings": str(settings)})


def _tell(line: Mapping[str, object]) -> None:
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()


def _told(connection: Mapping[str, str]) -> dict[str, str | None]:
    address = connection["base_url"]
    control = address + CONTROL if connection["environment"] == "MOCK" else None
    return {"vendor": connection["vendor"], "address": address, "control": control}


def _grown(mix: Mix, scale: int) -> Firm:
    """Return the firm at its size; raises MixError when something in the mix does not grow."""
    if scale and on_tryton(mix):
        raise MixError(["--scale: only twins grow; leave it out, or leave --systems out"])
    return scaled(scale) if scale else FIRM


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m subgraphs.sandbox.demo", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="folder for keys, settings and the store")
    parser.add_argument("--gateway-port", type=int, default=8000)
    parser.add_argument("--identity-port", type=int, default=IDENTITY_PORT)
    parser.add_argument("--systems", default="twins", help=FORM)
    parser.add_argument(
        "--scale", type=int, default=0, help="0: the small firm; 1: the firm at its real size; 2: twice that"
    )
    given = parser.parse_args()
    os.umask(stat.S_IRWXG | stat.S_IRWXO)  # Tryton's databases and logs too are nobody else's
    try:
        mix = mix_of(given.systems)
        firm = _grown(mix, given.scale)
    except MixError as error:
        _tell({"findings": error.findings})
        return
    with suppress(KeyboardInterrupt):
        asyncio.run(run(given.state.resolve(), given.gateway_port, given.identity_port, mix, firm))


if __name__ == "__main__":
    main()
