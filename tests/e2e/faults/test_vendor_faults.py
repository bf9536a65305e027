"""For every vendor and every fault switch: what the caller of the graph sees, and what the vendors received.

One operation asks all four systems; Productive is asked in Kantata's place. A fault of one costs its own fields at most, within the deadline; the other systems' answers are complete, and they
receive what they always do.
"""

import asyncio
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final, NamedTuple

import pytest

from gateway.canonical.fault import FaultCode
from gateway.execution.answer import Answer
from tests.e2e.faults.conftest import Twins
from tests.fixtures.connections import DEADLINE_SECONDS

pytestmark = pytest.mark.asyncio(loop_scope="module")

Path = tuple[str | int, ...]
LONG_DEADLINE: Final = 10.0
MARGIN_SECONDS: Final = 1.5
LONG_LATENCY: Final = {"milliseconds": 6_000}

ALL_SYSTEMS_VIEW: Final = """{ project(ref: {code: "PRJ-1001"}) {
  code description
  customer { name industry }
  invoices { nodes { number balance { amount } } }
  timeEntries(first: 1) { nodes { hours billing resource { displayName employmentStatus } } }
} }"""
WHOLE: Final[Mapping[str, Any]] = {
    "code": "PRJ-1001",
    "description": "Finance and procurement on one ERP in eleven stores.",
    "customer": {"name": "Aurora Retail Group", "industry": "Retail"},
    "invoices": {"nodes": [{"number": "INV-US-0003", "balance": {"amount": "2446.25"}}]},
    "timeEntries": {
        "nodes": [
            {
                "hours": "6.5",
                "billing": "INVOICED",
                "resource": {"displayName": "Alice Hartmann", "employmentStatus": "ACTIVE"},
            }
        ]
    },
}
RECEIVED: Final[Mapping[str, Mapping[str, int]]] = {
    "crm": {"token": 1, "query": 1},
    "psa": {"workspaces": 1, "time_entries": 1},
    "hcm": {"token": 1, "data": 1},
    "erp": {"token": 1, "suiteql": 2},
    "productive": {"projects": 1, "custom_fields": 1, "deals": 1, "memberships": 1, "time_entries": 1},
}
"""What the operation costs when nothing is wrong. The tokens of Kantata and Productive are static; the books are asked for invoices and for postings of time, at once."""
RECEIVED_BY_DEFAULT: Final = {name: calls for name, calls in RECEIVED.items() if name != "productive"}
"""The same without Productive."""


class FaultTarget(NamedTuple):
    """Where a system is struck: the path of its calls, the field that nobody else can tell, and what is null for its sake."""

    path: str
    lost: Path
    null: Path


_STATUS: Final = ("timeEntries", "nodes", 0, "resource", "employmentStatus")
_INVOICE: Final = ("invoices", "nodes", 0)
TARGETS: Final = {
    "crm": FaultTarget("query", ("customer", "industry"), ("customer", "industry")),
    "psa": FaultTarget("workspaces", ("description",), ("description",)),
    "productive": FaultTarget("projects", ("description",), ("description",)),
    "hcm": FaultTarget("data", _STATUS, _STATUS),
    "erp": FaultTarget("suiteql", (*_INVOICE, "balance"), _INVOICE),
}
"""Whether time is billed the PSA knows as well as the ERP. An invoice without a balance is none."""


FALLBACK_CALLS: Final[Mapping[str, Mapping[str, Mapping[str, int]]]] = {
    "crm": {"erp": {"token": 1, "suiteql": 3}},
    "psa": {"erp": {"token": 1, "suiteql": 3}},
    "hcm": {"psa": {"workspaces": 1, "time_entries": 1, "users": 1}},
}
"""What others receive besides when a system has no answer: the books are asked for the customer or the project, the PSA for the person."""


class Case(NamedTuple):
    """A switch on one system, by its connection's name, or on Productive; what becomes of its fields (None: nothing, the answer is whole), and what it received."""

    system: str
    kind: str
    options: Mapping[str, Any]
    fault: FaultCode | None
    received: Mapping[str, int]
    retry_after: float | None = None
    deadline: float = LONG_DEADLINE

    @property
    def connection(self) -> str:
        """The name of the system's connection."""
        return "psa" if self.system == "productive" else self.system

    @property
    def id(self) -> str:
        """How the case is called in a test's name."""
        options = "-".join(f"{name}={value}" for name, value in self.options.items())
        return "-".join(part for part in (self.system, self.kind, options) if part)


