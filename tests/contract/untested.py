"""Promises that a run could not test: each is reported by name at the end, with what the test needs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pytest

KEY: Final = "not tested"
"""The name of the property of a test's report; the value is `detail`, a line break, and what the test needs."""


class NotTestedError(pytest.skip.Exception):
    """Raised by a test that needs data or a switch that the system under contract does not offer; the message says which."""


def note(item: pytest.Item, detail: str, need: str) -> None:
    """Record that a test left out one thing, or everything where `detail` is empty."""
    item.user_properties.append((KEY, f"{detail}\n{need}"))


def format_lines(reports: Sequence[pytest.TestReport]) -> Iterator[str]:
    """Yield one line per test and need, in the order of the run; what all tests of a system lack comes once, without a test."""
    found: dict[tuple[str, str], list[str]] = {}
    for report in reports:
        test, system = _parse_name(report.nodeid)
        for key, value in report.user_properties:
            if key != KEY:
                continue
            detail, _, need = str(value).partition("\n")
            promise = f"{system}: {test}" if not detail.startswith("*") else f"{system}: {detail[1:]}"
            details = found.setdefault((promise, need), [])
            if detail and not detail.startswith("*") and detail not in details:
                details.append(detail)
    yield from _format(found)


def _format(found: Mapping[tuple[str, str], Sequence[str]]) -> Iterator[str]:
    for (promise, need), details in found.items():
        listed = f" [{', '.join(details)}]" if details else ""
        yield f"not tested: {promise}{listed}: {need}"


def _parse_name(node_id: str) -> tuple[str, str]:
    """Return the function's name and the system's, out of `path::name[system-other]`."""
    name, bracket, parameters = node_id.rpartition("::")[2].partition("[")
    return name, parameters.removesuffix("]") if bracket else ""
