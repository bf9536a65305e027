"""Shared value types: addresses and actors."""

from __future__ import annotations

from enum import StrEnum

import strawberry

from gateway.canonical.roles import DataClass, MaskMode
from gateway.schema.kernel import CountryCode, EmailAddress, Sensitive, sensitive_field


@strawberry.type
class Address:
    """A postal address."""

    line1: str | None
    """Street and number."""
    line2: str | None
    """Further address line, such as a building or suite."""
    city: str | None
    """City or town."""
    region: str | None
    """State, province or county."""
    postal_code: str | None
    """Postal code."""
    country: CountryCode
    """Country."""


@strawberry.enum
class ActorKind(StrEnum):
    """Kind of an actor."""

    USER = "USER"
    """A person."""
    SERVICE = "SERVICE"
    """A service account."""
    WORKFLOW = "WORKFLOW"
    """A workflow of the gateway."""
    SYSTEM = "SYSTEM"
    """A connected system."""


@strawberry.type
class Actor:
    """A person or service account known to the identity provider or to a system."""

    id: strawberry.ID
    """Id of the actor at the identity provider or in the source system."""
    display_name: str
    """Name to display; the id if no name is known."""
    kind: ActorKind
    """Person, service account, workflow or system."""
    email: EmailAddress | None = sensitive_field(Sensitive(DataClass.PERSONAL, MaskMode.PARTIAL))
    """E-mail address."""
