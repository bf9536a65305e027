"""Runs every test of this folder over every vendor and role that is found by its manifest."""

from collections.abc import AsyncIterator, Generator

import pytest
import pytest_asyncio

from gateway.canonical.roles import SystemRole
from tests.contract import expected
from tests.contract.systems import PLAYED, Played, Subject, started


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run over every vendor in every role; a module about some roles only says so in `ROLES`.

    A vendor whose name is a marker (it needs a real server) carries it, so that it can be left out by name.
    """
    if "played" in metafunc.fixturenames:
        roles = getattr(metafunc.module, "ROLES", frozenset(SystemRole))
        found = [played for played in PLAYED if played.role in roles]
        marks = {line.partition(":")[0] for line in metafunc.config.getini("markers")}
        runs = [
            pytest.param(played, marks=getattr(pytest.mark, played.manifest.vendor))
            if played.manifest.vendor in marks
            else played
            for played in found
        ]
        metafunc.parametrize("played", runs, ids=[str(played) for played in found], scope="session")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def subject(played: Played) -> AsyncIterator[Subject]:
    """The vendor's running system and the port over it, started once: a real server takes seconds."""
    async with started(played) as running:
        yield running


@pytest.fixture
def excused(request: pytest.FixtureRequest, played: Played) -> dict[str, str]:
    """The things that the table lets this test leave out, with reasons."""
    return expected.details(played, request.function.__name__)


def _reason(item: pytest.Item) -> str | None:
    found = (
        item.callspec.params.get("played") if isinstance(item, pytest.Function) and hasattr(item, "callspec") else None
    )
    return expected.entries(found).get(item.originalname) if found is not None else None  # type: ignore[attr-defined]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Let a mark or a fixture skip a test only when the table does."""
    try:
        yield
    except pytest.skip.Exception as skipped:
        _judge(item, skipped)
        raise


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
    wrong = expected.objection(skipped=skipped is not None, reason=_reason(item))
    if wrong:
        pytest.fail(f"{wrong} {skipped or ''}".strip(), pytrace=False)
