"""How a body is read: every attribute by itself, and all that is wrong told at once."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from subgraphs.kit.tables import Tables
from subgraphs.psa.kantata.twin.refusals import Fault, InvalidError, RefusalError
from subgraphs.psa.kantata.twin.values import Read, WrongError


class Form(NamedTuple):
    """The body of a resource: its singular root, its attributes, those that must be there and how their absence is told.

    `once` are those that only a creation takes, `most` is how many are made at once.
    """

    root: str
    attributes: Mapping[str, Read]
    required: Mapping[str, str]
    once: frozenset[str] = frozenset()
    most: int = 100

    def read(self, given: Mapping[str, Any], tables: Tables, *, making: bool) -> tuple[dict[str, Any], list[Fault]]:
        """Return what is to be stored, and what is wrong with it."""
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        for name, message in self.required.items():
            if (making or (name in given and name not in self.once)) and _is_blank(given.get(name)):
                faults.append(Fault(message, name))
        told = {fault.field for fault in faults} | (frozenset() if making else self.once)
        for name in given.keys() & self.attributes.keys() - told:
            try:
                values[name] = self.attributes[name](given[name], tables)
            except WrongError as error:
                faults.append(Fault(f"{_spoken(name)} {error}", name))
        return values, sorted(faults, key=lambda fault: list(self.attributes).index(fault.field))


def mapping(given: Any) -> dict[str, Any]:
    """Return what has to be an object; raise RefusalError where it is none."""
    if not isinstance(given, dict):
        raise RefusalError(400, "Missing required parameters")
    return given


def refuse_wrong(faults: Iterable[Fault]) -> None:
    """Raise InvalidError for what is wrong, if anything is."""
    told = list(faults)
    if told:
        raise InvalidError(told)


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _spoken(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ").capitalize()


def blank(*names: str) -> dict[str, str]:
    """Return how the absence of attributes is told."""
    return {name: f"{_spoken(name)} can't be blank" for name in names}
