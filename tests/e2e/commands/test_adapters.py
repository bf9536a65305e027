"""psgw adapters: writes vendor folders and further roles, lists the vendors, verifies the folders."""

import re
import sys
from pathlib import Path

import pytest

from tests.e2e.commands.running import CommandResult, run_process, run_psgw

ROOT = Path(__file__).parents[3]
ROLES = ("CRM", "PSA", "HCM", "ERP")
FILES = 12
"""Python files of a new vendor folder."""
ROLE_FILES = 3
"""Python files that a further role adds, roles.py apart."""


async def run_python(*arguments: str, home: Path = ROOT, **environment: str) -> CommandResult:
    return await run_process(sys.executable, "-m", *arguments, home=home, env={"NO_COLOR": "1", **environment})


def list_names(folder: Path) -> list[str]:
    """Return the names of all files and folders below a folder."""
    return sorted(path.name for path in folder.rglob("*"))


def find_open_steps(folder: Path) -> list[Path]:
    """Return the modules with to-do comments: what is left to implement raises an error instead."""
    comment = re.compile(r"\bTO" + r"DO\b")
    return [path for path in folder.rglob("*.py") if comment.search(path.read_text(encoding="utf-8"))]


def write_settings(folder: Path) -> str:
    """Write settings that name a folder of vendor folders; return the path of the file."""
    file = folder / "psgw.toml"
    file.write_text('[adapters]\nfolders = ["vendors"]\n', encoding="utf-8")
    return str(file)


@pytest.mark.timeout(300)
async def test_generated_folders_pass_lint_and_types_in_every_role(tmp_path: Path) -> None:
    for role in ROLES:
        result = await run_psgw("adapters", "new", f"acme_{role.lower()}", "--role", role, "--folder", str(tmp_path))
        assert (result.code, result.out.strip()) == (0, str(tmp_path / f"acme_{role.lower()}"))
    for role in ("ERP", "HCM", "CRM"):
        added = await run_psgw("adapters", "new", "acme_psa", "--role", role, "--folder", str(tmp_path))
        assert added.code == 0

    count = FILES * len(ROLES) + 3 * ROLE_FILES + 1
    style = await run_python("ruff", "check", "--config", str(ROOT / "pyproject.toml"), str(tmp_path))
    form = await run_python("ruff", "format", "--check", "--config", str(ROOT / "pyproject.toml"), str(tmp_path))
    packages = [f"acme_{role.lower()}" for role in ROLES]
    options = ("--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache"))
    types = await run_python("mypy", *options, *packages, home=tmp_path, MYPYPATH=str(ROOT))

    assert (style.code, style.out) == (0, "All checks passed!\n")
    assert (form.code, form.out) == (0, f"{count} files already formatted\n")
    assert (types.code, types.out) == (0, f"Success: no issues found in {count} source files\n")
    assert find_open_steps(tmp_path) == []


@pytest.mark.timeout(300)
async def test_a_new_vendor_is_found_and_every_failing_promise_names_the_next_step(tmp_path: Path) -> None:
    settings, vendors = write_settings(tmp_path), tmp_path / "vendors"
    new = await run_psgw("adapters", "new", "acme_psa", "--role", "PSA", "--folder", str(vendors))

    listed = await run_psgw("adapters", "list", "--settings", settings, "--json")
    arguments = ("tests/contract", "-k", "acme_psa", "-q", "--tb=line", "-p", "no:cacheprovider")
    contract = await run_python("pytest", *arguments, PSGW_CONTRACT_FOLDERS=str(vendors))

    assert "python -m pytest tests/contract -k acme_psa" in new.err
    assert listed.json["acme_psa"] == ["PSA"]
    assert contract.code == 1
    for step in (
        "adapter.py: get_clients: read clients by native id",
        "adapter.py: list_tasks_by_project: read each project's tasks",
        "adapter.py: list_bookings_by_user: read every booking of each user",
        "system.py: list_changes: yield pages of changed records",
        "system.py: find_by_reference: search the vendor's external-id field",
        "system.py: check: make the smallest call to every resource",
        "in unsupported.toml of its folder",
    ):
        assert step in contract.out, step
    assert 'CONTRIBUTING.md, "Add a vendor in one folder"' in contract.out


async def test_in_a_checkout_the_folder_goes_beside_the_others_of_its_role(tmp_path: Path) -> None:
    (tmp_path / "subgraphs").mkdir()
    (tmp_path / "subgraphs" / "__init__.py").write_text("", encoding="utf-8")

    result = await run_psgw(
        "adapters", "new", "acme", "--role", "HCM", home=tmp_path, env={"PYTHONPATH": str(tmp_path)}
    )

    assert (result.code, result.out.strip()) == (0, "subgraphs/hcm/acme")
    manifest = (tmp_path / "subgraphs" / "hcm" / "acme" / "manifest.toml").read_text(encoding="utf-8")
    assert 'adapter = "subgraphs.hcm.acme.adapter:connect"' in manifest


