"""Parses a connection's options and mapping file into the vendor's structs and reports all unknown and missing keys."""

import types
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from gateway.errors import ConfigurationError

S = TypeVar("S", bound=msgspec.Struct)


class MappingSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base class of a mapping file's sections."""


def read_strictly(given: Mapping[str, Any], kind: type[S], subject: str) -> S:
    """Return the struct; raise ConfigurationError with all unknown and missing keys, or the first invalid value.

    `subject` (such as "mapping") starts every finding. Unknown keys are errors even where a struct would ignore them.
    """
    findings = list(_find_key_errors(given, kind, subject))
    if findings:
        raise ConfigurationError(findings)
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        place, message = _split_place(str(error))
        raise ConfigurationError([f"{subject}{place}: {message}"]) from None


def _find_key_errors(given: Any, kind: Any, place: str) -> Iterator[str]:
    """Walk the value along the type. A union of several structs is left to msgspec's own check."""
    members = [member for member in _get_members(kind) if member is not type(None)]
    if len(members) != 1:
        return
    struct, inner = members[0], [each for each in get_args(members[0]) if each is not Ellipsis]
    if isinstance(struct, type) and issubclass(struct, msgspec.Struct) and isinstance(given, Mapping):
        yield from _find_struct_errors(given, struct, place)
    elif inner and isinstance(given, Mapping):
        for key, value in given.items():
            yield from _find_key_errors(value, inner[-1], f"{place}.{key}")
    elif inner and isinstance(given, list):
        for number, value in enumerate(given):
            yield from _find_key_errors(value, inner[0], f"{place}[{number}]")


def _find_struct_errors(given: Mapping[str, Any], struct: type[msgspec.Struct], place: str) -> Iterator[str]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    hints = get_type_hints(struct)
    for key in sorted(given.keys() - fields.keys()):
        yield f"{place}.{key}: unknown key; known keys: {', '.join(sorted(fields))}"
    for key, field in fields.items():
        if key in given:
            yield from _find_key_errors(given[key], hints[field.name], f"{place}.{key}")
        elif field.required:
            yield f"{place}.{key}: is missing"


def _get_members(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in {Union, types.UnionType} else (kind,)


def _split_place(text: str) -> tuple[str, str]:
    """Split msgspec's message into the place, as a path, and the error."""
    message, marker, path = text.rpartition(" - at `$")
    return (path.removesuffix("`"), message) if marker else ("", text)
