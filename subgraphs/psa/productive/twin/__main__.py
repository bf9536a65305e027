"""Serve an organization with the small firm on loopback: `python -m subgraphs.psa.productive.twin --port 8126`.

The first line of output is JSON: the base URL, the organization's number, and a token generated for this run.
"""

import secrets

from subgraphs.kit.twin.command import build_parser, run_server
from subgraphs.psa.productive.twin import TwinSettings, build_twin
from subgraphs.sandbox.firm.small import FIRM


def main() -> None:
    """Read the command line and serve until stopped."""
    given = build_parser("subgraphs.psa.productive.twin", __doc__).parse_args()
    settings = TwinSettings(token=secrets.token_urlsafe(32))
    app = build_twin(FIRM, settings)
    credentials = {"organization": settings.organization, "token": settings.token}
    run_server(app, given.port, credentials, date_header=True)


if __name__ == "__main__":
    main()
