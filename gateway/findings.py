"""What is wrong with settings, in words: which key, what it has to be, and what it is for. Values are never repeated: they may be secrets."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

_WORDS: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "string_type": "has to be text in quotes",
    "string_pattern_mismatch": "has to fit {pattern}",
    "int_parsing": "has to be a whole number",
    "int_type": "has to be a whole number",
    "int_from_float": "has to be a whole number",
    "float_parsing": "has to be a number",
    "float_type": "has to be a number",
    "bool_parsing": "has to be true or false",
    "bool_type": "has to be true or false",
    "enum": "has to be {expected}",
    "literal_error": "has to be {expected}",
    "greater_than": "has to be more than {gt:g}",
    "greater_than_equal": "has to be at least {ge:g}",
    "less_than_equal": "has to be at most {le:g}",
    "model_type": "has to be a section of its own",
    "tuple_type": "has to be a list",
    "dict_type": "has to be a table",
    "path_type": "has to be a path in quotes",
    "value_error": "{error}",
}
"""By pydantic's kind of error, what is told of it."""
_NAMES: Final = ("name", "issuer")
"""Keys by which a person tells one section of a list from another."""
_CLOSE: Final = 0.7


def findings(
    error: ValidationError, model: type[BaseModel], values: Mapping[str, Any], origins: Mapping[tuple[Any, ...], str]
) -> list[str]:
    """Return one line per mistake. `origins` are the variables that gave a value, by its place."""
    return [_finding(each, model, values, origins) for each in error.errors(include_input=False)]


def _finding(
    error: Any, model: type[BaseModel], values: Mapping[str, Any], origins: Mapping[tuple[Any, ...], str]
) -> str:
    place: tuple[Any, ...] = error["loc"]
    around, field = _declared(model, place)
    told = ".".join(str(part) for part in place) + _whose(values, place)
    origin = origins.get(place[:2]) or origins.get(place[:1])
    if origin is not None:
        told = f"{origin} ({told})"
    if error["type"] == "extra_forbidden":
        return f"{told}: there is no such setting; {_instead(str(place[-1]), around)}"
    words = _WORDS.get(error["type"])
    said = error["msg"] if words is None else words.format_map(error.get("ctx", {}))
    meaning = f": {field.description}" if field is not None and field.description else ""
    return f"{told}: {said}{meaning}"


def _declared(model: type[BaseModel], place: tuple[Any, ...]) -> tuple[type[BaseModel], FieldInfo | None]:
    """Return the section that a place lies in, and the field that is declared there, if one is."""
    field: FieldInfo | None = None
    for part in place:
        if isinstance(part, int):
            continue
        inner = _section(field) if field is not None else None
        model = inner or model
        field = model.model_fields.get(part)
    return model, field


def _section(field: FieldInfo) -> type[BaseModel] | None:
    candidates = (field.annotation, *get_args(field.annotation))
    return next((each for each in candidates if isinstance(each, type) and issubclass(each, BaseModel)), None)


def _whose(values: Mapping[str, Any], place: tuple[Any, ...]) -> str:
    """Name the section of a list that a place lies in, as " (crm)"."""
    match place:
        case (name, int(index), _, *_):
            section = values[name][index]
        case _:
            return ""
    named = [section[key] for key in _NAMES if isinstance(section, dict) and isinstance(section.get(key), str)]
    return f" ({named[0]})" if named else ""


def _instead(unknown: str, model: type[BaseModel]) -> str:
    known = [
        name for name, field in model.model_fields.items() if field.description
    ]  # what is documented is for the file
    near = get_close_matches(unknown, known, n=1, cutoff=_CLOSE)
    return f"{near[0]} is meant?" if near else f"there are {', '.join(known)}"
