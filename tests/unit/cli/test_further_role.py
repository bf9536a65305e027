"""A vendor folder gets a further role: new files, edits of the manifest, and a list of what is left to do."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.canonical.records.erp import ErpJob
from gateway.canonical.roles import SystemRole
from gateway.cli.further_role import add_role
from gateway.cli.scaffold import write_vendor
from gateway.errors import ConfigurationError
from gateway.ports.discovery import Manifest, discover, import_reference, read_manifest
from gateway.ports.verification import build_unreachable

VENDOR = "extended_vendor"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A new PSA vendor folder; its modules are unloaded afterwards."""
    path = list(sys.path)
    yield write_vendor(VENDOR, SystemRole.PSA, tmp_path, ())
    sys.path[:] = path
    for name in [name for name in sys.modules if name.partition(".")[0] == VENDOR]:
        del sys.modules[name]


def find_manifest(home: Path) -> Manifest:
    return discover([home.parent])[VENDOR]


def test_the_files_of_the_role_are_written_and_the_edits_are_named(home: Path) -> None:
    before = {path.name: path.read_text(encoding="utf-8") for path in home.glob("*.py")}

    added = add_role(find_manifest(home), SystemRole.ERP)

    assert [path.name for path in added.written] == ["adapter_erp.py", "lineage_erp.py", "roles.py", "system_erp.py"]
    assert list(added.edited) == [
        'manifest.toml: roles = ["PSA", "ERP"]',
        f'manifest.toml: adapter = "{VENDOR}.roles:connect"',
    ]
    assert list(added.left) == ["conformance.py: let run_system() serve ERP too"]
    assert {name: (home / name).read_text(encoding="utf-8") for name in before} == before
    manifest = read_manifest(home / "manifest.toml")
    assert (manifest.roles, manifest.adapter) == ((SystemRole.PSA, SystemRole.ERP), f"{VENDOR}.roles:connect")


async def test_each_role_is_opened_by_its_own_adapter(home: Path) -> None:
    add_role(find_manifest(home), SystemRole.ERP)
    add_role(find_manifest(home), SystemRole.HCM)
    manifest = find_manifest(home)

    ports = {role: import_reference(manifest.adapter)(build_unreachable(manifest, role)) for role in manifest.roles}

    assert {role: port.role for role, port in ports.items()} == {role: role for role in ports}
    assert [type(port).__name__ for port in ports.values()] == [
        "ExtendedVendorAdapter",
        "ExtendedVendorErpAdapter",
        "ExtendedVendorHcmAdapter",
    ]
    assert ErpJob in ports[SystemRole.ERP].lineage
    for port in ports.values():
        await port.aclose()


def test_a_role_that_the_vendor_plays_is_rejected(home: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        add_role(find_manifest(home), SystemRole.PSA)

    assert raised.value.findings == [f"NAME: an adapter for {VENDOR} in the role PSA exists already: {home}"]


def test_a_file_of_the_role_that_exists_is_not_overwritten(home: Path) -> None:
    (home / "adapter_erp.py").write_text("mine = 1\n", encoding="utf-8")

    with pytest.raises(ConfigurationError) as raised:
        add_role(find_manifest(home), SystemRole.ERP)

    assert raised.value.findings == [f"--role: {home}/adapter_erp.py exists already"]
    assert (home / "adapter_erp.py").read_text(encoding="utf-8") == "mine = 1\n"
    assert read_manifest(home / "manifest.toml").roles == (SystemRole.PSA,)


def test_a_dispatch_that_was_edited_by_hand_is_left_alone(home: Path) -> None:
    add_role(find_manifest(home), SystemRole.ERP)
    edited = (home / "roles.py").read_text(encoding="utf-8") + "\n# mine\n"
    (home / "roles.py").write_text(edited, encoding="utf-8")

    added = add_role(find_manifest(home), SystemRole.HCM)

    assert (home / "roles.py").read_text(encoding="utf-8") == edited
    assert list(added.left) == [
        "roles.py: let connect() open adapter_hcm for HCM",
        "conformance.py: let run_system() serve HCM too",
    ]


def test_comments_of_the_manifest_are_kept(home: Path) -> None:
    file = home / "manifest.toml"
    file.write_text("# mine\n" + file.read_text(encoding="utf-8"), encoding="utf-8")

    add_role(find_manifest(home), SystemRole.CRM)

    assert file.read_text(encoding="utf-8").startswith("# mine\n")
