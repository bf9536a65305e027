"""What a generated vendor folder says where something is still to be supplied."""

from collections.abc import Iterable, Mapping

import msgspec

from gateway.canonical.records.base import Record
from gateway.errors import InternalError
from gateway.ports.lineage import COMMON, PROPOSED, Lineage, Origin, Supplied

CHAPTER = 'CONTRIBUTING.md, "Add a vendor in one folder"'


class UnbuiltError(InternalError):
    """A promise that a vendor folder does not keep yet; the message says what to do next."""


def unbuilt(place: str, step: str, *_asked: object) -> UnbuiltError:
    """Return the error of a promise: the file to go on in, and the step in plain words; what was asked is of no matter yet."""
    return UnbuiltError(f"{place}: {step} ({CHAPTER})")


def proposed(records: Iterable[type[Record]]) -> Lineage:
    """Propose that the vendor has a place for every attribute; each is to be looked at, and said where it is from or why there is none."""
    return {record: _origins(record) for record in records}


def _origins(record: type[Record]) -> Mapping[str, Origin]:
    names = [field.name for field in msgspec.structs.fields(record) if field.name not in COMMON]
    return {name: Supplied(PROPOSED, name) for name in names}
