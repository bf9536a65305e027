"""Serve the small firm's org on loopback: `python -m subgraphs.crm.salesforce.twin --port N`.

The first line of output is JSON: the base URL and the connected app's credentials, made up for this run unless given by file.
"""

import argparse
import secrets
import sys
from pathlib import Path

import msgspec
import uvicorn

from subgraphs.crm.salesforce.twin import Client, TwinSettings, build_twin
from subgraphs.sandbox.firm.small import FIRM


def main() -> None:
    """Read the command line and serve until stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m subgraphs.crm.salesforce.twin", description="Serve a Salesforce org filled with the small firm."
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--client-id", default="psgw-sandbox")
    parser.add_argument(
        "--secret-file", type=Path, help="file with the client secret; without it one is made up and printed"
    )
    arguments = parser.parse_args()
    secret = arguments.secret_file.read_text().strip() if arguments.secret_file else secrets.token_urlsafe(32)
    told = {"base_url": f"http://{arguments.host}:{arguments.port}", "client_id": arguments.client_id}
    if not arguments.secret_file:
        told["client_secret"] = secret
    sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    sys.stdout.flush()
    app = build_twin(FIRM, TwinSettings(client=Client(id=arguments.client_id, secret=secret)))
    uvicorn.run(app, host=arguments.host, port=arguments.port, log_level="warning", date_header=False)


if __name__ == "__main__":
    main()
