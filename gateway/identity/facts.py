"""What one system says of a thing, as far as its card needs it."""

from datetime import date, datetime

import msgspec

from gateway.canonical.roles import Noun


class Ref(msgspec.Struct, frozen=True, array_like=True):
    """A thing named by a system: by its id there, or (without a connection) by the firm's own code or number."""

    noun: Noun
    value: str
    connection: str | None = None


class CardFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One system's part of a card. Words are the firm's; `keys` are codes and numbers that identify the thing across systems.

    A person's facts hold no name, address or number: keys of people are keyed digests.
    """

    code: str | None = None
    name: str | None = None
    number: str | None = None
    status: str | None = None
    type: str | None = None
    currency: str | None = None
    legal_entity: str | None = None
    legal_entities: tuple[str, ...] = ()
    region: str | None = None
    service_line: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    modified_at: datetime | None = None
    keys: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    customer: Ref | None = None
    contract: Ref | None = None
    opportunity: Ref | None = None
    manager: Ref | None = None
    parent: Ref | None = None
    projects: tuple[Ref, ...] = ()
    members: tuple[Ref, ...] = ()
