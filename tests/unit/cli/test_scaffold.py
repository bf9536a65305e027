"""A vendor folder is written completely or not at all."""

from pathlib import Path

import pytest

from gateway.canonical.roles import SystemRole
from gateway.cli.adapters import VendorRole
from gateway.cli.scaffold import write_vendor
from gateway.errors import ConfigurationError
from gateway.ports.verification import PORTS


def list_paths(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_the_roles_on_offer_are_those_with_a_port() -> None:
    assert {role.value for role in VendorRole} == {role.value for role in PORTS}


def test_the_folder_is_complete_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    home = write_vendor("acme_psa", SystemRole.PSA, tmp_path / "vendors", ())

    assert home == tmp_path / "vendors" / "acme_psa"
    assert list_paths(tmp_path / "vendors") == [
        "acme_psa",
        *(
            f"acme_psa/{name}"
            for name in (
                "__init__.py",
                "adapter.py",
                "conformance.py",
                "failures.py",
                "lineage.py",
                "manifest.toml",
                "mapping.py",
                "options.py",
                "system.py",
                "twin",
                "twin/__init__.py",
                "twin/app.py",
                "twin/faults.py",
                "wire.py",
            )
        ),
    ]
    assert "class AcmePsaAdapter(AcmePsaSystem, UnsupportedPsa):" in (home / "adapter.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "role", "finding"),
    [
        ("kantata", "PSA", "NAME: an adapter for kantata exists already"),
        ("Acme", "PSA", "NAME: 'Acme' is not a valid name"),
        ("a", "PSA", "NAME: 'a' is not a valid name"),
        ("acme-psa", "PSA", "NAME: 'acme-psa' is not a valid name"),
        ("../acme", "PSA", "NAME: '../acme' is not a valid name"),
        ("class", "PSA", "NAME: 'class' is not a valid name"),
        ("json", "PSA", "NAME: json is an importable Python module already"),
        ("acme", "GATEWAY", "--role: a vendor plays one of CRM, PSA, HCM, ERP"),
    ],
)
def test_an_invalid_name_or_role_is_rejected_and_nothing_is_written(
    tmp_path: Path, name: str, role: str, finding: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        write_vendor(name, SystemRole(role), tmp_path / "vendors", ("kantata",))

    (found,) = raised.value.findings
    assert found.startswith(finding)
    assert list_paths(tmp_path) == []


def test_an_existing_folder_is_not_changed(tmp_path: Path) -> None:
    existing = tmp_path / "acme_psa"
    existing.mkdir()
    (existing / "notes.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(ConfigurationError) as raised:
        write_vendor("acme_psa", SystemRole.PSA, tmp_path, ())

    assert raised.value.findings == [f"--folder: {existing} exists already"]
    assert list_paths(tmp_path) == ["acme_psa", "acme_psa/notes.txt"]


def test_outside_a_checkout_the_option_folder_is_required(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigurationError) as raised:
        write_vendor("acme", SystemRole.PSA, None, ())

    assert raised.value.findings == ["--folder is missing: this directory is not a checkout of the product"]
    assert list_paths(tmp_path) == []
