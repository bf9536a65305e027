"""The trusted issuers of access tokens: one strict record each, because providers differ."""

from dataclasses import dataclass

from gateway.settings import IssuerSettings

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
TOKEN_TYPES = ("at+jwt", "application/at+jwt")


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """One issuer. Defaults follow RFC 9068; the record of a provider that deviates (typ JWT, `scp`) says how.

    `jwks_url` is https except on loopback; the settings check that. In seconds: `leeway` is the accepted clock skew,
    `max_lifetime` the longest time from `iat` to `exp`.
    """

    issuer: str
    audience: str
    jwks_url: str
    algorithms: tuple[str, ...] = ALGORITHMS
    token_types: tuple[str, ...] = TOKEN_TYPES
    scope_claim: str = "scope"
    client_claim: str = "client_id"
    leeway: int = 30
    max_lifetime: int = 86_400


def build_issuer(configured: IssuerSettings) -> Issuer:
    """Return the issuer of a settings section."""
    return Issuer(
        issuer=configured.issuer,
        audience=configured.audience,
        jwks_url=configured.jwks_url,
        token_types=configured.token_types,
        scope_claim=configured.scope_claim,
        client_claim=configured.client_claim,
        leeway=configured.leeway,
        max_lifetime=configured.max_lifetime,
    )
