"""Serves an account with the small firm on loopback: `python -m subgraphs.psa.kantata.twin --port 8125`.

The first line of output is JSON: the base URL and the token, made up for this run.
"""

import argparse
import secrets
import sys

import msgspec
import uvicorn

from subgraphs.psa.kantata.twin import TwinSettings, build_twin
from subgraphs.sandbox.firm.small import FIRM


def main() -> None:
    """Read the command line and serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m subgraphs.psa.kantata.twin", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    settings = TwinSettings(token=secrets.token_urlsafe(32))
    told = {"base_url": f"http://127.0.0.1:{given.port}", "token": settings.token}
    sys.stdout.write(msgspec.json.encode(told).decode() + "\n")
    sys.stdout.flush()
    uvicorn.run(build_twin(FIRM, settings), host="127.0.0.1", port=given.port, log_level="warning", date_header=False)


if __name__ == "__main__":
    main()