ONCE: Final[Mapping[str, Any]] = {}
ALWAYS: Final[Mapping[str, Any]] = {"times": None}
ONE_RETRY: Final[Mapping[str, Mapping[str, int]]] = {
    "crm": {"token": 1, "query": 2},
    "psa": {"workspaces": 2, "time_entries": 1},
    "hcm": {"token": 1, "data": 2},
    "erp": {"token": 1, "suiteql": 3},
    "productive": {**RECEIVED["productive"], "projects": 2},
}
"""One call was sent a second time."""
ALL_RETRIES: Final[Mapping[str, Mapping[str, int]]] = {
    "crm": {"token": 1, "query": 3},
    "psa": {"workspaces": 3, "time_entries": 1},
    "hcm": {"token": 1, "data": 3},
    "erp": {"token": 1, "suiteql": 5},
    "productive": {"projects": 3, "time_entries": 1},
}
"""Every call was sent as often as is ever done: three times, and together no more than three more than there are calls, of which the books had two."""
NO_RETRY: Final[Mapping[str, Mapping[str, int]]] = {**RECEIVED, "productive": {"projects": 1, "time_entries": 1}}
"""No call was sent again. Without a project Productive is not asked for what belongs to it."""
SECOND_LOGIN: Final[Mapping[str, Mapping[str, int]]] = {
    "crm": {"token": 2, "query": 2},
    "hcm": {"token": 2, "data": 2},
    "erp": {"token": 2, "suiteql": 4},
}
"""Each refused call was sent again with a second token, which those that were refused at once share."""


def list_cases() -> Iterator[Case]:
    """Return every switch on every system that has it."""
    for name in TARGETS:
        yield from _list_outages(name)
        yield from _list_invalid_answers(name)
        yield from _list_rate_limits(name)
        yield from _list_token_expiries(name)
    yield Case("crm", "locked", ONCE, None, ONE_RETRY["crm"])
    yield Case("crm", "locked", ALWAYS, FaultCode.UNAVAILABLE, ALL_RETRIES["crm"])


def _list_outages(name: str) -> Iterator[Case]:
    """A system that is slow, down, or silent. Reads are sent again: whether the lost one was worked for makes no difference."""
    yield Case(name, "latency", {"milliseconds": 100}, None, RECEIVED[name])
    yield Case(name, "latency", LONG_LATENCY, FaultCode.TIMEOUT, NO_RETRY[name], deadline=DEADLINE_SECONDS)
    yield Case(name, "unavailable", ONCE, None, ONE_RETRY[name])
    yield Case(name, "unavailable", ALWAYS, FaultCode.UNAVAILABLE, ALL_RETRIES[name])
    yield Case(name, "unavailable", {"times": None, "retry_after": 90}, FaultCode.UNAVAILABLE, NO_RETRY[name], 90.0)
    yield Case(name, "unavailable_after_commit", ONCE, None, ONE_RETRY[name])
    yield Case(name, "unavailable_after_commit", ALWAYS, FaultCode.UNAVAILABLE, ALL_RETRIES[name])
    yield Case(name, "silent_after_commit", ALWAYS, FaultCode.TIMEOUT, NO_RETRY[name], deadline=DEADLINE_SECONDS)


def _list_invalid_answers(name: str) -> Iterator[Case]:
    """What is no answer breaks the contract; asking again would bring the same."""
    for kind in ("garbage", "truncated"):
        yield Case(name, kind, ALWAYS, FaultCode.CONTRACT_MISMATCH, NO_RETRY[name])


def _list_rate_limits(name: str) -> Iterator[Case]:
    """Salesforce's limit is that of a day, so asking again would only be refused again; of the others it is one of the moment."""
    if name == "crm":
        yield Case(name, "throttled", ONCE, FaultCode.RATE_LIMITED, NO_RETRY[name])
    else:
        yield Case(name, "throttled", ONCE, None, ONE_RETRY[name])
        yield Case(name, "throttled", ALWAYS, FaultCode.RATE_LIMITED, ALL_RETRIES[name])
    waited = {"times": None, "retry_after": 120}
    yield Case(name, "throttled", waited, FaultCode.RATE_LIMITED, NO_RETRY[name], 120.0)


