"""Mistakes in a vendor folder are found without calling the vendor, one finding per part."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.canonical.roles import SystemRole
from gateway.cli.scaffold import write_vendor
from gateway.ports.base import Finding
from gateway.ports.discovery import discover
from gateway.ports.verification import PORTS, list_records, verify
from tests.contract.reads import BY_ID, OTHER_RECORDS

VENDOR = "verified_vendor"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A new vendor folder; the interpreter state is restored afterwards."""
    path = list(sys.path)
    yield write_vendor(VENDOR, SystemRole.CRM, tmp_path, ())
    sys.path[:] = path
    for name in [name for name in sys.modules if name.partition(".")[0] == VENDOR]:
        del sys.modules[name]


def verify_folder(home: Path) -> dict[str, Finding]:
    return {finding.subject: finding for finding in verify(discover([home.parent])[VENDOR])}


def replace_text(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("role", list(PORTS))
def test_the_records_of_a_role_are_those_that_its_port_returns(role: SystemRole) -> None:
    assert list_records(role) == BY_ID[role].keys() | OTHER_RECORDS[role]


def test_a_mapping_that_accepts_unknown_keys_is_reported(home: Path) -> None:
    replace_text(home / "mapping.py", ", forbid_unknown_fields=True", "")

    result = verify_folder(home)

    assert result.keys() == {"adapter", "mapping", "conformance"}
    assert (result["mapping"].ok, result["mapping"].message) == (False, "VerifiedVendorMapping accepts unknown keys.")


def test_a_mapping_that_is_not_a_struct_is_reported(home: Path) -> None:
    replace_text(home / "manifest.toml", ":VerifiedVendorMapping", ":Mapping")

    assert verify_folder(home)["mapping"].message == f"{VENDOR}.mapping:Mapping is not a msgspec.Struct."


def test_an_adapter_that_cannot_be_imported_is_reported(home: Path) -> None:
    replace_text(home / "adapter.py", "def connect(", "def opened(")

    result = verify_folder(home)["adapter"]

    assert not result.ok
    assert f"{VENDOR}.adapter:connect cannot be imported" in result.message


def test_an_exception_during_import_is_a_finding(home: Path) -> None:
    (home / "conformance.py").write_text("1 / 0\n", encoding="utf-8")

    result = verify_folder(home)["conformance"]

    assert (result.ok, result.message) == (False, f"{VENDOR}.conformance cannot be imported: division by zero")


def test_a_conformance_module_without_its_functions_is_reported(home: Path) -> None:
    (home / "conformance.py").write_text("", encoding="utf-8")

    message = f"{VENDOR}.conformance does not define run_system and build_unreachable."
    assert verify_folder(home)["conformance"].message == message


def test_a_lineage_without_a_record_class_is_reported(home: Path) -> None:
    replace_text(
        home / "lineage.py", "return propose_lineage((*BY_ID, *OTHER_RECORDS))", "return propose_lineage(BY_ID[1:])"
    )

    result = verify_folder(home)["lineage of CRM"]

    assert (result.ok, result.message) == (False, "Does not match the port: CrmAccount.")


def test_a_generated_lineage_is_reported_as_not_reviewed(home: Path) -> None:
    generated = verify_folder(home)["lineage of CRM"]
    assert (generated.ok, generated.message) == (False, "4 kinds of records have not been reviewed.")


def test_a_lineage_is_complete_if_every_attribute_has_an_origin_or_a_reason(home: Path) -> None:
    replace_text(
        home / "lineage.py",
        "return propose_lineage((*BY_ID, *OTHER_RECORDS))",
        'return {kind: dict.fromkeys(names, Unsupported("unknown")) for kind, names in propose_lineage(BY_ID).items()}',
    )
    replace_text(home / "lineage.py", "import Lineage", "import Unsupported, Lineage")

    result = verify_folder(home)["lineage of CRM"]

    assert (result.ok, result.message) == (True, "Complete for 4 kinds of records.")
