"""The principal: verified authority, and the only thing that carries it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gateway.auth.roles import Breadth
from gateway.auth.scopes import AUDIT, conflicting, granted
from gateway.canonical.roles import DataClass

EVERYTHING = "*"
CLASSIFIED = frozenset(
    {DataClass.FINANCIAL_RESTRICTED, DataClass.PERSONAL, DataClass.SPECIAL_PERSONAL, DataClass.SECRET}
)


class ClaimError(ValueError):
    """A token whose claims cannot be turned into authority; the message goes to the metric, never to the caller."""


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who asks, and what they may see. `legal_entities` and `regions` None: all of them, which a token has to say explicitly.

    `masked` are the data classes that are shown only through their mask. `expires_at` is aware UTC.
    """

    subject: str
    client_id: str
    tenant: str
    scopes: frozenset[str]
    roles: frozenset[str]
    legal_entities: frozenset[str] | None
    regions: frozenset[str] | None
    breadth: Breadth
    actor_id: str | None
    masked: frozenset[DataClass]
    expires_at: datetime


def principal_of(claims: Mapping[str, Any], *, scope_claim: str, client_claim: str) -> Principal:
    """Turn verified claims into authority. What a token does not say is nothing: no entities, no regions, own records only.

    Raises ClaimError for claims of the wrong shape, or for the audit scope together with a power to change something.
    """
    scopes = granted(_words(claims.get(scope_claim)))
    if conflicting(scopes):
        raise ClaimError("audit together with a power to change")
    tenant, client = claims.get("tenant"), claims.get(client_claim)
    if not (isinstance(tenant, str) and tenant and isinstance(client, str) and client):
        raise ClaimError("no tenant or client")
    breadth = claims.get("breadth", Breadth.OWN.value)
    if breadth not in set(Breadth):
        raise ClaimError("unknown breadth")
    actor = claims.get("actor_id")
    return Principal(
        subject=str(claims["sub"]),
        client_id=client,
        tenant=tenant,
        scopes=scopes,
        roles=frozenset(_words(claims.get("roles"))),
        legal_entities=_bounds(claims.get("legal_entities")),
        regions=_bounds(claims.get("regions")),
        breadth=Breadth(breadth),
        actor_id=actor if isinstance(actor, str) else None,
        masked=CLASSIFIED if AUDIT in scopes else frozenset(),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


def _words(claim: Any) -> list[str]:
    """Read a claim that providers write as a string of words or as a list of them."""
    if claim is None:
        return []
    if isinstance(claim, str):
        return claim.split(" ")  # RFC 6749, 3.3: no other character parts words, whatever it looks like
    if isinstance(claim, list) and all(isinstance(word, str) for word in claim):
        return claim
    raise ClaimError("a claim is neither words nor a list of words")


def _bounds(claim: Any) -> frozenset[str] | None:
    words = frozenset(_words(claim))
    return None if EVERYTHING in words else words
