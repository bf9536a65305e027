"""The org's object model: the source of object descriptions and of the checks of rows and queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

Value = str | bool | int | Decimal | date | datetime | None
"""A field's value in memory; `codec` converts it to and from JSON."""


class FieldType(StrEnum):
    """The field types that the twin supports, by their names in a description."""

    ID = "id"
    STRING = "string"
    TEXT_AREA = "textarea"
    PICKLIST = "picklist"
    MULTIPICKLIST = "multipicklist"
    EMAIL = "email"
    PHONE = "phone"
    BOOLEAN = "boolean"
    DOUBLE = "double"
    PERCENT = "percent"
    CURRENCY = "currency"
    DATE = "date"
    DATETIME = "datetime"
    REFERENCE = "reference"


TEXT_TYPES = frozenset(
    {
        FieldType.STRING,
        FieldType.TEXT_AREA,
        FieldType.PICKLIST,
        FieldType.MULTIPICKLIST,
        FieldType.EMAIL,
        FieldType.PHONE,
    }
)
NUMBER_TYPES = frozenset({FieldType.DOUBLE, FieldType.PERCENT, FieldType.CURRENCY})
ID_TYPES = frozenset({FieldType.ID, FieldType.REFERENCE})


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field.

    `to` and `relationship` describe a reference. An external id need not be unique. A field that the service computes
    is not `writable`.
    """

    name: str
    type: FieldType
    required: bool = False
    writable: bool = True
    external_id: bool = False
    unique: bool = False
    to: str | None = None
    relationship: str | None = None

    @property
    def custom(self) -> bool:
        """Whether it is a custom field."""
        return self.name.endswith("__c")


@dataclass(frozen=True, kw_only=True)
class ObjectType:
    """One object: its fields by name, and its child relationships as (child object, field of the child) by name."""

    name: str
    prefix: str
    fields: Mapping[str, Field]
    children: Mapping[str, tuple[str, str]]

    def find_field(self, name: str) -> Field | None:
        """Return a field by its name, ignoring case."""
        return self.fields.get(name) or next(
            (field for key, field in self.fields.items() if key.lower() == name.lower()), None
        )

    def find_reference(self, relationship: str) -> Field | None:
        """Return the reference field of a relationship name, ignoring case."""
        wanted = relationship.lower()
        return next((field for field in self.fields.values() if (field.relationship or "").lower() == wanted), None)
