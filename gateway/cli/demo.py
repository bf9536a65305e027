"""psgw demo: the gateway with a demo firm, without configuration."""

import asyncio
import logging
import shlex
import sys
from typing import Annotated

import typer

from gateway.cli.control import accept_requests, choose_address
from gateway.cli.demo_firm import (
    STATE,
    STORE,
    DemoOptions,
    IdentityPort,
    Mix,
    Scale,
    State,
    require_sandbox,
    run_systems,
)
from gateway.cli.logs import configure_logging
from gateway.cli.output import STDERR, handle_errors, print_data, show_progress
from gateway.cli.serve import require_free
from gateway.cli.server import serve_application
from gateway.cli.systems import fill_index
from gateway.composition import create_application, open_gateway
from gateway.settings import load_settings
from gateway.store.owner import require_no_owner

FIRST_QUERY = """\
curl -s http://127.0.0.1:{port}/graphql -H "Authorization: Bearer $({token})" \\
  -H "Content-Type: application/json" \\
  -d '{{"query": "{{ projects(first: 3) {{ nodes {{ code name status customer {{ name accountsReceivable {{ \
total {{ amount currency }} dso }} }} contract {{ number totalValue {{ amount currency }} }} \
timeEntries(first: 2) {{ nodes {{ workDate hours billing resource {{ displayName }} }} }} }} }} }}"}}'"""


def demo(
    port: Annotated[int, typer.Option(help="Port of the gateway.")] = 8000,
    identity_port: IdentityPort = 8001,
    state: State = STATE,
    scale: Scale = 0,
    systems: Mix = "twins",
) -> None:
    """Start the demo firm's systems and identity provider, fill the card index, and serve the graph until stopped.

    Exit 2: an option cannot work, such as a port in use; 130: stopped by Ctrl-C.
    """
    configure_logging(logging.WARNING)
    with handle_errors():
        asyncio.run(_run_demo(DemoOptions(state, systems, scale, port, identity_port)))


async def _run_demo(firm: DemoOptions) -> None:
    require_sandbox()
    require_free("127.0.0.1", firm.port, "--port")
    require_no_owner(firm.state / STORE)  # before the systems write the settings of the folder again
    with show_progress("starting the demo firm's systems") as step:
        async with run_systems(firm) as file:
            step.stop()
            settings = load_settings(file)
            control = choose_address(settings)
            async with open_gateway(settings, address=control) as gateway, accept_requests(gateway, control):
                results = await fill_index(gateway)
                records = sum(result.rows for result in results)
                STDERR.print(f"card index filled: {records} records from {len(gateway.ports)} systems")
                _print_instructions(firm)
                await serve_application("127.0.0.1", firm.port, create_application(gateway))


def _print_instructions(firm: DemoOptions) -> None:
    """Print the URL of the graph, how to get a token, and a first query."""
    address = f"http://127.0.0.1:{firm.port}/graphql"
    STDERR.print(f"\nGraph:  {address} (in a browser: GraphiQL, with a sign-in as a user of the firm)", soft_wrap=True)
    state = [] if firm.state == STATE else ["--state", str(firm.state)]
    token = shlex.join((sys.argv[0], "token", "--role", "finance", *state))
    STDERR.print(f"Token:  {token}", soft_wrap=True)
    STDERR.print("Query:\n")
    print_data(FIRST_QUERY.format(port=firm.port, token=token))
    sys.stdout.flush()
