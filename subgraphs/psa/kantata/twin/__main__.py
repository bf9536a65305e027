"""Serve an account with the small firm on loopback: `python -m subgraphs.psa.kantata.twin --port 8125`.

The first line of output is JSON: the base URL and a token generated for this run.
"""

import secrets

from subgraphs.kit.twin.command import build_parser, run_server
from subgraphs.psa.kantata.twin import TwinSettings, build_twin
from subgraphs.sandbox.firm.small import FIRM


def main() -> None:
    """Read the command line and serve until stopped."""
    given = build_parser("subgraphs.psa.kantata.twin", __doc__).parse_args()
    settings = TwinSettings(token=secrets.token_urlsafe(32))
    run_server(build_twin(FIRM, settings), given.port, {"token": settings.token})


if __name__ == "__main__":
    main()
