"""The errors and lineage of a generated vendor folder that is not implemented yet."""

from collections.abc import Iterable, Mapping

import msgspec

from gateway.canonical.records.base import Record
from gateway.errors import InternalError
from gateway.ports.lineage import COMMON_ATTRIBUTES, PROPOSED, Lineage, Origin, Supplied

CHAPTER = 'CONTRIBUTING.md, "Add a vendor in one folder"'


class UnfinishedError(InternalError):
    """A function of a generated vendor folder is not implemented; the message names the file and the next step."""

    def __init__(self, place: str, step: str, *_arguments: object) -> None:
        super().__init__(f"{place}: {step} ({CHAPTER})")


def propose_lineage(records: Iterable[type[Record]]) -> Lineage:
    """Return a lineage that claims support for every attribute; each needs its origin, or the reason it has none."""
    return {record: _propose_origins(record) for record in records}


def _propose_origins(record: type[Record]) -> Mapping[str, Origin]:
    names = [field.name for field in msgspec.structs.fields(record) if field.name not in COMMON_ATTRIBUTES]
    return {name: Supplied(PROPOSED, name) for name in names}
