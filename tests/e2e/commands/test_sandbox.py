"""psgw sandbox starts the demo firm's systems without the gateway, shows them, and injects and clears faults."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest
import pytest_asyncio

from tests.e2e.commands.running import Sandbox, interrupt, run_psgw, start_psgw
from tests.fixtures.ports import find_free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def twins(sandbox: Sandbox) -> AsyncIterator[Sandbox]:
    """The sandbox, without faults before and after each test."""
    await sandbox.clear()
    yield sandbox
    await sandbox.clear()


async def test_every_twin_of_the_demo_has_a_control_endpoint(sandbox: Sandbox) -> None:
    systems = sandbox.systems

    vendors = {name: each["vendor"] for name, each in systems.items()}
    assert vendors == {"crm": "salesforce", "erp": "netsuite", "hcm": "workday", "psa": "kantata"}
    async with httpx.AsyncClient() as http:
        answers = {name: await http.get(each["control"]) for name, each in systems.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(vendors, 200)
    assert all(each["control"].startswith(each["address"]) for each in systems.values())


async def test_a_fault_is_injected_shown_and_cleared(twins: Sandbox) -> None:
    state = ("--state", str(twins.state))

    injected = await twins.run_psgw("sandbox", "inject", "psa", "rate-limit", "--path", "users", *state)
    status = await twins.run_psgw("sandbox", "status", "--json", *state)
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"{twins.systems['psa']['address']}/api/v1/users.json")
    cleared = await twins.run_psgw("sandbox", "clear", "psa", *state)
    after = await twins.run_psgw("sandbox", "status", *state)

    assert (injected.code, injected.out) == (0, "psa: rate-limit path=users\n")
    assert {name: each["up"] for name, each in status.json.items()} == dict.fromkeys(twins.systems, True)
    assert [fault["kind"] for fault in status.json["psa"]["faults"]] == ["rate-limit"]
    assert [each["faults"] for name, each in status.json.items() if name != "psa"] == [[], [], []]
    assert answer.status_code == 429
    assert (cleared.code, cleared.out) == (0, "psa: no faults\n")
    assert after.code == 0
    assert "rate-limit" not in after.out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("unavailable",), {"times": None}),
        (("unavailable", "--retry-after", "7", "--times", "3"), {"retry_after": 7, "times": 3}),
        (("latency",), {"milliseconds": 2000, "times": None}),
        (("latency", "--milliseconds", "250"), {"milliseconds": 250, "times": None}),
        (("rate-limit", "--retry-after", "9"), {"retry_after": 9, "times": None}),
        (("reset", "--times", "2"), {"times": 2}),
        (("invalid-json",), {"times": None}),
        (("truncated",), {"times": None}),
        (("lost-answer", "--skip", "2"), {"skip": 2, "times": None}),
        (("unavailable-after-commit",), {"times": None}),
        (("token-expired",), {"times": None}),
        (("row-locked",), {"times": None}),
        (("rows-changed", "--object", "Account"), {"object": "Account", "change": "touched", "times": 1}),
        (
            ("rows-changed", "--object", "Account", "--change", "deleted", "--times", "2"),
            {"object": "Account", "change": "deleted", "times": 2},
        ),
    ],
)
async def test_every_fault_is_set_with_its_options(
    twins: Sandbox, arguments: tuple[str, ...], expected: dict[str, object]
) -> None:
    result = await twins.run_psgw("sandbox", "inject", "crm", *arguments, "--json", "--state", str(twins.state))

    assert result.code == 0
    (fault,) = result.json["crm"]["faults"]
    assert fault["kind"] == arguments[0]
    defaults = {"times": 1}
    assert {name: fault.get(name, defaults.get(name)) for name in expected} == expected


@pytest.mark.parametrize(
    ("arguments", "finding"),
    [
        (("inject", "lms", "invalid-json"), "there is no system lms; choose from crm"),
        (("inject", "crm", "garbage"), "'garbage' is not one of"),
        (("inject", "crm", "truncated", "--retry-after", "3"), "truncated takes no option --retry-after"),
        (("inject", "crm", "rows-changed"), "rows-changed needs --object, such as --object Account"),
        (("inject", "psa", "row-locked"), "psa does not accept the fault: This vendor does not lock rows."),
        (("inject", "psa", "rows-changed", "--object", "king"), "psa does not accept the fault: Unknown object king;"),
        (("clear", "lms"), "there is no system lms"),
    ],
)
async def test_an_invalid_fault_or_system_ends_with_2_and_sets_nothing(
    twins: Sandbox, arguments: tuple[str, ...], finding: str
) -> None:
    result = await twins.run_psgw("sandbox", *arguments, "--state", str(twins.state))

    assert (result.code, result.out) == (2, "")
    assert finding in " ".join(result.message.replace("│", " ").split())
    status = await twins.run_psgw("sandbox", "status", "--json", "--state", str(twins.state))
    assert [each["faults"] for each in status.json.values()] == [[], [], [], []]


async def test_a_system_that_is_down_is_reported_and_ends_with_3(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{find_free_port()}"
    systems = {
        "crm": {"vendor": "salesforce", "address": address, "control": f"{address}/__control"},
        "psa": {"vendor": "tryton", "address": address, "control": None},
    }
    (tmp_path / "systems.json").write_bytes(msgspec.json.encode(systems))
    state = ("--state", str(tmp_path))

    status, down, real = await asyncio.gather(
        run_psgw("sandbox", "status", "--json", *state),
        run_psgw("sandbox", "inject", "crm", "invalid-json", *state),
        run_psgw("sandbox", "inject", "psa", "invalid-json", *state),
    )

    assert (status.code, {name: each["up"] for name, each in status.json.items()}) == (3, {"crm": False, "psa": False})
    assert (down.code, down.out) == (3, "")
    assert (real.code, "psa is a real tryton server, which cannot inject faults" in real.message) == (2, True)


async def test_without_a_demo_status_ends_with_2(tmp_path: Path) -> None:
    result = await run_psgw("sandbox", "status", home=tmp_path)

    assert (result.code, result.out) == (2, "")
    assert "there is no demo in .psgw; start psgw demo, or name its folder with --state" in result.message


async def test_up_runs_the_systems_until_ctrl_c_and_leaves_none(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "state"))
    arguments = ("sandbox", "up", *state, "--identity-port", str(find_free_port()), "--json")

    async with start_psgw(*arguments) as process:
        assert process.stdout is not None
        announced = msgspec.json.decode(await process.stdout.readline())
        status = await run_psgw("sandbox", "status", *state)
        result = await interrupt(process)

    assert announced["settings"] == str(tmp_path / "state" / "psgw.toml")
    assert list(announced["systems"]) == ["crm", "psa", "hcm", "erp"]
    assert status.code == 0
    assert result.code == 130
    assert "Traceback" not in result.err
    assert (await run_psgw("sandbox", "status", *state)).code == 3


async def test_an_unknown_mix_ends_with_2_and_creates_nothing(tmp_path: Path) -> None:
    result = await run_psgw("sandbox", "up", "--systems", "crm=workday,x", "--state", str(tmp_path / "state"))

    assert (result.code, result.out) == (2, "")
    assert "crm does not support workday; use salesforce, tryton" in result.message
    assert "'x' is not a mix; use twins, mixed, tryton, or a list" in result.message
    assert not (tmp_path / "state").exists()
