"""The attributes that all records share."""

from datetime import datetime
from typing import ClassVar

import msgspec

from gateway.canonical.native import NativeId
from gateway.canonical.roles import SystemRole


class UnreadableValue(msgspec.Struct, frozen=True):
    """An attribute whose value the gateway could not read, in the vendor's terms; the value itself is never kept.

    `attribute` is the record's attribute, empty if no attribute depends on the field.
    """

    attribute: str
    object: str
    field: str


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One system's data about one object at one moment.

    `modified_at` is the system's own time of modification (aware UTC), None if it reports none. `references` are ids of
    other systems in the vendor's external-id fields: pairs of (field name as configured, value). `unreadable` lists the
    attributes that the system supplied in a form that could not be read; they hold their defaults.
    """

    role: ClassVar[SystemRole]

    native: NativeId
    modified_at: datetime | None = None
    display_number: str | None = None
    url: str | None = None
    references: tuple[tuple[str, str], ...] = ()
    unreadable: tuple[UnreadableValue, ...] = ()


class DimensionTag(msgspec.Struct, frozen=True):
    """One financial dimension of a record: the raw codes of dimension and value."""

    dimension: str
    value: str


class PersonName(msgspec.Struct, frozen=True):
    """A person who need not be a resource (an account owner, a requester): native id and display name."""

    id: str
    name: str
    email: str | None = None
