"""Converts field values to and from JSON: dates, `+0000` datetimes, exact numbers."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from subgraphs.crm.salesforce.identifier import to_long_id
from subgraphs.crm.salesforce.twin.model import ID_TYPES, NUMBER_TYPES, Field, FieldType, Value
from subgraphs.crm.salesforce.twin.responses import Json, RefusalError


def to_wire(value: Value) -> Json:
    """Return a value as JSON: datetimes with milliseconds and an offset without colon."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + ".000+0000"
    if isinstance(value, date):
        return value.isoformat()
    return value


def from_wire(field: Field, raw: Json) -> Value:
    """Convert a JSON value to the field's type; raise the service's error for a value of another type."""
    if raw is None or raw == "":
        return None
    try:
        return _convert(field.type, raw)
    except (ValueError, TypeError, InvalidOperation):
        json_type = "VALUE_STRING" if isinstance(raw, str) else "VALUE_NUMBER"
        message = (
            f"Cannot deserialize instance of {field.type} from {json_type} value {raw} or request may be missing a "
            "required field"
        )
        raise RefusalError(400, "JSON_PARSER_ERROR", message) from None


def _convert(field_type: FieldType, raw: Json) -> Value:
    if field_type is FieldType.BOOLEAN:
        if not isinstance(raw, bool):
            raise TypeError
        return raw
    if field_type in NUMBER_TYPES:
        if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str):
            raise TypeError
        return Decimal(raw)
    if not isinstance(raw, str):
        raise TypeError
    if field_type is FieldType.DATE:
        return date.fromisoformat(raw)
    if field_type is FieldType.DATETIME:
        return parse_instant(raw)
    if field_type in ID_TYPES:
        identifier = to_long_id(raw)
        if identifier is None:
            raise RefusalError(400, "MALFORMED_ID", f"malformed id {raw}")
        return identifier
    return raw


def parse_instant(text: str) -> datetime:
    """Parse an ISO 8601 instant with an offset; raise ValueError otherwise."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant.astimezone(UTC)
