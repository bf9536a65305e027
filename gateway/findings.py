"""Describes mistakes in settings: the key, what is expected, and the key's documentation.

Values are never repeated: they may be secrets.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

_MESSAGES: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "string_type": "must be a string in quotes",
    "string_pattern_mismatch": "must match {pattern}",
    "int_parsing": "must be an integer",
    "int_type": "must be an integer",
    "int_from_float": "must be an integer",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "greater_than": "must be greater than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "model_type": "must be a section",
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "path_type": "must be a path in quotes",
    "value_error": "{error}",
}
"""The message for each of pydantic's error types."""
_NAMES: Final = ("name", "issuer")
"""Keys that identify one section of a list."""
_CLOSE: Final = 0.7


def describe_errors(
    error: ValidationError, model: type[BaseModel], values: Mapping[str, Any], origins: Mapping[tuple[Any, ...], str]
) -> list[str]:
    """Return one line per mistake. `origins` are the environment variables that set a value, by its location."""
    return [_describe_error(each, model, values, origins) for each in error.errors(include_input=False)]


def _describe_error(
    error: Any, model: type[BaseModel], values: Mapping[str, Any], origins: Mapping[tuple[Any, ...], str]
) -> str:
    place: tuple[Any, ...] = error["loc"]
    section, field = _find_field(model, place)
    name = ".".join(str(part) for part in place) + _name_section(values, place)
    origin = origins.get(place[:2]) or origins.get(place[:1])
    if origin is not None:
        name = f"{origin} ({name})"
    if error["type"] == "extra_forbidden":
        return f"{name}: unknown setting; {_suggest(str(place[-1]), section)}"
    template = _MESSAGES.get(error["type"])
    message = error["msg"] if template is None else template.format_map(error.get("ctx", {}))
    documentation = f": {field.description}" if field is not None and field.description else ""
    return f"{name}: {message}{documentation}"


def _find_field(model: type[BaseModel], place: tuple[Any, ...]) -> tuple[type[BaseModel], FieldInfo | None]:
    """Return the section of a location, and the field that is declared there, if any."""
    field: FieldInfo | None = None
    for part in place:
        if isinstance(part, int):
            continue
        inner = _find_section(field) if field is not None else None
        model = inner or model
        field = model.model_fields.get(part)
    return model, field


def _find_section(field: FieldInfo) -> type[BaseModel] | None:
    candidates = (field.annotation, *get_args(field.annotation))
    return next((each for each in candidates if isinstance(each, type) and issubclass(each, BaseModel)), None)


def _name_section(values: Mapping[str, Any], place: tuple[Any, ...]) -> str:
    """Return the name of the list section of a location, as " (crm)"; empty for other locations."""
    match place:
        case (name, int(index), _, *_):
            section = values[name][index]
        case _:
            return ""
    names = [section[key] for key in _NAMES if isinstance(section, dict) and isinstance(section.get(key), str)]
    return f" ({names[0]})" if names else ""


def _suggest(unknown: str, model: type[BaseModel]) -> str:
    # Only documented fields can be set in the file.
    known = [name for name, field in model.model_fields.items() if field.description]
    near = get_close_matches(unknown, known, n=1, cutoff=_CLOSE)
    return f"did you mean {near[0]}?" if near else f"known settings are {', '.join(known)}"
