"""What one system contributes to a card."""

from typing import Final

import msgspec

from gateway.canonical.records.card import CardValues
from gateway.canonical.roles import Noun

UNMAPPED: Final = ""
"""A code of the system that has no mapping: the field that shows it is null, whatever other systems have."""


class Ref(msgspec.Struct, frozen=True, array_like=True):
    """A reference to another record: by its native id, or (without a connection) by its canonical code or number."""

    noun: Noun
    value: str
    connection: str | None = None


class CardContribution(CardValues, frozen=True, kw_only=True, omit_defaults=True):
    """One system's part of a card.

    Codes are canonical; `keys` are codes and numbers that identify the record across systems.

    A person's contribution holds no name, address or number: keys of people are keyed digests.
    """

    keys: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    customer: Ref | None = None
    contract: Ref | None = None
    opportunity: Ref | None = None
    manager: Ref | None = None
    parent: Ref | None = None
    projects: tuple[Ref, ...] = ()
    members: tuple[Ref, ...] = ()
