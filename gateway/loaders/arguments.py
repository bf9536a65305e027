"""Arguments as part of a load key: equal arguments share one call."""

from collections.abc import Hashable, Mapping
from typing import Any


def normalise_arguments(args: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments without nulls: null and absent mean the same to a loader."""
    return {name: _normalise_value(value) for name, value in args.items() if value is not None}


def _normalise_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return normalise_arguments(value)
    return [_normalise_value(item) for item in value] if isinstance(value, list) else value


class FrozenArgs:
    """Normalised arguments that can be hashed; `value` is the dictionary that the loader reads."""

    __slots__ = ("_hash", "_key", "value")

    def __init__(self, args: Mapping[str, Any]) -> None:
        self.value = normalise_arguments(args)
        self._key = _freeze(self.value)
        self._hash = hash(self._key)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FrozenArgs) and self._key == other._key


def _freeze(value: Any) -> Hashable:
    if isinstance(value, Mapping):
        return tuple(sorted((name, _freeze(item)) for name, item in value.items()))
    if isinstance(value, list):
        return tuple(_freeze(item) for item in value)
    return value  # type: ignore[no-any-return] # coerced scalars and enum members


NO_ARGS = FrozenArgs({})
