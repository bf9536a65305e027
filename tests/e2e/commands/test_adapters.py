"""psgw adapters, as its users run it: a vendor folder that is sound, found and unbuilt, and a look at whether folders hold what their manifests say."""

import re
import sys
from pathlib import Path

import pytest

from tests.e2e.commands.running import CommandResult, run_process, run_psgw

ROOT = Path(__file__).parents[3]
ROLES = ("CRM", "PSA", "HCM", "ERP")


async def run_python(*words: str, home: Path = ROOT, **environment: str) -> CommandResult:
    return await run_process(sys.executable, "-m", *words, home=home, env={"NO_COLOR": "1", **environment})


def list_names(folder: Path) -> list[str]:
    """Return the names of everything below a folder."""
    return sorted(path.name for path in folder.rglob("*"))


def find_open_steps(folder: Path) -> list[Path]:
    """Return the modules with comments about what is still to be done: steps are errors, and not comments."""
    left = re.compile(r"\bTO" + r"DO\b")
    return [path for path in folder.rglob("*.py") if left.search(path.read_text(encoding="utf-8"))]


def write_settings(folder: Path) -> str:
    """Write settings that name a folder of vendor folders; return where they lie."""
    file = folder / "psgw.toml"
    file.write_text('[adapters]\nfolders = ["vendors"]\n', encoding="utf-8")
    return str(file)


@pytest.mark.timeout(300)
async def test_a_new_vendor_folder_passes_lint_and_types_in_every_role(tmp_path: Path) -> None:
    for role in ROLES:
        made = await run_psgw("adapters", "new", f"acme_{role.lower()}", "--role", role, "--folder", str(tmp_path))
        assert (made.code, made.out.strip()) == (0, str(tmp_path / f"acme_{role.lower()}"))

    style = await run_python("ruff", "check", "--config", str(ROOT / "pyproject.toml"), str(tmp_path))
    form = await run_python("ruff", "format", "--check", "--config", str(ROOT / "pyproject.toml"), str(tmp_path))
    packages = [f"acme_{role.lower()}" for role in ROLES]
    words = ("mypy", "--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache"))
    types = await run_python(*words, *packages, home=tmp_path, MYPYPATH=str(ROOT))

    assert (style.code, style.out) == (0, "All checks passed!\n")
    assert (form.code, form.out) == (0, f"{12 * len(ROLES)} files already formatted\n")
    assert (types.code, types.out) == (0, f"Success: no issues found in {12 * len(ROLES)} source files\n")
    assert find_open_steps(tmp_path) == []


@pytest.mark.timeout(300)
async def test_a_new_vendor_is_found_and_every_promise_that_fails_says_what_to_do(tmp_path: Path) -> None:
    settings, vendors = write_settings(tmp_path), tmp_path / "vendors"
    made = await run_psgw("adapters", "new", "acme_psa", "--role", "PSA", "--folder", str(vendors))

    listed = await run_psgw("adapters", "list", "--settings", settings, "--json")
    words = ("tests/contract", "-k", "acme_psa", "-q", "--tb=line", "-p", "no:cacheprovider")
    held = await run_python("pytest", *words, PSGW_CONTRACT_FOLDERS=str(vendors))

    assert "python -m pytest tests/contract -k acme_psa" in made.err
    assert listed.json["acme_psa"] == ["PSA"]
    assert held.code == 1
    for step in (
        "adapter.py: clients: read clients by native id",
        "adapter.py: tasks_by_project: read each project's tasks",
        "adapter.py: bookings_by_user: read every booking of each user",
        "system.py: follow what the vendor changed",
        "system.py: find records by the vendor's external-id field",
        "system.py: make the smallest call to every resource",
        "in tests/contract/absent/acme_psa.toml",
    ):
        assert step in held.out, step
    assert 'CONTRIBUTING.md, "Add a vendor in one folder"' in held.out


async def test_in_a_checkout_the_folder_lies_beside_the_others_of_its_role(tmp_path: Path) -> None:
    (tmp_path / "subgraphs").mkdir()
    (tmp_path / "subgraphs" / "__init__.py").write_text("", encoding="utf-8")

    made = await run_psgw("adapters", "new", "acme", "--role", "HCM", home=tmp_path, env={"PYTHONPATH": str(tmp_path)})

    assert (made.code, made.out.strip()) == (0, "subgraphs/hcm/acme")
    manifest = (tmp_path / "subgraphs" / "hcm" / "acme" / "manifest.toml").read_text(encoding="utf-8")
    assert 'adapter = "subgraphs.hcm.acme.adapter:connect"' in manifest


async def test_the_vendors_are_listed_with_their_roles() -> None:
    listed = await run_psgw("adapters", "list", "--json")

    assert listed.code == 0
    assert listed.json == {
        "kantata": ["PSA"],
        "netsuite": ["ERP"],
        "productive": ["PSA"],
        "salesforce": ["CRM"],
        "tryton": ["CRM", "PSA", "ERP", "HCM"],
        "workday": ["HCM"],
    }


async def test_a_name_that_is_taken_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    words = ("new", "kantata", "--role", "PSA", "--folder", str(tmp_path / "vendors"))
    refused = await run_psgw("adapters", *words)

    assert (refused.code, refused.out) == (2, "")
    assert "NAME: there is an adapter for kantata already" in refused.err
    assert list_names(tmp_path) == []


async def test_the_vendors_of_the_tree_hold_what_their_manifests_say() -> None:
    told = await run_psgw("adapters", "verify")
    machines = await run_psgw("adapters", "verify", "--json")

    assert told.code == 0, told.out
    lines = told.out.splitlines()
    assert {line[0] for line in lines} == {"✓"}
    assert "✓ kantata: lineage of PSA: Complete for 10 kinds of records." in lines
    assert sum(len(findings) for findings in machines.json.values()) == len(lines)
    assert {finding["ok"] for findings in machines.json.values() for finding in findings} == {True}


async def test_an_unbuilt_vendor_is_told_by_name_and_exits_with_findings(tmp_path: Path) -> None:
    settings = write_settings(tmp_path)
    await run_psgw("adapters", "new", "acme_erp", "--role", "ERP", "--folder", str(tmp_path / "vendors"))

    told = await run_psgw("adapters", "verify", "acme_erp", "--settings", settings)

    assert told.code == 4
    assert told.out.splitlines() == [
        "✓ acme_erp: adapter: acme_erp.adapter:connect is there.",
        "✓ acme_erp: mapping: acme_erp.mapping:AcmeErpMapping is strict.",
        "✓ acme_erp: conformance: acme_erp.conformance is there.",
        "✗ acme_erp: lineage of ERP: Nobody has looked at 12 kinds of records. — Go through lineage.py.",
    ]


async def test_a_vendor_that_is_not_there_is_a_wrong_name() -> None:
    refused = await run_psgw("adapters", "verify", "nobody")

    assert (refused.code, refused.out) == (2, "")
    assert "NAME: no adapter for nobody; there are " in refused.err
