"""psgw token: get an access token from the development identity provider, and explain a token."""

import asyncio
import base64
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from gateway.auth.issuers import build_issuer
from gateway.auth.tokens import AccessToken, TokenInspection, TokenVerifier
from gateway.auth.user_roles import ROLES
from gateway.cli.demo_firm import SETTINGS, STATE, State
from gateway.cli.inspection import (
    Explanation,
    describe_rows,
    explain_refusal,
    format_age,
    get_scope_claim,
    split_scopes,
)
from gateway.cli.options import DEFAULT_FILE, Json, SettingsFile, load_effective_settings
from gateway.cli.output import Exit, handle_errors, print_data, print_error, print_json, print_table
from gateway.errors import ConfigurationError
from gateway.net.documents import fetch_document, post_form
from gateway.settings import Settings, load_settings

app = typer.Typer()

_TIMES = ("iat", "nbf", "exp")


class TokenAnswer(msgspec.Struct):
    """The answer of the token endpoint."""

    access_token: str
    expires_in: int
    scope: str = ""


@app.callback(invoke_without_command=True)
def token(
    context: typer.Context,
    role: Annotated[str, typer.Option(help="Role whose scopes the token has.")] = "finance",
    issuer: Annotated[str | None, typer.Option(help="URL of the provider; default: the demo's.")] = None,
    state: State = STATE,
    json: Json = False,
) -> None:
    """Print an access token of the demo's identity provider.

    Exit 2: there is no such role or demo; 3: the provider does not answer.
    """
    if context.invoked_subcommand is not None:
        return
    with handle_errors():
        answer = asyncio.run(_fetch_token(role, issuer, state))
    if json:
        print_json(answer)
    else:
        print_data(answer.access_token)


async def _fetch_token(role: str, issuer: str | None, state: Path) -> TokenAnswer:
    if role not in ROLES:
        raise ConfigurationError([f"there is no role {role}; choose from {', '.join(sorted(ROLES))}"])
    client = f"role-{role.replace('_', '-')}"
    try:
        secret = (state / "identity" / f"{client}.secret").read_text(encoding="utf-8")
        issuer = issuer or load_settings(state / SETTINGS).issuers[0].issuer
    except OSError:
        raise ConfigurationError(
            [f"there is no demo in {state}; start psgw demo, or name its folder with --state"]
        ) from None
    pair = base64.b64encode(f"{client}:{secret}".encode()).decode()
    try:
        body = await post_form(
            f"{issuer}/token", [("grant_type", "client_credentials")], {"Authorization": f"Basic {pair}"}
        )
    except Exception:  # noqa: BLE001 -- whatever the error, there is no provider
        print_error(f"no identity provider answers at {issuer}; start it with psgw demo")
        raise typer.Exit(Exit.UNREACHABLE) from None
    return msgspec.json.decode(body, type=TokenAnswer)


@app.command()
def inspect(
    given: Annotated[
        str, typer.Argument(metavar="TOKEN|-", help="The token; - or nothing reads it from standard input.")
    ] = "-",
    settings: SettingsFile = None,
    state: State = STATE,
    json: Json = False,
) -> None:
    """Explain why the gateway accepts or rejects a token, and show its age, scopes and row access.

    The token itself is never printed. Exit 0: accepted; 2: the settings have no issuer; 3: the issuer's keys cannot be
    fetched; 4: rejected.
    """
    with handle_errors():
        configured = _load_settings(settings, state)
        text = _read_token(given)
        verifier = TokenVerifier([build_issuer(each) for each in configured.issuers], fetch_document)
        found = asyncio.run(verifier.inspect(AccessToken(text)))
    now = datetime.now(UTC)
    issuers = [each.issuer for each in configured.issuers]
    reasons = {cause.value: explain_refusal(cause, found, issuers, now) for cause in found.reasons}
    if json:
        print_json(_build_json(found, reasons, configured, now))
    else:
        _print_inspection(found, reasons, configured, now)
    raise typer.Exit(_choose_exit(found))


def _load_settings(settings: Path | None, state: Path) -> Settings:
    """Load the named settings, else psgw.toml, else the demo's."""
    demo = state / SETTINGS
    if settings is None and not DEFAULT_FILE.exists() and demo.exists():
        settings = demo
    configured = load_effective_settings(settings)
    if not configured.issuers:
        raise ConfigurationError(
            ["the settings have no issuer; name a settings file with --settings, or start psgw demo"]
        )
    return configured


def _read_token(given: str) -> str:
    if given == "-":
        if sys.stdin.isatty():
            raise ConfigurationError(["TOKEN is missing; pass it, or pipe it: psgw token | psgw token inspect"])
        given = sys.stdin.read()
    parts = given.split()
    return parts[-1] if parts else ""


def _choose_exit(found: TokenInspection) -> Exit:
    if found.reasons:
        return Exit.FINDINGS
    return Exit.OK if found.keys_available else Exit.UNREACHABLE


def _build_json(
    found: TokenInspection, reasons: dict[str, Explanation], settings: Settings, now: datetime
) -> dict[str, Any]:
    """Return the JSON form: the same keys for every result."""
    known, unknown = split_scopes(found)
    return {
        "accepted": not found.reasons and found.keys_available,
        "keys": found.keys_available,
        "refusals": [{"cause": cause, **reason._asdict()} for cause, reason in reasons.items()],
        "header": found.header,
        "claims": found.claims,
        "times": {name: format_age(found.claims[name], now) for name in _TIMES if name in found.claims},
        "scopes": {"known": known, "unknown": unknown},
        "rows": describe_rows(found, settings.graph.tenant),
    }


def _print_inspection(
    found: TokenInspection, reasons: dict[str, Explanation], settings: Settings, now: datetime
) -> None:
    grid = Table(box=None, show_header=False, pad_edge=False)
    for cause, reason in reasons.items():
        grid.add_row(Text(f"✗ {cause}", style="red"), Text(reason.message))
        grid.add_row("", Text(f"→ {reason.remedy}", style="yellow"))
    if not found.keys_available:
        grid.add_row(
            Text("✗ keys", style="red"), Text("The issuer's keys cannot be fetched, so the signature is not verified.")
        )
    if not reasons and found.keys_available:
        grid.add_row(Text("✓ accepted", style="green"), Text("The gateway accepts this token."))
    for name, value in (*found.header.items(), *found.claims.items()):
        if name == get_scope_claim(found):
            continue
        text = f"{value} ({format_age(value, now)})" if name in _TIMES else _format_claim(value)
        grid.add_row(Text(f"  {name}"), Text(text))
    if found.claims:
        _add_authority(grid, found, settings)
    print_table(grid)


def _add_authority(grid: Table, found: TokenInspection, settings: Settings) -> None:
    known, unknown = split_scopes(found)
    grid.add_row("  scopes known", Text(" ".join(known) or "none"))
    if unknown:
        grid.add_row("  scopes unknown", Text(f"{' '.join(unknown)} (grant nothing)"))
    seen = describe_rows(found, settings.graph.tenant)
    if not seen["served"]:
        grid.add_row("  rows", Text(f"none: this gateway serves tenant {settings.graph.tenant}"))
    elif not (seen["legal_entities"] and seen["regions"]):
        grid.add_row("  rows", Text("none: the token names no legal entities or no regions"))


def _format_claim(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
