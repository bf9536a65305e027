"""The only way to leave something out: `expected_skips.toml`, held to in both directions.

A key is a test's name, or `name[detail]` for one thing that the test looks at. A skip that is not listed fails, and so does an entry that is not needed.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.contract.systems import Played

HOME: Final = Path(__file__).parent


def load() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Read the table: vendor, role, then a reason per key."""
    return tomllib.loads((HOME / "expected_skips.toml").read_text(encoding="utf-8"))


def entries(played: Played) -> Mapping[str, str]:
    """Return the reasons of one vendor in one role."""
    return load().get(played.manifest.vendor, {}).get(played.role.value, {})


def details(played: Played, test: str) -> dict[str, str]:
    """Return the reasons of the single things that one test leaves out."""
    start = f"{test}["
    return {
        key.removeprefix(start).removesuffix("]"): reason
        for key, reason in entries(played).items()
        if key.startswith(start)
    }


def objection(*, skipped: bool, reason: str | None) -> str | None:
    """Say what is wrong with how a test ended, or None."""
    if skipped and not reason:
        return "It may be skipped only with an entry in expected_skips.toml."
    if not skipped and reason is not None:
        return "expected_skips.toml has an entry for it, which it does not need."
    return None
