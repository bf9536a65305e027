"""psgw sandbox: the demo firm's systems without the gateway: started, looked at, broken, mended, ended."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest
import pytest_asyncio

from tests.e2e.commands.running import Sandbox, interrupt, run_psgw, start_psgw
from tests.fixtures.ports import free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def twins(sandbox: Sandbox) -> AsyncIterator[Sandbox]:
    """The sandbox, mended before and after each test."""
    await sandbox.clear()
    yield sandbox
    await sandbox.clear()


async def test_every_twin_of_the_demo_tells_where_it_is_broken(sandbox: Sandbox) -> None:
    systems = sandbox.systems

    vendors = {name: each["vendor"] for name, each in systems.items()}
    assert vendors == {"crm": "salesforce", "erp": "netsuite", "hcm": "workday", "psa": "kantata"}
    async with httpx.AsyncClient() as http:
        answers = {name: await http.get(each["control"]) for name, each in systems.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(vendors, 200)
    assert all(each["control"].startswith(each["address"]) for each in systems.values())


async def test_a_system_is_broken_seen_broken_and_mended(twins: Sandbox) -> None:
    state = ("--state", str(twins.state))

    broken = await twins.run_psgw("sandbox", "break", "psa", "--throttle", "--times", "0", "--path", "users", *state)
    seen = await twins.run_psgw("sandbox", "status", "--json", *state)
    async with httpx.AsyncClient() as http:
        struck = await http.get(f"{twins.systems['psa']['address']}/api/v1/users.json")
    mended = await twins.run_psgw("sandbox", "mend", "psa", *state)
    after = await twins.run_psgw("sandbox", "status", *state)

    assert (broken.code, broken.out) == (0, "psa: throttled path=users\n")
    assert {name: each["up"] for name, each in seen.json.items()} == dict.fromkeys(twins.systems, True)
    assert [switch["kind"] for switch in seen.json["psa"]["armed"]] == ["throttled"]
    assert [each["armed"] for name, each in seen.json.items() if name != "psa"] == [[], [], []]
    assert struck.status_code == 429
    assert (mended.code, mended.out) == (0, "psa: well\n")
    assert after.code == 0
    assert "throttled" not in after.out


@pytest.mark.parametrize(
    ("words", "kind", "more"),
    [
        ((), "unavailable", {"times": None}),
        (("--times", "2"), "unavailable", {"times": 2}),
        (("--latency", "250"), "latency", {"milliseconds": 250, "times": None}),
        (("--fail", "--retry-after", "7", "--times", "3"), "unavailable", {"retry_after": 7, "times": 3}),
        (("--after-commit",), "unavailable_after_commit", {"times": 1}),
        (("--silence", "--skip", "2"), "silent_after_commit", {"skip": 2}),
        (("--expire-tokens",), "token_expired", {"times": 1}),
        (("--garbage",), "garbage", {"times": 1}),
        (("--truncate",), "truncated", {"times": 1}),
        (("--lock",), "locked", {"times": 1}),
        (("--touch", "Account"), "rows_changed", {"object": "Account", "change": "touched"}),
    ],
)
async def test_every_fault_reaches_its_switch(
    twins: Sandbox, words: tuple[str, ...], kind: str, more: dict[str, object]
) -> None:
    told = await twins.run_psgw("sandbox", "break", "crm", *words, "--json", "--state", str(twins.state))

    assert told.code == 0
    (switch,) = told.json["crm"]["armed"]
    assert switch["kind"] == kind
    assert {name: switch.get(name, 1 if name == "times" else None) for name in more} == more


@pytest.mark.parametrize(
    ("words", "finding"),
    [
        (("break", "lms", "--garbage"), "there is no connection lms; there are crm"),
        (("break", "crm", "--garbage", "--fail"), "name one fault, such as --latency 2000 or --throttle"),
        (("break", "psa", "--lock"), "psa has no such fault: This vendor locks no rows."),
        (("break", "psa", "--touch", "king"), "psa has no such fault: There is no object king; there are"),
        (("mend", "lms"), "there is no connection lms"),
    ],
)
async def test_what_cannot_be_done_ends_with_2_and_what_can(
    twins: Sandbox, words: tuple[str, ...], finding: str
) -> None:
    refused = await twins.run_psgw("sandbox", *words, "--state", str(twins.state))

    assert (refused.code, refused.out) == (2, "")
    assert finding in refused.message
    seen = await twins.run_psgw("sandbox", "status", "--json", "--state", str(twins.state))
    assert [each["armed"] for each in seen.json.values()] == [[], [], [], []]


async def test_what_is_down_is_told_and_ends_with_3(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    systems = {
        "crm": {"vendor": "salesforce", "address": address, "control": f"{address}/__control"},
        "psa": {"vendor": "tryton", "address": address, "control": None},
    }
    (tmp_path / "systems.json").write_bytes(msgspec.json.encode(systems))
    state = ("--state", str(tmp_path))

    seen, broken, real = await asyncio.gather(
        run_psgw("sandbox", "status", "--json", *state),
        run_psgw("sandbox", "break", "crm", "--garbage", *state),
        run_psgw("sandbox", "break", "psa", "--garbage", *state),
    )

    assert (seen.code, {name: each["up"] for name, each in seen.json.items()}) == (3, {"crm": False, "psa": False})
    assert (broken.code, broken.out) == (3, "")
    assert (real.code, "psa is a real tryton server, which has no fault switches" in real.message) == (2, True)


async def test_without_a_demo_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    refused = await run_psgw("sandbox", "status", home=tmp_path)

    assert (refused.code, refused.out) == (2, "")
    assert "no demo in .psgw; start psgw demo, or name its folder with --state" in refused.message


async def test_up_keeps_the_systems_until_ctrl_c_and_leaves_none(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "state"))
    words = ("sandbox", "up", *state, "--identity-port", str(free_port()), "--json")

    async with start_psgw(*words) as process:
        assert process.stdout is not None
        told = msgspec.json.decode(await process.stdout.readline())
        seen = await run_psgw("sandbox", "status", *state)
        ended = await interrupt(process)

    assert told["settings"] == str(tmp_path / "state" / "psgw.toml")
    assert list(told["systems"]) == ["crm", "psa", "hcm", "erp"]
    assert seen.code == 0
    assert ended.code == 130
    assert "Traceback" not in ended.err
    assert (await run_psgw("sandbox", "status", *state)).code == 3


async def test_a_mix_that_there_is_not_ends_with_2_and_makes_nothing(tmp_path: Path) -> None:
    refused = await run_psgw("sandbox", "up", "--systems", "crm=workday,x", "--state", str(tmp_path / "state"))

    assert (refused.code, refused.out) == (2, "")
    assert "crm cannot be workday; it can be salesforce, tryton" in refused.message
    assert "'x' is no mix; it is twins, mixed, tryton, or parts of a mix" in refused.message
    assert not (tmp_path / "state").exists()
