"""Promises that a run could not test: each is reported by name at the end, with what the test needs."""

from collections.abc import Iterator, Sequence
from typing import Final

import pytest

KEY: Final = "not tested"
"""The name of a property of a test's report; the value has three lines: promise, detail, and what the test needs."""


class NotTestedError(pytest.skip.Exception):  # type: ignore[misc, name-defined] # pytest offers the class in no other way
    """Raised by a test that needs data or a switch that the system does not offer; the message says which."""


def note(item: pytest.Item, promise: str, detail: str, need: str) -> None:
    """Record that a test left out one thing, or the whole promise where `detail` is empty."""
    item.user_properties.append((KEY, f"{promise}\n{detail}\n{need}"))


def format_lines(reports: Sequence[pytest.TestReport]) -> Iterator[str]:
    """Yield one line per promise and need, in the order of the run."""
    found: dict[tuple[str, str], list[str]] = {}
    for report in reports:
        for key, value in report.user_properties:
            if key == KEY:
                promise, detail, need = str(value).split("\n", 2)
                found.setdefault((promise, need), []).append(detail)
    for (promise, need), details in found.items():
        listed = ", ".join(dict.fromkeys(filter(None, details)))
        yield f"not tested: {promise}{f' [{listed}]' if listed else ''}: {' '.join(need.split())}"
