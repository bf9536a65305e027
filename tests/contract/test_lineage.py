"""The declared lineage is complete, and what it does not support is listed by hand. No system is needed."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from gateway.ports.lineage import Unsupported, require_complete
from tests.contract.exemptions import HOME, find_vendor_file, is_in_tree
from tests.contract.reads import BY_ID, OTHER_RECORDS
from tests.contract.systems import Declared, VendorRole
from tests.contract.untested import NotTestedError

pytestmark = pytest.mark.asyncio(loop_scope="session")

LISTED: Final = HOME / "unsupported"
BESIDE: Final = "unsupported.toml"


async def test_every_attribute_of_every_kind_is_supplied_or_unsupported(declared: Declared) -> None:
    lineage = declared.port.lineage
    require_complete(lineage)
    assert lineage.keys() == BY_ID[declared.role].keys() | OTHER_RECORDS[declared.role]
    texts = [
        origin.reason if isinstance(origin, Unsupported) else origin.field and origin.object
        for origins in lineage.values()
        for origin in origins.values()
    ]
    assert all(text.strip() for text in texts)


async def test_the_unsupported_attributes_are_those_of_the_list(declared: Declared, played: VendorRole) -> None:
    """The list has the reasons that callers are shown, also for what the connection's mapping file does not name."""
    place = find_list(played)
    listed = tomllib.loads(place.read_text(encoding="utf-8"))

    found: dict[str, Mapping[str, str]] = {}
    for record, origins in declared.port.lineage.items():
        reasons = {name: origin.reason for name, origin in origins.items() if isinstance(origin, Unsupported)}
        whole = len(reasons) == len(origins) and len(set(reasons.values())) == 1
        if reasons:
            found[record.__name__] = {"nothing": next(iter(reasons.values()))} if whole else reasons

    prefix = declared.role.value.title()
    assert found == {name: reasons for name, reasons in listed.items() if name.startswith(prefix)}


def find_list(played: VendorRole) -> Path:
    """Return a vendor's list: in this folder for the vendors of the tree, in the vendor's own folder for others."""
    manifest = played.manifest
    if is_in_tree(manifest):
        if played.configured:
            raise NotTestedError("needs the sandbox's mapping file, for which the list was written")
        return LISTED / f"{manifest.vendor}.toml"
    place = find_vendor_file(manifest, BESIDE)
    assert place, f"list by hand what {manifest.vendor} does not support, with the reasons, in {BESIDE} of its folder"
    return place
