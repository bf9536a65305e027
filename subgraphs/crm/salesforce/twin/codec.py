"""Field values between memory and wire: dates, `+0000` datetimes, exact numbers."""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from subgraphs.crm.salesforce.identifier import to_long_id
from subgraphs.crm.salesforce.twin.answers import Json, RefusalError
from subgraphs.crm.salesforce.twin.model import ID_TYPES, NUMBER_TYPES, Field, FieldType, Value


def to_wire(value: Value) -> Json:
    """Return the JSON form: datetimes with milliseconds and an offset without colon, dates bare."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + ".000+0000"
    if isinstance(value, date):
        return value.isoformat()
    return value


def from_wire(field: Field, raw: Json) -> Value:
    """Read a JSON value as the field's kind has it; raise the service's refusal when it is of another kind."""
    if raw is None or raw == "":
        return None
    try:
        return _convert(field.type, raw)
    except (ValueError, TypeError, InvalidOperation):
        kind = "VALUE_STRING" if isinstance(raw, str) else "VALUE_NUMBER"
        message = f"Cannot deserialize instance of {field.type} from {kind} value {raw} or request may be missing a required field"
        raise RefusalError(400, "JSON_PARSER_ERROR", message) from None


def _convert(kind: FieldType, raw: Json) -> Value:
    if kind is FieldType.BOOLEAN:
        if not isinstance(raw, bool):
            raise TypeError
        return raw
    if kind in NUMBER_TYPES:
        if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str):
            raise TypeError
        return Decimal(raw)
    if not isinstance(raw, str):
        raise TypeError
    if kind is FieldType.DATE:
        return date.fromisoformat(raw)
    if kind is FieldType.DATETIME:
        return parse_instant(raw)
    if kind in ID_TYPES:
        identifier = to_long_id(raw)
        if identifier is None:
            raise RefusalError(400, "MALFORMED_ID", f"malformed id {raw}")
        return identifier
    return raw


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant that names its offset; raise ValueError otherwise."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError(text)
    return read.astimezone(UTC)
