"""Serves a tenant with the small firm on loopback: `python -m subgraphs.hcm.workday.twin --port 8124`.

The first line of output is JSON: the base URL, the tenant, and the API client's credentials, made up for this run.
"""

import argparse
import secrets
import sys

import msgspec
import uvicorn

from subgraphs.hcm.workday.twin import TwinSettings, build_twin
from subgraphs.sandbox.firm.small import FIRM


def main() -> None:
    """Read the command line and serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m subgraphs.hcm.workday.twin", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tenant", default="acme_preview")
    given = parser.parse_args()
    settings = TwinSettings(
        client_id="psgw-sandbox",
        client_secret=secrets.token_urlsafe(32),
        refresh_token=secrets.token_urlsafe(32),
        tenant=given.tenant,
    )
    told = {
        "base_url": f"http://127.0.0.1:{given.port}",
        "tenant": settings.tenant,
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
        "refresh_token": settings.refresh_token,
    }
    sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    sys.stdout.flush()
    app = build_twin(FIRM, settings)
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning", date_header=False)


if __name__ == "__main__":
    main()