def _list_token_expiries(name: str) -> Iterator[Case]:
    """A token that died is replaced once; those of Kantata and Productive cannot be."""
    if name in SECOND_LOGIN:
        yield Case(name, "token_expired", ONCE, None, SECOND_LOGIN[name])
        refused = {operation: SECOND_LOGIN[name][operation] for operation in NO_RETRY[name]}
        yield Case(name, "token_expired", ALWAYS, FaultCode.AUTH_EXPIRED, refused)


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.id) for case in list_cases() if case.system != "productive"]
)
async def test_a_fault_costs_its_own_fields_at_most_and_no_call_too_many(twins: Twins, case: Case) -> None:
    await assert_costs(twins, case)


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.id) for case in list_cases() if case.system == "productive"]
)
async def test_a_fault_of_productive_costs_what_one_of_kantata_does(twins_with_productive: Twins, case: Case) -> None:
    await assert_costs(twins_with_productive, case)


async def assert_costs(twins: Twins, case: Case) -> None:
    """Ask everybody while a switch is set."""
    struck = TARGETS[case.system]
    await twins.by_name[case.connection].arm(case.kind, path=struck.path, **case.options)

    async with twins.open_gateway(case.deadline) as running:
        started = asyncio.get_running_loop().time()
        answer = await running.ask(ALL_SYSTEMS_VIEW)
        took = asyncio.get_running_loop().time() - started

    assert took < case.deadline + MARGIN_SECONDS
    assert answer.data == {"project": remove_fields(struck.null) if case.fault else WHOLE}
    assert collect_errors(answer) == ({struck.lost: build_error(case)} if case.fault else {})
    besides = FALLBACK_CALLS.get(case.connection, {}) if case.fault else {}
    assert await twins.load_call_counts() == {**RECEIVED_BY_DEFAULT, **besides, case.connection: case.received}


async def test_a_token_that_nobody_can_renew_costs_all_fields_of_its_system(twins: Twins) -> None:
    """Kantata's token is revoked when the first call arrives. Nobody booked time, so nobody is asked for in the HCM."""
    await assert_revoked(twins, "psa")


async def test_productives_token_is_no_other(twins_with_productive: Twins) -> None:
    await assert_revoked(twins_with_productive, "productive")


async def assert_revoked(twins: Twins, system: str) -> None:
    """Ask everybody while the PSA takes no token."""
    await twins.by_name["psa"].arm("token_expired")
    case = Case(system, "token_expired", ONCE, FaultCode.AUTH_EXPIRED, NO_RETRY[system])
    lost: list[Path] = [("description",), ("timeEntries",)]

    async with twins.open_gateway() as running:
        answer = await running.ask(ALL_SYSTEMS_VIEW)

    assert answer.data == {"project": remove_fields(*lost)}
    assert collect_errors(answer) == {path: build_error(case) for path in lost}
    assert await twins.load_call_counts() == {**RECEIVED_BY_DEFAULT, "psa": case.received, "hcm": {}}


async def test_when_nothing_is_wrong_the_answer_is_whole(twins: Twins, twins_with_productive: Twins) -> None:
    """Otherwise the tests above could pass for a reason of their own."""
    async with twins.open_gateway() as running, twins_with_productive.open_gateway() as other:
        answer, same = await running.ask(ALL_SYSTEMS_VIEW), await other.ask(ALL_SYSTEMS_VIEW)

    assert (answer.data, answer.errors) == (same.data, same.errors) == ({"project": WHOLE}, [])
    assert await twins.load_call_counts() == RECEIVED_BY_DEFAULT
    assert await twins_with_productive.load_call_counts() == {**RECEIVED_BY_DEFAULT, "psa": RECEIVED["productive"]}


def remove_fields(*lost: Path) -> Mapping[str, Any]:
    """Return the whole answer with null in some places."""
    answer = deepcopy(dict(WHOLE))
    for *way, last in lost:
        at: Any = answer
        for step in way:
            at = at[step]
        at[last] = None
    return answer


def collect_errors(answer: Answer) -> Mapping[Path, Mapping[str, Any]]:
    """Return what the errors tell machines, by the field below the project."""
    return {tuple(error["path"][1:]): error["extensions"] for error in answer.errors}


def build_error(case: Case) -> Mapping[str, Any]:
    """Return what the error of a lost field tells machines."""
    return {
        "code": "SOURCE_UNAVAILABLE",
        "system": case.connection.upper(),
        "fault": case.fault,
        "retryAfter": case.retry_after,
        "correlationId": "correlation-of-the-test",
    }
