"""Reads a connection's options and mapping file into the vendor's typed structs, telling everything that is wrong at once."""

import types
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from gateway.errors import ConfigurationError

S = TypeVar("S", bound=msgspec.Struct)


class MappingSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base class of a mapping file's sections."""


def read_strictly(given: Mapping[str, Any], kind: type[S], subject: str) -> S:
    """Return the struct; raises ConfigurationError with one finding per missing or unknown key, or else with the first value that does not fit.

    `subject` (such as "mapping") starts every finding. Keys are refused also below structs that tolerate unknown ones.
    """
    findings = list(_odd_keys(given, kind, subject))
    if findings:
        raise ConfigurationError(findings)
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        place, told = _place(str(error))
        raise ConfigurationError([f"{subject}{place}: {told}"]) from None


def _odd_keys(given: Any, kind: Any, place: str) -> Iterator[str]:
    """Walk the value along the type; where a type is a choice of several structs, msgspec's own check has to do."""
    members = [member for member in _members(kind) if member is not type(None)]
    if len(members) != 1:
        return
    struct, inner = members[0], [each for each in get_args(members[0]) if each is not Ellipsis]
    if isinstance(struct, type) and issubclass(struct, msgspec.Struct) and isinstance(given, Mapping):
        yield from _odd_in_struct(given, struct, place)
    elif inner and isinstance(given, Mapping):
        for key, value in given.items():
            yield from _odd_keys(value, inner[-1], f"{place}.{key}")
    elif inner and isinstance(given, list):
        for number, value in enumerate(given):
            yield from _odd_keys(value, inner[0], f"{place}[{number}]")


def _odd_in_struct(given: Mapping[str, Any], struct: type[msgspec.Struct], place: str) -> Iterator[str]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    hints = get_type_hints(struct)
    for key in sorted(given.keys() - fields.keys()):
        yield f"{place}.{key}: there is no such key; there are {', '.join(sorted(fields))}"
    for key, field in fields.items():
        if key in given:
            yield from _odd_keys(given[key], hints[field.name], f"{place}.{key}")
        elif field.required:
            yield f"{place}.{key}: is missing"


def _members(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in {Union, types.UnionType} else (kind,)


def _place(told: str) -> tuple[str, str]:
    """Split msgspec's sentence into the place, as a path, and what is wrong there."""
    what, marker, path = told.rpartition(" - at `$")
    return (path.removesuffix("`"), what) if marker else ("", told)
