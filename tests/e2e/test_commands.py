"""The commands, as their users run them: processes over the demo's own systems. Data is on stdout, words are on stderr, and the exit code tells the class."""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from tests.fixtures.ports import free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")

PSGW = str(Path(sys.executable).with_name("psgw"))


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed for machines."""
        return msgspec.json.decode(self.out)


@dataclass(frozen=True)
class Sandbox:
    """The demo's systems, running."""

    state: Path
    issuer: str

    @property
    def settings(self) -> Path:
        """The settings file that the sandbox has written."""
        return self.state / "psgw.toml"

    async def psgw(self, *words: str) -> Ran:
        """Run a command in the sandbox's folder."""
        process = await asyncio.create_subprocess_exec(PSGW, *words, stdout=PIPE, stderr=PIPE)
        out, err = await process.communicate()
        return Ran(process.returncode or 0, out.decode(), err.decode())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    """The systems that `psgw demo` starts, as it starts them."""
    state, identity = tmp_path_factory.mktemp("state"), free_port()
    words = ("-m", "subgraphs.sandbox.demo", "--state", str(state), "--identity-port", str(identity))
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    assert process.stdin is not None
    announced = msgspec.json.decode(await process.stdout.readline())
    assert announced == {"settings": str(state / "psgw.toml")}
    yield Sandbox(state, f"http://127.0.0.1:{identity}")
    process.stdin.close()
    assert await process.wait() == 0


async def test_every_twin_of_the_demo_tells_where_it_is_broken(sandbox: Sandbox) -> None:
    systems = msgspec.json.decode((sandbox.state / "systems.json").read_bytes())

    vendors = {name: each["vendor"] for name, each in systems.items()}
    assert vendors == {"crm": "salesforce", "erp": "netsuite", "hcm": "workday", "psa": "kantata"}
    async with httpx.AsyncClient() as http:
        answers = {name: await http.get(each["control"]) for name, each in systems.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(vendors, 200)
    assert all(each["control"].startswith(each["address"]) for each in systems.values())


async def test_check_finds_nothing_wrong_with_the_demo_and_says_so_per_system(sandbox: Sandbox) -> None:
    found = await sandbox.psgw("check", "--settings", str(sandbox.settings), "--json")

    assert found.code == 0
    assert sorted(found.json) == ["crm", "erp", "hcm", "psa"]
    assert [each for findings in found.json.values() for each in findings if not each["ok"]] == []


async def test_check_names_what_a_mapping_file_misnames_and_ends_with_3(sandbox: Sandbox, tmp_path: Path) -> None:
    mapping = (sandbox.state / "mappings" / "kantata.toml").read_text(encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(mapping.replace('"Cost centre"', '"Nobody"'), encoding="utf-8")
    settings = sandbox.settings.read_text(encoding="utf-8")
    settings = settings.replace("mappings/kantata.toml", str(tmp_path / "wrong.toml"))
    wrong = sandbox.state / "wrong.toml"
    wrong.write_text(settings, encoding="utf-8")

    found = await sandbox.psgw("check", "--settings", str(wrong))

    assert found.code == 3
    bad = [line for line in found.out.splitlines() if line.startswith("✗")]
    assert len(bad) == 1
    assert bad[0].startswith("✗ psa: custom field Nobody: There is no field Nobody.")


async def test_sync_fills_the_cards_and_a_second_one_repeats_only_the_overlap(sandbox: Sandbox) -> None:
    first = await sandbox.psgw("sync", "--settings", str(sandbox.settings), "--json")
    second = await sandbox.psgw("sync", "--settings", str(sandbox.settings), "--json")

    assert (first.code, second.code) == (0, 0)
    rows = {(each["connection"], each["feed"]): each["rows"] for each in first.json}
    assert rows["psa", "PsaProject"] == 10
    assert rows["hcm", "HcmWorker"] == 8
    assert rows["erp", "ErpInvoice"] == 9
    assert sum(rows.values()) == 108
    assert all(each["failure"] is None for each in second.json)


async def test_identities_are_matched_without_a_doubt_left(sandbox: Sandbox) -> None:
    await sandbox.psgw("sync", "--settings", str(sandbox.settings))

    found = await sandbox.psgw("identities", "match", "--settings", str(sandbox.settings), "--json")

    assert (found.code, found.json) == (0, {"linked": 0, "ambiguous": []})


async def test_a_token_is_alone_on_stdout(sandbox: Sandbox) -> None:
    words = ("--state", str(sandbox.state))

    plain = await sandbox.psgw("token", "--role", "finance", *words)
    told = await sandbox.psgw("token", "--role", "finance", "--json", *words)

    assert plain.code == 0
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", plain.out)
    assert set(told.json) == {"access_token", "expires_in", "scope"}


async def test_a_role_that_nobody_has_is_refused_with_the_ones_there_are(sandbox: Sandbox) -> None:
    refused = await sandbox.psgw("token", "--role", "king", "--issuer", sandbox.issuer, "--state", str(sandbox.state))

    assert (refused.code, refused.out) == (2, "")
    assert "there is no role king" in refused.err


async def test_without_a_provider_a_token_ends_with_3(sandbox: Sandbox) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"

    refused = await sandbox.psgw("token", "--issuer", nowhere, "--state", str(sandbox.state))

    assert (refused.code, refused.out) == (3, "")


async def test_adapters_are_listed_with_their_roles(sandbox: Sandbox) -> None:
    listed = await sandbox.psgw("adapters", "list", "--json")

    assert listed.code == 0
    assert listed.json == {
        "kantata": ["PSA"],
        "netsuite": ["ERP"],
        "productive": ["PSA"],
        "salesforce": ["CRM"],
        "tryton": ["CRM", "PSA", "ERP", "HCM"],
        "workday": ["HCM"],
    }


async def test_settings_that_cannot_work_end_with_2_and_name_every_finding(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text('[graph]\ncurency = "EUR"\n[serve]\nport = "x"\n', encoding="utf-8")

    refused = await sandbox.psgw("check", "--settings", str(tmp_path / "bad.toml"))

    assert (refused.code, refused.out) == (2, "")
    assert "curency" in refused.err
    assert "port" in refused.err


async def test_only_twins_grow(sandbox: Sandbox, tmp_path: Path) -> None:
    refused = await sandbox.psgw("demo", "--scale", "1", "--systems", "tryton", "--state", str(tmp_path / "none"))

    assert (refused.code, refused.out) == (2, "")
    assert "only twins grow" in refused.err
    assert not (tmp_path / "none").exists()
