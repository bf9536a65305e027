"""Serve an account with the small firm: `python -m subgraphs.erp.netsuite.twin --port 8123 --public-key key.pem`.

The first line of output is JSON: the base URL, the client id and the certificate id.
"""

from pathlib import Path

from subgraphs.erp.netsuite.twin.app import build_twin
from subgraphs.erp.netsuite.twin.settings import TwinSettings
from subgraphs.kit.twin.command import build_parser, run_server
from subgraphs.sandbox.firm.small import FIRM


def main() -> None:
    """Read the command line and serve until stopped."""
    parser = build_parser("subgraphs.erp.netsuite.twin", __doc__)
    parser.add_argument(
        "--public-key", type=Path, required=True, help="PEM file with the client's public key (RSA or EC)"
    )
    parser.add_argument("--client-id", default="sandbox-client")
    parser.add_argument("--certificate-id", default="sandbox-certificate")
    parser.add_argument("--time-zone", default="America/New_York")
    parser.add_argument("--origin", help="audience of client assertions; by default the address that clients call")
    given = parser.parse_args()
    settings = TwinSettings(
        client_id=given.client_id,
        certificate_id=given.certificate_id,
        public_key=given.public_key.read_text(),
        time_zone=given.time_zone,
        origin=given.origin,
    )
    app = build_twin(FIRM, settings)
    run_server(app, given.port, {"client_id": settings.client_id, "certificate_id": settings.certificate_id})


if __name__ == "__main__":
    main()
