"""Commands: the writes that the gateway asks of systems, one frozen struct per operation.

A command's class says the role, the operation and the type of object; its fields are the payload. The write log stores
commands as JSON and reads them back by class name, so a class keeps its name for as long as runs refer to it.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Final, Generic, TypeVar

import msgspec

from gateway.canonical.roles import SystemRole
from gateway.canonical.workflows import WriteOperation
from gateway.errors import DeclarationError

ValueT = TypeVar("ValueT")
CommandT = TypeVar("CommandT", bound="Command")


class Change(msgspec.Struct, Generic[ValueT], frozen=True):
    """A field of an update: the value to set, and the value that the plan saw before it (None: empty)."""

    after: ValueT
    before: ValueT | None = None


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One write to one system.

    `id` of an update, transition or deletion names the object; creates have no such field.
    """

    role: ClassVar[SystemRole]
    operation: ClassVar[WriteOperation]
    object_type: ClassVar[str]


_CLASSES: Final[dict[str, type[Command]]] = {}


def command(
    role: SystemRole, operation: WriteOperation, object_type: str
) -> Callable[[type[CommandT]], type[CommandT]]:
    """Declare what a command does, to what, and in which role's system.

    Raises DeclarationError for a second class of the same name.
    """

    def declare(kind: type[CommandT]) -> type[CommandT]:
        if kind.__name__ in _CLASSES:
            raise DeclarationError(f"two commands are named {kind.__name__}")
        kind.role, kind.operation, kind.object_type = role, operation, object_type
        _CLASSES[kind.__name__] = kind
        return kind

    return declare


def encode_command(value: Command) -> str:
    """Return the command as JSON: its class name and its fields, in a fixed order."""
    return msgspec.json.encode([type(value).__name__, value], order="deterministic").decode()


def decode_command(text: str) -> Command:
    """Return the command that `encode_command` encoded."""
    name, fields = msgspec.json.decode(text, type=tuple[str, dict[str, Any]])
    return msgspec.convert(fields, _CLASSES[name])