async def test_a_further_role_is_added_to_the_folder_and_its_edits_are_named(tmp_path: Path) -> None:
    settings, vendors = write_settings(tmp_path), tmp_path / "vendors"
    await run_psgw("adapters", "new", "acme", "--role", "PSA", "--folder", str(vendors))

    added = await run_psgw("adapters", "new", "acme", "--role", "ERP", "--settings", settings)
    listed = await run_psgw("adapters", "list", "--settings", settings, "--json")
    again = await run_psgw("adapters", "new", "acme", "--role", "ERP", "--settings", settings)

    home = vendors / "acme"
    names = ("adapter_erp.py", "lineage_erp.py", "roles.py", "system_erp.py")
    assert (added.code, added.out.splitlines()) == (0, [str(home / name) for name in names])
    assert added.err.splitlines() == [
        'Edited manifest.toml: roles = ["PSA", "ERP"]',
        'Edited manifest.toml: adapter = "acme.roles:connect"',
        "To do: conformance.py: let run_system() serve ERP too",
    ]
    assert listed.json["acme"] == ["PSA", "ERP"]
    assert (again.code, again.out) == (2, "")
    assert "NAME: an adapter for acme in the role ERP exists already" in again.err


async def test_the_role_of_the_gateway_is_not_offered(tmp_path: Path) -> None:
    result = await run_psgw("adapters", "new", "acme", "--role", "GATEWAY", "--folder", str(tmp_path))

    assert (result.code, result.out) == (2, "")
    assert "'GATEWAY' is not one of 'CRM', 'PSA', 'HCM', 'ERP'" in " ".join(result.err.replace("│", " ").split())
    assert list_names(tmp_path) == []


async def test_the_vendors_are_listed_with_their_roles() -> None:
    result = await run_psgw("adapters", "list", "--json")

    assert result.code == 0
    assert result.json == {
        "kantata": ["PSA"],
        "netsuite": ["ERP"],
        "productive": ["PSA"],
        "salesforce": ["CRM"],
        "tryton": ["CRM", "PSA", "ERP", "HCM"],
        "workday": ["HCM"],
    }


async def test_a_vendor_in_two_places_is_reported_with_both(tmp_path: Path) -> None:
    settings = write_settings(tmp_path)
    await run_psgw("adapters", "new", "acme", "--role", "PSA", "--folder", str(tmp_path / "vendors"))
    second = tmp_path / "vendors" / "acme_copy"
    second.mkdir()
    text = (tmp_path / "vendors" / "acme" / "manifest.toml").read_text(encoding="utf-8")
    (second / "manifest.toml").write_text(text, encoding="utf-8")

    result = await run_psgw("adapters", "list", "--settings", settings)

    assert (result.code, result.out) == (2, "")
    assert f"{second}/manifest.toml" in result.message
    assert f"{tmp_path}/vendors/acme/manifest.toml" in result.message


async def test_an_existing_vendor_with_the_same_role_is_rejected_and_nothing_is_written(tmp_path: Path) -> None:
    result = await run_psgw("adapters", "new", "kantata", "--role", "PSA", "--folder", str(tmp_path / "vendors"))

    assert (result.code, result.out) == (2, "")
    assert "NAME: an adapter for kantata in the role PSA exists already" in result.err
    assert list_names(tmp_path) == []


async def test_the_vendors_of_the_tree_contain_what_their_manifests_declare() -> None:
    result = await run_psgw("adapters", "verify")
    as_json = await run_psgw("adapters", "verify", "--json")

    assert result.code == 0, result.out
    lines = result.out.splitlines()
    assert {line[0] for line in lines} == {"✓"}
    assert "✓ kantata: lineage of PSA: Complete for 10 kinds of records." in lines
    assert sum(len(findings) for findings in as_json.json.values()) == len(lines)
    assert {finding["ok"] for findings in as_json.json.values() for finding in findings} == {True}


async def test_an_unfinished_vendor_is_reported_and_ends_with_4(tmp_path: Path) -> None:
    settings = write_settings(tmp_path)
    await run_psgw("adapters", "new", "acme_erp", "--role", "ERP", "--folder", str(tmp_path / "vendors"))

    result = await run_psgw("adapters", "verify", "acme_erp", "--settings", settings)

    assert result.code == 4
    assert result.out.splitlines() == [
        "✓ acme_erp: adapter: acme_erp.adapter:connect can be imported.",
        "✓ acme_erp: mapping: acme_erp.mapping:AcmeErpMapping refuses unknown keys.",
        "✓ acme_erp: conformance: acme_erp.conformance defines run_system and build_unreachable.",
        "✗ acme_erp: lineage of ERP: 12 kinds of records have not been reviewed. — Review lineage.py.",
    ]


async def test_an_unknown_vendor_is_rejected() -> None:
    result = await run_psgw("adapters", "verify", "nobody")

    assert (result.code, result.out) == (2, "")
    assert "NAME: there is no adapter for nobody; choose from " in result.err
