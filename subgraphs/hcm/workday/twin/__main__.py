"""Serve a tenant with the small firm on loopback: `python -m subgraphs.hcm.workday.twin --port 8124`.

The first line of output is JSON: the base URL, the tenant, and the API client's credentials, generated for this run.
"""

import secrets

from subgraphs.hcm.workday.twin import TwinSettings, build_twin
from subgraphs.kit.twin.command import build_parser, run_server
from subgraphs.sandbox.firm.small import FIRM


def main() -> None:
    """Read the command line and serve until stopped."""
    parser = build_parser("subgraphs.hcm.workday.twin", __doc__)
    parser.add_argument("--tenant", default="acme_preview")
    given = parser.parse_args()
    settings = TwinSettings(
        client_id="psgw-sandbox",
        client_secret=secrets.token_urlsafe(32),
        refresh_token=secrets.token_urlsafe(32),
        tenant=given.tenant,
    )
    credentials = {
        "tenant": settings.tenant,
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
        "refresh_token": settings.refresh_token,
    }
    run_server(build_twin(FIRM, settings), given.port, credentials)


if __name__ == "__main__":
    main()
