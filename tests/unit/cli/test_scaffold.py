"""A vendor folder is written whole or not at all."""

from pathlib import Path

import pytest

from gateway.canonical.roles import SystemRole
from gateway.cli.scaffold import write
from gateway.errors import ConfigurationError


def list_paths(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_folder_holds_everything_and_nothing_beside_it(tmp_path: Path) -> None:
    home = write("acme_psa", SystemRole.PSA, tmp_path / "vendors", ())

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
    assert "class AcmePsaAdapter(AcmePsaSystem):" in (home / "adapter.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "role", "wrong"),
    [
        ("kantata", "PSA", "NAME: there is an adapter for kantata already"),
        ("Acme", "PSA", "NAME: 'Acme' is no name of a vendor"),
        ("a", "PSA", "NAME: 'a' is no name of a vendor"),
        ("acme-psa", "PSA", "NAME: 'acme-psa' is no name of a vendor"),
        ("../acme", "PSA", "NAME: '../acme' is no name of a vendor"),
        ("class", "PSA", "NAME: 'class' is no name of a vendor"),
        ("json", "PSA", "NAME: json is a module of Python's already"),
        ("acme", "GATEWAY", "--role: vendors play CRM, PSA, HCM, ERP"),
    ],
)
def test_a_name_or_role_that_cannot_be_is_refused_and_nothing_is_written(
    tmp_path: Path, name: str, role: str, wrong: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        write(name, SystemRole(role), tmp_path / "vendors", ("kantata",))

    (finding,) = refused.value.findings
    assert finding.startswith(wrong)
    assert list_paths(tmp_path) == []


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    mine = tmp_path / "acme_psa"
    mine.mkdir()
    (mine / "notes.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(ConfigurationError) as refused:
        write("acme_psa", SystemRole.PSA, tmp_path, ())

    assert refused.value.findings == [f"--folder: {mine} is there already"]
    assert list_paths(tmp_path) == ["acme_psa", "acme_psa/notes.txt"]


def test_outside_a_checkout_the_folder_has_to_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigurationError) as refused:
        write("acme", SystemRole.PSA, None, ())

    (finding,) = refused.value.findings
    assert finding.startswith("--folder: this folder is no checkout of the product")
    assert list_paths(tmp_path) == []
