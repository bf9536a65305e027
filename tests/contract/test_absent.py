"""What a system has no place for is listed by hand, with the reason that callers are shown, and is what the adapter declares."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway.ports.lineage import Absent
from tests.contract.systems import Subject

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOME = Path(__file__).parent / "absent"


async def test_what_the_system_has_no_place_for_is_what_the_list_says(subject: Subject) -> None:
    """The sandbox's mapping files are part of it: what they do not name is absent too."""
    listed = tomllib.loads((HOME / f"{subject.manifest.vendor}.toml").read_text(encoding="utf-8"))

    declared: dict[str, Mapping[str, str]] = {}
    for record, origins in subject.port.lineage.items():
        reasons = {name: origin.reason for name, origin in origins.items() if isinstance(origin, Absent)}
        whole = len(reasons) == len(origins) and len(set(reasons.values())) == 1
        if reasons:
            declared[record.__name__] = {"nothing": next(iter(reasons.values()))} if whole else reasons

    prefix = subject.role.value.title()
    assert declared == {name: reasons for name, reasons in listed.items() if name.startswith(prefix)}
