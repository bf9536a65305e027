"""What a system has no place for is listed by hand, with the reason that callers are shown, and is what the adapter declares."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway.ports.lineage import Absent
from tests.contract.systems import FOLDERS, Subject

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOME = Path(__file__).parent / "absent"


async def test_what_the_system_has_no_place_for_is_what_the_list_says(subject: Subject) -> None:
    """The sandbox's mapping files are part of it: what they do not name is absent too."""
    name = f"{subject.manifest.vendor}.toml"
    places = [place for place in (HOME / name, *(folder / name for folder in FOLDERS)) if place.exists()]
    assert places, f"list by hand what the vendor has no place for, with the reasons, in tests/contract/absent/{name}"
    listed = tomllib.loads(places[0].read_text(encoding="utf-8"))

    declared: dict[str, Mapping[str, str]] = {}
    for record, origins in subject.port.lineage.items():
        reasons = {name: origin.reason for name, origin in origins.items() if isinstance(origin, Absent)}
        whole = len(reasons) == len(origins) and len(set(reasons.values())) == 1
        if reasons:
            declared[record.__name__] = {"nothing": next(iter(reasons.values()))} if whole else reasons

    prefix = subject.role.value.title()
    assert declared == {name: reasons for name, reasons in listed.items() if name.startswith(prefix)}
