"""What is wrong with a vendor folder is found without reaching the vendor, one finding per part."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.canonical.roles import SystemRole
from gateway.cli.scaffold import write
from gateway.ports.base import Finding
from gateway.ports.discovery import discover
from gateway.ports.verification import PORTS, records_of, verify
from tests.contract.reads import BY_ID, OTHERWISE

VENDOR = "verified_vendor"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A new vendor folder, forgotten by the interpreter afterwards."""
    path = list(sys.path)
    yield write(VENDOR, SystemRole.CRM, tmp_path, ())
    sys.path[:] = path
    for name in [name for name in sys.modules if name.partition(".")[0] == VENDOR]:
        del sys.modules[name]


def found(home: Path) -> dict[str, Finding]:
    return {finding.subject: finding for finding in verify(discover([home.parent])[VENDOR])}


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("role", list(PORTS))
def test_a_role_has_the_records_that_its_port_gives(role: SystemRole) -> None:
    assert records_of(role) == BY_ID[role].keys() | OTHERWISE[role]


def test_a_mapping_file_that_would_take_unknown_keys_is_told(home: Path) -> None:
    edit(home / "mapping.py", ", forbid_unknown_fields=True", "")

    told = found(home)

    assert told.keys() == {"adapter", "mapping", "conformance"}
    assert (told["mapping"].ok, told["mapping"].message) == (False, "VerifiedVendorMapping would take unknown keys.")


def test_a_mapping_that_is_no_struct_is_told(home: Path) -> None:
    edit(home / "manifest.toml", ":VerifiedVendorMapping", ":Mapping")

    assert found(home)["mapping"].message == f"{VENDOR}.mapping:Mapping is no struct."


def test_an_adapter_that_cannot_be_imported_is_told(home: Path) -> None:
    edit(home / "adapter.py", "def connect(", "def opened(")

    told = found(home)["adapter"]

    assert not told.ok
    assert f"{VENDOR}.adapter:connect cannot be imported" in told.message


def test_a_module_that_breaks_while_it_is_imported_is_a_finding_and_no_crash(home: Path) -> None:
    (home / "conformance.py").write_text("1 / 0\n", encoding="utf-8")

    told = found(home)["conformance"]

    assert (told.ok, told.message) == (False, f"{VENDOR}.conformance cannot be imported: division by zero")


def test_a_conformance_module_without_its_two_functions_is_told(home: Path) -> None:
    (home / "conformance.py").write_text("", encoding="utf-8")

    assert found(home)["conformance"].message == f"{VENDOR}.conformance has no system and no unreached."


def test_a_lineage_that_leaves_out_a_kind_of_record_is_told(home: Path) -> None:
    edit(home / "lineage.py", "return proposed((*BY_ID, *OTHERWISE))", "return proposed(BY_ID[1:])")

    told = found(home)["lineage of CRM"]

    assert (told.ok, told.message) == (False, "Wrong about CrmAccount.")


def test_a_lineage_that_nobody_has_looked_at_is_told_and_one_that_somebody_has_is_not(home: Path) -> None:
    unlooked = found(home)["lineage of CRM"]
    assert (unlooked.ok, unlooked.message) == (False, "Nobody has looked at 4 kinds of records.")


def test_a_lineage_is_complete_when_every_attribute_has_an_origin_or_a_reason(home: Path) -> None:
    edit(
        home / "lineage.py",
        "return proposed((*BY_ID, *OTHERWISE))",
        'return {kind: dict.fromkeys(names, Absent("not kept")) for kind, names in proposed(BY_ID).items()}',
    )
    edit(home / "lineage.py", "import Lineage", "import Absent, Lineage")

    told = found(home)["lineage of CRM"]

    assert (told.ok, told.message) == (True, "Complete for 4 kinds of records.")
