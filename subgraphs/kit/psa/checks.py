"""The check of a PSA connection: login, read permission on every resource, and the mapping file's custom fields."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.kit.checks import Remedies, build_failure, check_count

CUSTOM_FIELDS = "custom_fields"
_REMEDY = "Correct the name in the mapping file, remove it there, or create the field with a single value."


@dataclass(frozen=True)
class FieldName:
    """A custom field that the mapping file names. `customizable` is the vendor's type that has it, if needed."""

    name: str
    customizable: str | None = None

    @property
    def subject(self) -> str:
        """The subject of the field's finding."""
        return f"custom field {self.name}" + (f" of {self.customizable}" if self.customizable else "")


LoadFields = Callable[[], Awaitable[Callable[[FieldName], bool]]]
"""Reads the custom fields of the system; returns whether a field exists that can be used."""


def list_field_names(section: msgspec.Struct, customizable: str | None = None) -> Iterator[FieldName]:
    """Yield the custom fields that a section of the mapping file names, those of its dimensions included."""
    for value in msgspec.structs.astuple(section):
        names = value.values() if isinstance(value, Mapping) else [value]
        yield from (FieldName(name, customizable) for name in names if name is not None)


async def check_psa(
    count: Callable[[str], Awaitable[int]],
    resources: Iterable[str],
    fields: Iterable[FieldName],
    load_fields: LoadFields,
    remedies: Remedies,
) -> Sequence[Finding]:
    """Return one finding per resource and per custom field; only that of the login if the credentials are rejected."""
    findings: list[Finding] = []
    for resource in dict.fromkeys(resources):
        finding, code = await check_count(resource, count, remedies)
        if code is FaultCode.AUTH_EXPIRED:
            return [finding]
        findings.append(finding)
    return [*findings, *await _check_fields(list(dict.fromkeys(fields)), load_fields, remedies)]


async def _check_fields(fields: Sequence[FieldName], load_fields: LoadFields, remedies: Remedies) -> Sequence[Finding]:
    if not fields:
        return []
    try:
        exists = await load_fields()
    except SourceError as error:
        return [build_failure(CUSTOM_FIELDS, error, remedies)]
    return [_build_finding(field, exists=exists(field)) for field in fields]


def _build_finding(field: FieldName, *, exists: bool) -> Finding:
    if exists:
        return Finding(subject=field.subject, ok=True, message="The field exists.")
    return Finding(subject=field.subject, ok=False, message=f"There is no field {field.name}.", remedy=_REMEDY)
