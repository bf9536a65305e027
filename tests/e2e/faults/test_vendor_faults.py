"""For every vendor and every fault switch: the answer to the caller, and the calls that the vendors receive.

One operation reads all four systems; Productive replaces Kantata. A fault of one system loses at most its own fields,
within the deadline; the other systems' fields are complete, and these systems receive their usual calls.
"""

import asyncio
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final, NamedTuple

import pytest

from gateway.canonical.fault import FaultCode
from gateway.execution.response import GraphQLResponse
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
"""The calls of the operation without a fault.

The tokens of Kantata and Productive are static; NetSuite is queried for invoices and for time postings, concurrently.
"""
RECEIVED_BY_DEFAULT: Final = {name: calls for name, calls in RECEIVED.items() if name != "productive"}
"""The same without Productive."""


class FaultTarget(NamedTuple):
    """The target of a fault: the path of the calls, and the field without a fallback, which is null then."""

    path: str
    lost: Path


TARGETS: Final = {
    "crm": FaultTarget("query", ("customer", "industry")),
    "psa": FaultTarget("workspaces", ("description",)),
    "productive": FaultTarget("projects", ("description",)),
    "hcm": FaultTarget("data", ("timeEntries", "nodes", 0, "resource", "employmentStatus")),
    "erp": FaultTarget("suiteql", ("invoices", "nodes", 0, "balance")),
}
"""Whether time is billed is in the PSA and in the ERP, so neither outage loses it."""


FALLBACK_CALLS: Final[Mapping[str, Mapping[str, Mapping[str, int]]]] = {
    "crm": {"erp": {"token": 1, "suiteql": 3}},
    "psa": {"erp": {"token": 1, "suiteql": 3}},
    "hcm": {"psa": {"workspaces": 1, "time_entries": 1, "users": 1}},
}
"""Additional calls to fallbacks: NetSuite for the customer or the project, the PSA for the person."""


class Case(NamedTuple):
    """A switch on one system: the fault that its fields report (None: the answer is complete), and the received calls.

    `system` is the connection's name, or `productive`.
    """

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
        """The case in a test's name."""
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
"""One call is sent twice."""
ALL_RETRIES: Final[Mapping[str, Mapping[str, int]]] = {
    "crm": {"token": 1, "query": 3},
    "psa": {"workspaces": 3, "time_entries": 1},
    "hcm": {"token": 1, "data": 3},
    "erp": {"token": 1, "suiteql": 5},
    "productive": {"projects": 3, "time_entries": 1},
}
"""Every call is sent three times, the maximum; NetSuite's two calls share a budget of three retries."""
NO_RETRY: Final[Mapping[str, Mapping[str, int]]] = {**RECEIVED, "productive": {"projects": 1, "time_entries": 1}}
"""No call is sent again. Without a project, Productive is not queried for its budgets and members."""
SECOND_LOGIN: Final[Mapping[str, Mapping[str, int]]] = {
    "crm": {"token": 2, "query": 2},
    "hcm": {"token": 2, "data": 2},
    "erp": {"token": 2, "suiteql": 4},
}
"""Each refused call is sent again with a second token, which concurrent calls share."""


def list_cases() -> Iterator[Case]:
    """Yield every switch on every system that has it."""
    for name in TARGETS:
        yield from _list_outages(name)
        yield from _list_invalid_answers(name)
        yield from _list_rate_limits(name)
        yield from _list_token_expiries(name)
    yield Case("crm", "row-locked", ONCE, None, ONE_RETRY["crm"])
    yield Case("crm", "row-locked", ALWAYS, FaultCode.UNAVAILABLE, ALL_RETRIES["crm"])


def _list_outages(name: str) -> Iterator[Case]:
    """Yield slow, unavailable and silent systems. Reads are retried, whether or not the vendor processed them."""
    yield Case(name, "latency", {"milliseconds": 100}, None, RECEIVED[name])
    yield Case(name, "latency", LONG_LATENCY, FaultCode.TIMEOUT, NO_RETRY[name], deadline=DEADLINE_SECONDS)
    yield Case(name, "unavailable", ONCE, None, ONE_RETRY[name])
    yield Case(name, "unavailable", ALWAYS, FaultCode.UNAVAILABLE, ALL_RETRIES[name])
    yield Case(name, "unavailable", {"times": None, "retry_after": 90}, FaultCode.UNAVAILABLE, NO_RETRY[name], 90.0)
    yield Case(name, "unavailable-after-commit", ONCE, None, ONE_RETRY[name])
    yield Case(name, "unavailable-after-commit", ALWAYS, FaultCode.UNAVAILABLE, ALL_RETRIES[name])
    yield Case(name, "reset", ONCE, None, ONE_RETRY[name])
    yield Case(name, "reset", ALWAYS, FaultCode.UNAVAILABLE, ALL_RETRIES[name])
    yield Case(name, "lost-answer", ALWAYS, FaultCode.TIMEOUT, NO_RETRY[name], deadline=DEADLINE_SECONDS)


def _list_invalid_answers(name: str) -> Iterator[Case]:
    """Yield invalid answers, which are not retried."""
    for kind in ("invalid-json", "truncated"):
        yield Case(name, kind, ALWAYS, FaultCode.CONTRACT_MISMATCH, NO_RETRY[name])


