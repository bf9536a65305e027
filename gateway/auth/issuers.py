"""Whom the gateway trusts to issue tokens: one strict record per issuer, because real providers differ."""

from dataclasses import dataclass

from gateway.settings import IssuerSettings

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
TOKEN_TYPES = ("at+jwt", "application/at+jwt")


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """One issuer. Defaults are RFC 9068; a provider that deviates (typ JWT, `scp`) is named with what it does.

    `jwks_url` is https except on loopback, which the settings hold it to. `leeway` are seconds of clock skew.
    """

    issuer: str
    audience: str
    jwks_url: str
    algorithms: tuple[str, ...] = ALGORITHMS
    token_types: tuple[str, ...] = TOKEN_TYPES
    scope_claim: str = "scope"
    client_claim: str = "client_id"
    leeway: int = 30


def issuer_of(configured: IssuerSettings) -> Issuer:
    """Return the issuer that the settings name."""
    return Issuer(
        issuer=configured.issuer,
        audience=configured.audience,
        jwks_url=configured.jwks_url,
        token_types=configured.token_types,
        scope_claim=configured.scope_claim,
        client_claim=configured.client_claim,
        leeway=configured.leeway,
    )
