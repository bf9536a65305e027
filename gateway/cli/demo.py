"""psgw demo: the product over the demo firm, with nothing to configure."""

import asyncio
import shlex
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
import typer

from gateway.app import application, open_gateway
from gateway.cli.output import PEOPLE, failures
from gateway.cli.serving import listen
from gateway.cli.systems import fill
from gateway.errors import ConfigurationError
from gateway.settings import load

STATE, SETTINGS = Path(".psgw"), "psgw.toml"
SANDBOX = "subgraphs.sandbox.demo"


class Systems(StrEnum):
    """Which systems the demo firm runs on: four twins; two of them, and a real Tryton server for projects and people; or Tryton for everything."""

    TWINS = "twins"
    MIXED = "mixed"
    TRYTON = "tryton"


class Firm(NamedTuple):
    """The demo firm: which systems it runs on, and how large it is."""

    systems: Systems
    scale: int


FIRST_QUERY = """\
curl -s http://127.0.0.1:{port}/graphql -H "Authorization: Bearer $({token})" \\
  -H "Content-Type: application/json" \\
  -d '{{"query": "{{ projects(first: 3) {{ nodes {{ code name status customer {{ name accountsReceivable {{ \
total {{ amount currency }} dso }} }} contract {{ number totalValue {{ amount currency }} }} \
timeEntries(first: 2) {{ nodes {{ workDate hours billing resource {{ displayName }} }} }} }} }} }}"}}'"""


def demo(
    port: Annotated[int, typer.Option(help="Where the gateway listens.")] = 8000,
    identity_port: Annotated[int, typer.Option(help="Where the development identity provider listens.")] = 8001,
    state: Annotated[Path, typer.Option(help="Folder for keys, settings and the store.")] = STATE,
    scale: Annotated[
        int, typer.Option(min=0, help="0: a firm of ten projects; 1: of 150 projects and 200 people; 2: twice that.")
    ] = 0,
    systems: Annotated[
        Systems, typer.Option(help="Twins of four vendors, a mix with a real Tryton server, or Tryton alone.")
    ] = Systems.TWINS,
) -> None:
    """Start the demo firm's systems and identity provider, fill the card index, and serve the graph."""
    with failures():
        if scale and systems is not Systems.TWINS:
            raise ConfigurationError(["--scale: only twins grow; leave it out, or leave --systems out"])
        asyncio.run(_demo(port, identity_port, state, Firm(systems, scale)))


async def _demo(port: int, identity_port: int, state: Path, firm: Firm) -> None:
    async with sandbox(state, port, identity_port, firm) as settings, open_gateway(load(settings)) as gateway:
        results = await fill(gateway)
        PEOPLE.print(f"cards filled: {sum(result.rows for result in results)} records of {len(gateway.ports)} systems")
        PEOPLE.print(
            f"\nThe graph:  http://127.0.0.1:{port}/graphql (in a browser: GraphiQL, signed in as one of the firm)"
        )
        token = shlex.join(
            (sys.argv[0], "token", "--role", "finance", *([] if state == STATE else ["--state", str(state)]))
        )
        PEOPLE.print(f"A token:    {token}", soft_wrap=True)
        PEOPLE.print("A query:\n")
        sys.stdout.write(FIRST_QUERY.format(port=port, token=token) + "\n")
        sys.stdout.flush()
        await listen("127.0.0.1", port, application(gateway))


@asynccontextmanager
async def sandbox(state: Path, port: int, identity_port: int, firm: Firm) -> AsyncIterator[Path]:
    """Run the sandbox as a process of its own; yield its settings file. It ends with this process, however that ends."""
    ports = ("--gateway-port", str(port), "--identity-port", str(identity_port))
    command = (
        "-m",
        SANDBOX,
        "--state",
        str(state),
        *ports,
        "--systems",
        firm.systems.value,
        "--scale",
        str(firm.scale),
    )
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdin=PIPE, stdout=PIPE)
    try:
        yield await _announced(process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def _announced(process: Process) -> Path:
    line = b"" if process.stdout is None else await process.stdout.readline()
    if not line:
        raise ConfigurationError(["the demo's systems did not start; is one of their ports in use?"])
    told = msgspec.json.decode(line, type=dict[str, str])
    return Path(told["settings"])
