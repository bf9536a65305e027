"""The command line of a twin: `python -m subgraphs.<role>.<vendor>.twin --port N` serves it alone on loopback."""

import argparse
import sys
from collections.abc import Mapping

import msgspec
import uvicorn
from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1"


def build_parser(package: str, description: str | None) -> argparse.ArgumentParser:
    """Return a parser with the option that every twin has: the port."""
    parser = argparse.ArgumentParser(prog=f"python -m {package}", description=description)
    parser.add_argument("--port", type=int, required=True)
    return parser


def run_server(
    app: ASGIApp, port: int, credentials: Mapping[str, str], *, host: str = LOOPBACK, date_header: bool = False
) -> None:
    """Serve a twin until stopped. The first line of output is JSON: the base URL and the credentials.

    `date_header` lets the server add `Date` for twins that do not set it from their own clock.
    """
    line = msgspec.json.encode({"base_url": f"http://{host}:{port}", **credentials}).decode()
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    uvicorn.run(app, host=host, port=port, log_level="warning", date_header=date_header)
