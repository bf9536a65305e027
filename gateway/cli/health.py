"""psgw health: whether a gateway answers."""

import asyncio
from typing import Annotated

import typer

from gateway.cli.options import Json
from gateway.cli.output import Exit, print_error, print_json
from gateway.net.documents import fetch_document


def health(
    url: Annotated[str, typer.Option(help="URL of the health check.")] = "http://127.0.0.1:8000/livez",
    json: Json = False,
) -> None:
    """Exit 0 if the gateway is healthy.

    For container health checks. Exit 3: it is not healthy; the reason is printed.
    """
    try:
        asyncio.run(fetch_document(url))
    except Exception as error:  # noqa: BLE001 -- whatever the error, the gateway is not healthy
        healthy = False
        print_error(f"{url} is not healthy: {str(error) or type(error).__name__}")
    else:
        healthy = True
    if json:
        print_json({"healthy": healthy, "url": url})
    raise typer.Exit(Exit.OK if healthy else Exit.UNREACHABLE)
