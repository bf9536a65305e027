"""Small shared value types."""

from __future__ import annotations

from enum import StrEnum

import strawberry

from gateway.canonical.roles import DataClass, MaskMode
from gateway.schema.kernel import CountryCode, EmailAddress, Sensitive, sensitive_field


@strawberry.type
class Address:
    """A postal address."""

    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: CountryCode


@strawberry.enum
class ActorKind(StrEnum):
    """Who acts."""

    USER = "USER"
    SERVICE = "SERVICE"
    WORKFLOW = "WORKFLOW"
    SYSTEM = "SYSTEM"


@strawberry.type
class Actor:
    """A person or service account known to the identity provider or to a system."""

    id: strawberry.ID
    display_name: str
    kind: ActorKind
    email: EmailAddress | None = sensitive_field(Sensitive(DataClass.PERSONAL, MaskMode.PARTIAL))