def _list_rate_limits(name: str) -> Iterator[Case]:
    """Yield rate limits. Salesforce's limit is per day, so its calls are not retried; the others' limits are short."""
    if name == "crm":
        yield Case(name, "rate-limit", ONCE, FaultCode.RATE_LIMITED, NO_RETRY[name])
    else:
        yield Case(name, "rate-limit", ONCE, None, ONE_RETRY[name])
        yield Case(name, "rate-limit", ALWAYS, FaultCode.RATE_LIMITED, ALL_RETRIES[name])
    long_wait = {"times": None, "retry_after": 120}
    yield Case(name, "rate-limit", long_wait, FaultCode.RATE_LIMITED, NO_RETRY[name], 120.0)


def _list_token_expiries(name: str) -> Iterator[Case]:
    """Yield expired tokens, which are renewed once; the static tokens of Kantata and Productive cannot be renewed."""
    if name in SECOND_LOGIN:
        yield Case(name, "token-expired", ONCE, None, SECOND_LOGIN[name])
        refused = {operation: SECOND_LOGIN[name][operation] for operation in NO_RETRY[name]}
        yield Case(name, "token-expired", ALWAYS, FaultCode.AUTH_EXPIRED, refused)


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.id) for case in list_cases() if case.system != "productive"]
)
async def test_a_fault_loses_at_most_its_own_fields_and_sends_the_expected_calls(twins: Twins, case: Case) -> None:
    await assert_fault(twins, case)


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case.id) for case in list_cases() if case.system == "productive"]
)
async def test_a_fault_of_productive_loses_the_same_fields_as_one_of_kantata(
    twins_with_productive: Twins, case: Case
) -> None:
    await assert_fault(twins_with_productive, case)


async def assert_fault(twins: Twins, case: Case) -> None:
    """Execute the operation with the switch set; assert the time, the answer, its errors and all received calls."""
    target = TARGETS[case.system]
    await twins.by_name[case.connection].set_fault(case.kind, path=target.path, **case.options)

    async with twins.open_gateway(case.deadline) as running:
        started = asyncio.get_running_loop().time()
        answer = await running.execute(ALL_SYSTEMS_VIEW)
        took = asyncio.get_running_loop().time() - started

    assert took < case.deadline + MARGIN_SECONDS
    assert answer.data == {"project": remove_fields(target.lost) if case.fault else WHOLE}
    assert collect_errors(answer) == ({target.lost: build_error(case)} if case.fault else {})
    fallback_calls = FALLBACK_CALLS.get(case.connection, {}) if case.fault else {}
    assert await twins.load_call_counts() == {**RECEIVED_BY_DEFAULT, **fallback_calls, case.connection: case.received}


async def test_a_revoked_static_token_loses_all_fields_of_its_system(twins: Twins) -> None:
    """Kantata's token is revoked at the first call. Without time entries there is no person to read from the HCM."""
    await assert_revoked(twins, "psa")


async def test_a_revoked_token_of_productive_loses_the_same_fields(twins_with_productive: Twins) -> None:
    await assert_revoked(twins_with_productive, "productive")


async def assert_revoked(twins: Twins, system: str) -> None:
    """Execute the operation while the PSA refuses its token; assert the lost fields and all received calls."""
    await twins.by_name["psa"].set_fault("token-expired")
    case = Case(system, "token-expired", ONCE, FaultCode.AUTH_EXPIRED, NO_RETRY[system])
    lost: list[Path] = [("description",), ("timeEntries",)]

    async with twins.open_gateway() as running:
        answer = await running.execute(ALL_SYSTEMS_VIEW)

    assert answer.data == {"project": remove_fields(*lost)}
    assert collect_errors(answer) == {path: build_error(case) for path in lost}
    assert await twins.load_call_counts() == {**RECEIVED_BY_DEFAULT, "psa": case.received, "hcm": {}}


async def test_without_a_fault_the_answer_is_complete(twins: Twins, twins_with_productive: Twins) -> None:
    """Guard the tests above against passing for another reason."""
    async with twins.open_gateway() as running, twins_with_productive.open_gateway() as other:
        answer, same = await running.execute(ALL_SYSTEMS_VIEW), await other.execute(ALL_SYSTEMS_VIEW)

    assert (answer.data, answer.errors) == (same.data, same.errors) == ({"project": WHOLE}, [])
    assert await twins.load_call_counts() == RECEIVED_BY_DEFAULT
    assert await twins_with_productive.load_call_counts() == {**RECEIVED_BY_DEFAULT, "psa": RECEIVED["productive"]}


def remove_fields(*lost: Path) -> Mapping[str, Any]:
    """Return the complete answer with null at some paths."""
    answer = deepcopy(dict(WHOLE))
    for *way, last in lost:
        at: Any = answer
        for step in way:
            at = at[step]
        at[last] = None
    return answer


def collect_errors(answer: GraphQLResponse) -> Mapping[Path, Mapping[str, Any]]:
    """Return the extensions of the errors by their path below the project."""
    return {tuple(error["path"][1:]): error["extensions"] for error in answer.errors}


def build_error(case: Case) -> Mapping[str, Any]:
    """Return the expected extensions of the error of a lost field."""
    return {
        "code": "SOURCE_UNAVAILABLE",
        "system": case.connection.upper(),
        "fault": case.fault,
        "retryAfter": case.retry_after,
        "correlationId": "correlation-of-the-test",
    }
