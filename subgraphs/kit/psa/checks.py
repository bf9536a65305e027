"""The check of a PSA connection: login, read permission on every resource, and the mapping file's fields."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.kit.checks import Remedies, build_failure, check_count
from subgraphs.kit.type_checks import check_type

CUSTOM_FIELDS = "custom_fields"
_REMEDY = "Correct the name in the mapping file, remove it there, or create the field with a single value."
_CONVERT = "Map a field of that type to the key, or create one."


@dataclass(frozen=True)
class FieldName:
    """A custom field that the mapping file names. `customizable` is the vendor's type that has it, if needed."""

    name: str
    customizable: str | None = None

    @property
    def subject(self) -> str:
        """The subject of the field's finding."""
        return f"custom field {self.name}" + (f" of {self.customizable}" if self.customizable else "")


MappedFields = Mapping[FieldName, Sequence[str]]
"""The keys of the mapping file by the field that they name."""
LoadTypes = Callable[[], Awaitable[Callable[[FieldName], str | None]]]
"""Reads the custom fields; returns the vendor's name of a field's type: None for no field, "" for an unknown type."""


def group_fields(named: Iterable[tuple[str, FieldName]]) -> MappedFields:
    """Return the keys of each field, in order."""
    keys: dict[FieldName, list[str]] = {}
    for key, field in named:
        keys.setdefault(field, []).append(key)
    return keys


def list_field_names(
    name: str, section: msgspec.Struct, customizable: str | None = None
) -> Iterator[tuple[str, FieldName]]:
    """Yield (key, field) of the custom fields that a section of the mapping file names, its dimensions included."""
    for key, value in msgspec.structs.asdict(section).items():
        names = value.items() if isinstance(value, Mapping) else [("", value)]
        for inner, field in names:
            if field is not None:
                yield f"{name}.{key}" + (f".{inner}" if inner else ""), FieldName(field, customizable)


async def check_psa(
    count: Callable[[str], Awaitable[int]],
    resources: Iterable[str],
    fields: MappedFields,
    load_types: LoadTypes,
    get_needed: Callable[[str], Collection[str]],
    remedies: Remedies,
) -> Sequence[Finding]:
    """Return one finding per resource and per custom field; only that of the login if the credentials are rejected.

    `get_needed` returns the types that a key of the mapping file can be read from.
    """
    findings: list[Finding] = []
    for resource in dict.fromkeys(resources):
        finding, code = await check_count(resource, count, remedies)
        if code is FaultCode.AUTH_EXPIRED:
            return [finding]
        findings.append(finding)
    if not fields:
        return findings
    try:
        get_type = await load_types()
    except SourceError as error:
        return [*findings, build_failure(CUSTOM_FIELDS, error, remedies)]
    return [*findings, *(_check_field(field, keys, get_type(field), get_needed) for field, keys in fields.items())]


def _check_field(
    field: FieldName, keys: Sequence[str], reported: str | None, get_needed: Callable[[str], Collection[str]]
) -> Finding:
    if reported is None:
        message = f"There is no field {field.name}."
        return Finding(subject=field.subject, ok=False, message=message, remedy=_REMEDY)
    wrong = (check_type(field.subject, (key,), get_needed(key), reported, _CONVERT) for key in keys)
    return next(filter(None, wrong), Finding(subject=field.subject, ok=True, message="The field exists."))
