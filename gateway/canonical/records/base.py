"""The parts that every record shares."""

from datetime import datetime
from typing import ClassVar

import msgspec

from gateway.canonical.native import NativeId
from gateway.canonical.roles import SystemRole


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What one system says of one thing at one moment.

    `modified_at` is the system's own modification instant (aware UTC) or None where it reports none. `references` are the ids that other systems
    gave this record through the vendor's external-id fields: pairs of (field name as configured, value).
    """

    role: ClassVar[SystemRole]

    native: NativeId
    modified_at: datetime | None = None
    display_number: str | None = None
    url: str | None = None
    references: tuple[tuple[str, str], ...] = ()


class DimensionTag(msgspec.Struct, frozen=True):
    """One financial dimension on a record: raw dimension code and raw value code, as the system spells them."""

    dimension: str
    value: str


class PersonName(msgspec.Struct, frozen=True):
    """A person outside the resource pool (an account owner, a requester): native id and the name that the system shows."""

    id: str
    name: str
    email: str | None = None
