"""Serves an account with the small firm on loopback: `python -m subgraphs.erp.netsuite.twin --port 8123 --public-key key.pem`."""

import argparse
from pathlib import Path

import uvicorn

from subgraphs.erp.netsuite.twin.app import build_twin
from subgraphs.erp.netsuite.twin.settings import TwinSettings
from subgraphs.sandbox.firm.small import FIRM


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m subgraphs.erp.netsuite.twin", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--public-key", type=Path, required=True, help="PEM file with the client's public key (RSA or EC)"
    )
    parser.add_argument("--client-id", default="sandbox-client")
    parser.add_argument("--certificate-id", default="sandbox-certificate")
    parser.add_argument("--time-zone", default="America/New_York")
    parser.add_argument(
        "--origin", help="the address that clients sign their assertions for, when it is not the one they call"
    )
    given = parser.parse_args()
    settings = TwinSettings(
        client_id=given.client_id,
        certificate_id=given.certificate_id,
        public_key=given.public_key.read_text(),
        time_zone=given.time_zone,
        origin=given.origin,
    )
    uvicorn.run(build_twin(FIRM, settings), host="127.0.0.1", port=given.port, log_level="warning", date_header=False)


if __name__ == "__main__":
    main()
