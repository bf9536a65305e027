"""Clients generated from the schema type-check strictly and read the demo's exact values with a real token."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.clients.environments import Environment, prepare_environment
from tests.fixtures.demo import RunningDemo

pytestmark = pytest.mark.timeout(600)  # the first run installs the generators
HERE = Path(__file__).parent
SCHEMA = HERE.parents[2] / "canonical_schema.graphql"
CODEGEN, TSC = "node_modules/@graphql-codegen/cli/cjs/bin.js", "node_modules/typescript/bin/tsc"

FINANCE: Mapping[str, Any] = {
    "name": "Fuji quality analytics",
    "customer": "Fuji Precision K.K.",
    "manager": "Femke de Boer",
    "invoice": "INV-NL-0002",
    "errors": [],
}
HIDDEN = dict.fromkeys(("contract", "firstDay"))
PORTAL: Mapping[str, Any] = {**FINANCE, **HIDDEN, "errors": ["FORBIDDEN", "FORBIDDEN"]}
"""The customer's portal reads the project and its invoices; it has no scope for contracts and time."""


def prepare_client(language: str, folder: Path) -> Environment:
    """Copy a client's sources and the schema to a folder; return the environment of its tools."""
    source = HERE / language
    shutil.copytree(source, folder, dirs_exist_ok=True)
    shutil.copy(HERE / "project.graphql", folder)
    shutil.copy(SCHEMA, folder)
    return prepare_environment(source)


def run_command(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> str:
    result = subprocess.run(command, cwd=folder, env=dict(variables), capture_output=True, text=True, check=False)  # noqa: S603 -- fixed arguments
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
    return result.stdout


def run_program(environment: Environment, program: str, folder: Path, demo: RunningDemo, role: str) -> Any:
    variables = {**environment.variables, "PSGW_URL": demo.url, "PSGW_TOKEN": demo.get_token(role)}
    return json.loads(run_command([*environment.interpreter, program], folder, variables))


@pytest.fixture(scope="module")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> tuple[Environment, Path]:
    """The TypeScript client, generated and compiled."""
    folder = tmp_path_factory.mktemp("typescript")
    environment = prepare_client("typescript", folder)
    (folder / "node_modules").symlink_to(environment.folder / "node_modules")
    run_command([*environment.interpreter, CODEGEN, "--config", "codegen.ts"], folder, environment.variables)
    run_command([*environment.interpreter, TSC, "--project", "."], folder, environment.variables)
    return environment, folder


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> tuple[Environment, Path]:
    """The Python client, generated and checked."""
    folder = tmp_path_factory.mktemp("python")
    environment = prepare_client("python", folder)
    variables = {**environment.variables, "PYTHONPATH": f"{environment.folder}{os.pathsep}{folder}"}
    environment = environment._replace(variables=variables)
    run_command([*environment.interpreter, "-m", "ariadne_codegen"], folder, variables)
    # Strict for the example, silent for the generated package.
    mypy = [sys.executable, "-m", "mypy", "--strict", "--follow-imports", "silent", "--config-file", os.devnull]
    run_command(
        [*mypy, "example.py"], folder, {**os.environ, "MYPYPATH": str(folder), "PYTHONPATH": str(environment.folder)}
    )
    return environment, folder


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("finance", {**FINANCE, "contract": "9600000", "firstDay": "2026-10-19", "reporting": "1785.60"}),
        ("portal_user", {**PORTAL, "reporting": "1785.60"}),
    ],
)
def test_a_typescript_client_gets_the_unified_view(
    typescript: tuple[Environment, Path], demo: RunningDemo, role: str, expected: Mapping[str, Any]
) -> None:
    environment, folder = typescript

    assert run_program(environment, "built/example.js", folder, demo, role) == expected


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("finance", {**FINANCE, "contract": "9,600,000", "firstDay": "19 October 2026", "reporting": "1786.60"}),
        ("portal_user", {**PORTAL, "reporting": "1786.60"}),
    ],
)
def test_a_python_client_gets_the_unified_view_with_decimal_amounts(
    python: tuple[Environment, Path], demo: RunningDemo, role: str, expected: Mapping[str, Any]
) -> None:
    environment, folder = python

    assert run_program(environment, "example.py", folder, demo, role) == expected


def test_a_field_that_is_not_in_the_schema_does_not_compile(typescript: tuple[Environment, Path]) -> None:
    environment, folder = typescript
    wrong = (folder / "example.ts").read_text(encoding="utf-8").replace("project?.name", "project?.nickname")
    (folder / "wrong.ts").write_text(wrong, encoding="utf-8")
    options = ["--strict", "--noEmit", "--module", "nodenext", "--types", "node", "wrong.ts"]

    command = [*environment.interpreter, TSC, *options]
    result = subprocess.run(command, cwd=folder, env=environment.variables, capture_output=True, text=True, check=False)  # noqa: S603 -- fixed arguments

    assert result.returncode != 0
    assert "Property 'nickname' does not exist" in result.stdout
