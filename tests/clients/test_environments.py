"""Each client has its own environment, with pinned hashes and without URLs."""

import asyncio
import json
import re
import sys
from pathlib import Path

import pytest

from tests.clients.client_runs import HERE
from tests.clients.environments import prepare_environment

PYTHON = sorted(path.parent for path in HERE.glob("*/*/requirements.txt"))
NODE = sorted(path.parent for path in HERE.glob("*/*/package-lock.json"))
FIND = (
    "import importlib.util as u, json, sys; print(json.dumps([u.find_spec(name) is not None for name in sys.argv[1:]]))"
)


def test_there_are_clients_of_both_kinds() -> None:
    assert [str(path.relative_to(HERE)) for path in PYTHON] == [
        "netsuite/netsuite",
        "productive/productive-client-api",
        "salesforce/aiosalesforce",
        "salesforce/sf-toolkit",
        "salesforce/simple-salesforce",
        "typed/python",
        "workday/wdsdk",
    ]
    assert [str(path.relative_to(HERE)) for path in NODE] == [
        "http/graphql-clients",
        "netsuite/netsuite-rest",
        "netsuite/netsuite-sdk",
        "salesforce/jsforce",
        "typed/typescript",
    ]


async def test_a_python_client_can_import_only_its_own_packages() -> None:
    environment = await asyncio.to_thread(prepare_environment, HERE / "workday" / "wdsdk")
    names = ["wdsdk", "requests", "json", "gateway", "subgraphs", "starlette", "httpx", "pytest", "pip"]

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-S", "-c", FIND, *names, cwd=HERE.parents[1], env=environment.variables, stdout=-1
    )
    output, _ = await process.communicate()

    assert json.loads(output) == [True, True, True, False, False, False, False, False, False]


@pytest.mark.parametrize("client", PYTHON, ids=lambda path: path.name)
def test_every_package_of_a_python_client_is_pinned_with_hashes(client: Path) -> None:
    pins = (client / "requirements.txt").read_text(encoding="utf-8")
    direct = re.findall(
        r"^([a-z0-9][a-z0-9._-]*)", (client / "requirements.in").read_text(encoding="utf-8"), re.MULTILINE
    )

    blocks = re.split(r"\n(?=\S)", pins.strip())
    assert [block for block in blocks if not re.search(r"^\S+==\S+.*\n {4}--hash=sha256:[0-9a-f]{64}", block)] == []
    assert {block.partition("==")[0] for block in blocks} >= set(direct)
    assert "://" not in pins


@pytest.mark.parametrize("client", NODE, ids=lambda path: path.name)
def test_every_package_of_a_javascript_client_is_pinned_with_its_digest_and_no_url(client: Path) -> None:
    packages = json.loads((client / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    installed = {name: entry for name, entry in packages.items() if name}
    assert [name for name, entry in installed.items() if not entry["integrity"].startswith("sha512-")] == []
    assert [name for name, entry in installed.items() if "resolved" in entry] == []
    package = json.loads((client / "package.json").read_text(encoding="utf-8"))
    wanted = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
    assert {name: installed[f"node_modules/{name}"]["version"] for name in wanted} == wanted
