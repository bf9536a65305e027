"""psgw token: an access token of the development identity provider, alone on stdout."""

import asyncio
import base64
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from gateway.auth.roles import ROLES
from gateway.cli.demo import SETTINGS, STATE
from gateway.cli.options import Json
from gateway.cli.output import PEOPLE, Exit, data, data_json, failures
from gateway.errors import ConfigurationError
from gateway.net.documents import post_form
from gateway.settings import load


class TokenAnswer(msgspec.Struct):
    """What the token endpoint gives."""

    access_token: str
    expires_in: int
    scope: str = ""


def token(
    role: Annotated[str, typer.Option(help="Whose scopes the token carries.")] = "finance",
    issuer: Annotated[str | None, typer.Option(help="The provider; by default the demo's own.")] = None,
    state: Annotated[Path, typer.Option(help="The demo's folder.")] = STATE,
    json: Json = False,
) -> None:
    """Print a token of the demo's identity provider; nothing else goes to stdout."""
    with failures():
        answer = asyncio.run(_fetched(role, issuer, state))
    if json:
        data_json(answer)
    else:
        data(answer.access_token)


async def _fetched(role: str, issuer: str | None, state: Path) -> TokenAnswer:
    if role not in ROLES:
        raise ConfigurationError([f"there is no role {role}; there are {', '.join(sorted(ROLES))}"])
    client = f"role-{role.replace('_', '-')}"
    try:
        secret = (state / "identity" / f"{client}.secret").read_text(encoding="utf-8")
        issuer = issuer or load(state / SETTINGS).issuers[0].issuer
    except OSError:
        raise ConfigurationError([f"no demo in {state}; start psgw demo, or name its folder with --state"]) from None
    pair = base64.b64encode(f"{client}:{secret}".encode()).decode()
    try:
        body = await post_form(
            f"{issuer}/token", [("grant_type", "client_credentials")], {"Authorization": f"Basic {pair}"}
        )
    except Exception:  # noqa: BLE001 -- whatever it is, there is no provider
        PEOPLE.print(f"[red]✗[/red] no identity provider answers at {issuer}; is psgw demo running?")
        raise typer.Exit(Exit.UNREACHABLE) from None
    return msgspec.json.decode(body, type=TokenAnswer)
