"""Validates JSON against a vendor's documents, transcribed as a JSON Schema with its resources as `$defs`."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from jsonschema import Draft202012Validator, FormatChecker

INSTANT: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
FORMATS: Final = FormatChecker(["date"])


@FORMATS.checks("date-time")
def is_instant(value: object) -> bool:
    """Return whether a string is an instant with an offset, as in the vendors' samples."""
    return not isinstance(value, str) or re.fullmatch(INSTANT, value) is not None


class Schema:
    """The transcribed documents of one vendor."""

    def __init__(self, path: Path) -> None:
        self.whole: Mapping[str, Any] = msgspec.json.decode(path.read_bytes())
        self.resources: Mapping[str, Any] = self.whole["$defs"]
        self._validator = cache(self._build_validator)

    def iterate_violations(self, name: str, value: Any) -> Iterator[str]:
        """Yield the violations of a definition by a value, as sentences."""
        for error in self._validator(name).iter_errors(value):
            yield f"{name} {'/'.join(map(str, error.absolute_path))}: {error.message}"

    def _build_validator(self, name: str) -> Draft202012Validator:
        return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": dict(self.resources)}, format_checker=FORMATS)
