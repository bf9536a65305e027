"""The principal: the verified authority of a caller, and the only object that carries authority."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gateway.auth.scopes import AUDIT, has_audit_conflict, select_known_scopes
from gateway.auth.user_roles import RowAccess
from gateway.canonical.roles import DataClass

EVERYTHING = "*"
CLASSIFIED = frozenset(
    {DataClass.FINANCIAL_RESTRICTED, DataClass.PERSONAL, DataClass.SPECIAL_PERSONAL, DataClass.SECRET}
)


class ClaimError(ValueError):
    """The claims of a token give no authority. The message is for operators, never for the caller."""


@dataclass(frozen=True, kw_only=True)
class Principal:
    """The caller and what the caller may see.

    `legal_entities` or `regions` None: all of them, which a token must state explicitly.

    `customers` are the customer numbers of a caller with the row access CUSTOMER.

    Values of the data classes in `masked` are shown only masked. `expires_at` is aware UTC.
    """

    subject: str
    client_id: str
    tenant: str
    scopes: frozenset[str]
    roles: frozenset[str]
    legal_entities: frozenset[str] | None
    regions: frozenset[str] | None
    row_access: RowAccess
    actor_id: str | None
    masked: frozenset[DataClass]
    expires_at: datetime
    customers: frozenset[str] = frozenset()


def build_principal(claims: Mapping[str, Any], *, scope_claim: str, client_claim: str) -> Principal:
    """Build the principal of verified claims. Missing claims grant nothing: no entities, no regions, own records only.

    Raises ClaimError for claims of the wrong type, or for the audit scope together with a scope that changes data.
    """
    scopes = select_known_scopes(_parse_values(claims.get(scope_claim)))
    if has_audit_conflict(scopes):
        raise ClaimError("the audit scope together with a scope that changes data")
    tenant, client = claims.get("tenant"), claims.get(client_claim)
    if not (isinstance(tenant, str) and tenant and isinstance(client, str) and client):
        raise ClaimError("no tenant or client")
    row_access = claims.get("row_access", RowAccess.OWN.value)
    if row_access not in set(RowAccess):
        raise ClaimError("unknown row_access")
    actor = claims.get("actor_id")
    return Principal(
        subject=str(claims["sub"]),
        client_id=client,
        tenant=tenant,
        scopes=scopes,
        roles=frozenset(_parse_values(claims.get("roles"))),
        legal_entities=_parse_bounds(claims.get("legal_entities")),
        regions=_parse_bounds(claims.get("regions")),
        row_access=RowAccess(row_access),
        actor_id=actor if isinstance(actor, str) else None,
        masked=CLASSIFIED if AUDIT in scopes else frozenset(),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        customers=frozenset(_parse_values(claims.get("customers"))),
    )


def _parse_values(claim: Any) -> list[str]:
    """Return the values of a claim that providers send as a space-separated string or as a list."""
    if claim is None:
        return []
    if isinstance(claim, str):
        return claim.split(" ")  # RFC 6749, 3.3: only the space separates values
    if isinstance(claim, list) and all(isinstance(value, str) for value in claim):
        return claim
    raise ClaimError("a claim is neither a string nor a list of strings")


def _parse_bounds(claim: Any) -> frozenset[str] | None:
    values = frozenset(_parse_values(claim))
    return None if EVERYTHING in values else values
