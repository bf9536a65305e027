"""Runs every test of this folder over every vendor and role, and reports by name what a run could not test."""

from collections.abc import AsyncIterator, Callable, Generator

import pytest
import pytest_asyncio

from gateway.canonical.roles import SystemRole
from tests.contract import exemptions as table
from tests.contract.exemptions import Exemptions
from tests.contract.live import LiveTenant
from tests.contract.systems import (
    VENDOR_ROLES,
    Declared,
    SystemUnderTest,
    VendorRole,
    choose_connection,
    open_port,
    start_system,
)
from tests.contract.untested import NotTestedError, format_lines, note


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run over every vendor in every role; a module about some roles only says so in `ROLES`.

    A vendor whose name is a marker needs a real server: the tests that start the server carry the marker, so that they
    can be left out by name.
    """
    if "played" in metafunc.fixturenames:
        roles = getattr(metafunc.module, "ROLES", frozenset(SystemRole))
        found = [played for played in VENDOR_ROLES if played.role in roles]
        marks = {line.partition(":")[0] for line in metafunc.config.getini("markers")}
        runs = [
            pytest.param(played, marks=getattr(pytest.mark, played.manifest.vendor))
            if played.manifest.vendor in marks and "subject" in metafunc.fixturenames
            else played
            for played in found
        ]
        metafunc.parametrize("played", runs, ids=[str(played) for played in found], scope="session")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def declared(played: VendorRole) -> AsyncIterator[Declared]:
    """What the vendor declares, over a connection to no system."""
    connection = choose_connection(played)
    async with open_port(played.manifest, connection) as port:
        yield Declared(played.manifest, played.role, connection, port)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def subject(played: VendorRole) -> AsyncIterator[SystemUnderTest]:
    """The vendor's running system and the port over it, started once: a real server takes seconds."""
    async with start_system(played) as running:
        yield running


@pytest.fixture
def untested(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Records one thing that the test leaves out, and what it needs."""
    return lambda detail, need: note(request.node, _name_promise(request.node), detail, need)


@pytest.fixture
def excused(request: pytest.FixtureRequest, played: VendorRole) -> dict[str, str]:
    """The things that the table lets this test leave out, with reasons."""
    return table.load_details(played, request.function.__name__)


@pytest.fixture
def exemptions(excused: dict[str, str], subject: SystemUnderTest, untested: Callable[[str, str], None]) -> Exemptions:
    """The same, enforced: strictly for the firm's data, as a report for a live tenant's."""
    return Exemptions(excused, subject.live, untested)


def _name_promise(item: pytest.Item) -> str:
    return f"{_find_played(item)}: {item.originalname}"  # type: ignore[attr-defined] # each item is a pytest.Function


def _name_variant(item: pytest.Item) -> str:
    """Return the other parameters of a test, as its id has them."""
    identifier: str = item.callspec.id  # type: ignore[attr-defined] # each item is a pytest.Function
    return identifier.replace(str(_find_played(item)), "").strip("-")


def _find_played(item: pytest.Item) -> VendorRole | None:
    if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
        played = item.callspec.params.get("played")
        return played if isinstance(played, VendorRole) else None
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Let a mark or a fixture skip a test only when the table does."""
    try:
        yield
    except pytest.skip.Exception as skipped:
        _judge(item, skipped)
        raise
    _note_gaps(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Let a test skip only when the table says so, and run only when it does not."""
    try:
        yield
    except pytest.skip.Exception as skipped:
        _judge(item, skipped)
        raise
    _judge(item, None)


def _judge(item: pytest.Item, skipped: BaseException | None) -> None:
    played = _find_played(item)
    if isinstance(skipped, NotTestedError) or (skipped and played and played.configured):
        note(item, _name_promise(item), _name_variant(item), str(skipped))
        return
    reason = table.load_entries(played).get(item.originalname) if played else None  # type: ignore[attr-defined] # a Function
    wrong = table.find_objection(skipped=skipped is not None, reason=reason)
    if wrong and not (played and played.configured):
        pytest.fail(f"{wrong} {skipped or ''}".strip(), pytrace=False)


def _note_gaps(item: pytest.Item) -> None:
    subject = getattr(item, "funcargs", {}).get("subject")
    if subject is not None and isinstance(subject.running, LiveTenant):
        for promise, need in subject.running.gaps.items():
            note(item, f"{_find_played(item)}: {promise}", "", need)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the promises that this run could not test."""
    reports = [
        report
        for outcome in ("passed", "skipped", "failed", "error")
        for report in terminalreporter.getreports(outcome)
        if isinstance(report, pytest.TestReport)
    ]
    lines = list(format_lines(reports))
    if lines:
        terminalreporter.section("not tested")
        for line in lines:
            terminalreporter.line(line)
