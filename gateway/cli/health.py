"""psgw health: whether a served gateway answers."""

import asyncio
from typing import Annotated

import typer

from gateway.cli.options import Json
from gateway.cli.output import Exit, print_error, print_json
from gateway.net.documents import fetch_document


def health(
    url: Annotated[str, typer.Option(help="What to ask.")] = "http://127.0.0.1:8000/livez", json: Json = False
) -> None:
    """Say by the exit code whether a served gateway answers, and if not, why; for container health checks.

    Exit 0: it does; 3: it does not.
    """
    try:
        asyncio.run(fetch_document(url))
    except Exception as error:  # noqa: BLE001 -- whatever it is, there is no healthy answer
        healthy = False
        print_error(f"{url} gives no good answer: {str(error) or type(error).__name__}")
    else:
        healthy = True
    if json:
        print_json({"healthy": healthy, "url": url})
    raise typer.Exit(Exit.OK if healthy else Exit.UNREACHABLE)
