"""Parses request bodies attribute by attribute and collects all errors."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from subgraphs.kit.twin.table_store import TableStore
from subgraphs.psa.kantata.twin.refusals import FieldError, InvalidError, RefusalError
from subgraphs.psa.kantata.twin.values import InvalidValueError, ParseValue


class BodySchema(NamedTuple):
    """The body of a resource: its singular root, its attributes, and the required ones with the message if missing.

    `create_only`: attributes that an update ignores. `max_records`: the maximum number of records of one request.
    """

    root: str
    attributes: Mapping[str, ParseValue]
    required: Mapping[str, str]
    create_only: frozenset[str] = frozenset()
    max_records: int = 100

    def parse(
        self, body: Mapping[str, Any], tables: TableStore, *, creating: bool
    ) -> tuple[dict[str, Any], list[FieldError]]:
        """Return the values to store, and the errors."""
        values: dict[str, Any] = {}
        faults: list[FieldError] = []
        for name, message in self.required.items():
            if (creating or (name in body and name not in self.create_only)) and _is_blank(body.get(name)):
                faults.append(FieldError(message, name))
        told = {fault.field for fault in faults} | (frozenset() if creating else self.create_only)
        for name in body.keys() & self.attributes.keys() - told:
            try:
                values[name] = self.attributes[name](body[name], tables)
            except InvalidValueError as error:
                faults.append(FieldError(f"{_humanize(name)} {error}", name))
        return values, sorted(faults, key=lambda fault: list(self.attributes).index(fault.field))


def require_object(given: Any) -> dict[str, Any]:
    """Return a JSON object; raise RefusalError if it is not one."""
    if not isinstance(given, dict):
        raise RefusalError(400, "Missing required parameters")
    return given


def raise_for_errors(faults: Iterable[FieldError]) -> None:
    """Raise InvalidError if there are errors."""
    told = list(faults)
    if told:
        raise InvalidError(told)


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _humanize(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ").capitalize()


def build_required(*names: str) -> dict[str, str]:
    """Return the messages for missing attributes."""
    return {name: f"{_humanize(name)} can't be blank" for name in names}
