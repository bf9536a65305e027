"""The only way to leave something out for a vendor with a twin: `expected_skips.toml`, enforced in both directions.

A key is a test's name, or `name[detail]` for one thing that the test looks at. A skip that is not listed fails, and so
does an entry that is not needed. The entries of a vendor outside this tree are in its own folder, in a file of the same
name whose tables are its roles. A live tenant is exempt from the strict rule, as its data change: what cannot be tested
there is reported by name instead.
"""

import importlib.util
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.ports.discovery import INSTALLED_PACKAGE, Manifest
from tests.contract.systems import VendorRole

HOME: Final = Path(__file__).parent
SKIPS: Final = "expected_skips.toml"

Table = Mapping[str, Mapping[str, str]]


def is_in_tree(manifest: Manifest) -> bool:
    """Return whether a vendor folder is part of this repository."""
    return manifest.adapter.startswith(f"{INSTALLED_PACKAGE}.")


def find_vendor_file(manifest: Manifest, name: str) -> Path | None:
    """Return a file in a vendor's folder, None where there is none."""
    package = manifest.adapter.partition(":")[0].rpartition(".")[0]
    spec = importlib.util.find_spec(package) if package else None
    places = [Path(root) / name for root in (spec.submodule_search_locations or ())] if spec else []
    return next((place for place in places if place.is_file()), None)


def load_in_tree() -> Mapping[str, Table]:
    """Read the table of the vendors of this tree: vendor, role, then a reason per key."""
    return tomllib.loads((HOME / SKIPS).read_text(encoding="utf-8"))


def load_roles(manifest: Manifest) -> Table:
    """Read one vendor's table: role, then a reason per key."""
    if is_in_tree(manifest):
        return load_in_tree().get(manifest.vendor, {})
    place = find_vendor_file(manifest, SKIPS)
    return tomllib.loads(place.read_text(encoding="utf-8")) if place else {}


def load_entries(played: VendorRole) -> Mapping[str, str]:
    """Return the reasons of one vendor in one role."""
    return load_roles(played.manifest).get(played.role.value, {})


def load_details(played: VendorRole, test: str) -> dict[str, str]:
    """Return the reasons of the single things that one test leaves out."""
    start = f"{test}["
    return {
        key.removeprefix(start).removesuffix("]"): reason
        for key, reason in load_entries(played).items()
        if key.startswith(start)
    }


def find_objection(*, skipped: bool, reason: str | None) -> str | None:
    """Return what is wrong with how a test ended, None when it is as the table says."""
    if skipped and not reason:
        return f"A skip needs an entry in {SKIPS}."
    if not skipped and reason is not None:
        return f"The test ran; remove its entry from {SKIPS}."
    return None


@dataclass(frozen=True)
class Exemptions:
    """The details that one test may leave out for one system."""

    reasons: Mapping[str, str]
    live: bool
    note: Callable[[str, str], None]

    def require_exactly(self, found: set[str], need: str) -> None:
        """Fail unless exactly the listed details were left out; for a live tenant report them, with what they need."""
        if not self.live:
            assert found == self.reasons.keys()
            return
        for detail in sorted(found - self.reasons.keys()):
            self.note(detail, need)
