"""Serve an org with the small firm on loopback: `python -m subgraphs.crm.salesforce.twin --port 8122`.

The first line of output is JSON: the base URL and the connected app's credentials. The secret is generated for this
run and printed, unless a file holds it.
"""

import secrets
from pathlib import Path

from subgraphs.crm.salesforce.twin import ConnectedApp, TwinSettings, build_twin
from subgraphs.kit.twin.command import LOOPBACK, build_parser, run_server
from subgraphs.sandbox.firm.small import FIRM


def main() -> None:
    """Read the command line and serve until stopped."""
    parser = build_parser("subgraphs.crm.salesforce.twin", __doc__)
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--client-id", default="psgw-sandbox")
    parser.add_argument(
        "--secret-file", type=Path, help="file with the client secret; by default one is generated and printed"
    )
    given = parser.parse_args()
    secret = given.secret_file.read_text().strip() if given.secret_file else secrets.token_urlsafe(32)
    app = build_twin(FIRM, TwinSettings(client=ConnectedApp(id=given.client_id, secret=secret)))
    credentials = {"client_id": given.client_id}
    if not given.secret_file:
        credentials["client_secret"] = secret
    run_server(app, given.port, credentials, host=given.host)


if __name__ == "__main__":
    main()
