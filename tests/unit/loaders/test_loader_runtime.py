"""The runtime groups keys, splits them into chunks, never raises, and returns every failure as a value."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.canonical.fault import Fault, FaultCode
from gateway.canonical.native import NativeId
from gateway.canonical.roles import SystemRole
from gateway.errors import BadInputError, SourceError
from gateway.loaders.arguments import NO_ARGS, FrozenArgs
from gateway.loaders.declaration import Loader
from gateway.loaders.runtime import LoaderRuntime


class Pets:
    """A loader that records its calls, and returns, raises or waits as configured."""

    def __init__(self, outcome: Exception | None = None, wait: float = 0) -> None:
        self.received: list[tuple[Any, ...]] = []
        self.outcome = outcome
        self.wait = wait
        self.cancelled = 0

    async def call(self, _sources: Any, keys: Sequence[Any], args: Mapping[str, Any], /) -> Mapping[Any, Any]:
        self.received.append((tuple(keys), dict(args)))
        try:
            await asyncio.sleep(self.wait)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.outcome:
            raise self.outcome
        return {key: f"pet {key}" for key in keys if key != "nobody"}


def build_runtime(pets: Pets, *, batch: Any = 100, deadline: float | None = None) -> LoaderRuntime:
    ports = {name: SimpleNamespace(limit=2) for name in ("east", "west")}
    loader = Loader(name="pets", system=SystemRole.PSA, call=pets.call, batch=batch)
    return LoaderRuntime({"pets": loader}, SimpleNamespace(ports=ports), "corr-9", deadline)


async def test_a_key_without_a_result_is_none():
    pets = Pets()
    found = await build_runtime(pets).load([("pets", NO_ARGS, "rex"), ("pets", NO_ARGS, "nobody")])
    assert found == {("pets", NO_ARGS, "rex"): "pet rex", ("pets", NO_ARGS, "nobody"): None}
    assert pets.received == [(("rex", "nobody"), {})]


@pytest.mark.parametrize(("rows", "calls"), [(1, 1), (3, 1), (4, 2), (10, 4)])
async def test_keys_are_split_into_chunks_of_the_batch_size(rows, calls):
    pets = Pets()
    loads = build_runtime(pets, batch=3)
    await loads.load([("pets", NO_ARGS, f"k{number}") for number in range(rows)])
    assert loads.calls["pets"] == calls
    assert [key for keys, _ in pets.received for key in keys] == [f"k{number}" for number in range(rows)]


async def test_native_ids_of_two_connections_never_share_a_call_and_use_the_limit_of_their_port():
    pets = Pets()
    keys = [NativeId(connection, "", str(number)) for number in range(3) for connection in ("east", "west")]
    await build_runtime(pets, batch=lambda port: port.limit).load([("pets", NO_ARGS, key) for key in keys])
    assert sorted(tuple(f"{key.connection}{key.id}" for key in keys) for keys, _ in pets.received) == [
        ("east0", "east1"),
        ("east2",),
        ("west0", "west1"),
        ("west2",),
    ]


async def test_an_id_of_a_removed_connection_is_a_fault_without_a_call_and_does_not_affect_others():
    pets = Pets()
    gone, here = NativeId("north", "", "1"), NativeId("east", "", "1")
    found = await build_runtime(pets, batch=lambda port: port.limit).load(
        [("pets", NO_ARGS, gone), ("pets", NO_ARGS, here)]
    )
    assert found["pets", NO_ARGS, gone].code is FaultCode.UNAVAILABLE
    assert found["pets", NO_ARGS, here] == f"pet {here}"
    assert pets.received == [((here,), {})]


async def test_equal_arguments_share_a_call_and_different_ones_do_not():
    pets = Pets()
    one, same, other = FrozenArgs({"first": 1}), FrozenArgs({"first": 1, "after": None}), FrozenArgs({"first": 2})
    await build_runtime(pets).load([("pets", one, "a"), ("pets", same, "b"), ("pets", other, "a")])
    assert pets.received == [(("a", "b"), {"first": 1}), (("a",), {"first": 2})]


async def test_a_source_error_is_a_fault_for_every_key_without_the_vendors_message():
    error = SourceError(FaultCode.RATE_LIMITED, "quota of user jane.doe exceeded")
    found = await build_runtime(Pets(error)).load([("pets", NO_ARGS, NativeId("east", "", "1"))])
    [fault] = found.values()
    assert fault == Fault(
        system=SystemRole.PSA,
        code=FaultCode.RATE_LIMITED,
        message="The PSA accepts no more calls for now.",
        correlation_id="corr-9",
        connection="east",
    )


async def test_a_client_error_is_returned_unchanged():
    refusal = BadInputError("first must be between 1 and 100.", field="first")
    found = await build_runtime(Pets(refusal)).load([("pets", NO_ARGS, "a")])
    assert list(found.values()) == [refusal]


async def test_an_unexpected_exception_is_logged_once_and_becomes_an_unknown_fault(caplog):
    with caplog.at_level(logging.ERROR):
        found = await build_runtime(Pets(ZeroDivisionError("secret"))).load([("pets", NO_ARGS, k) for k in "ab"])
    assert {fault.code for fault in found.values()} == {FaultCode.UNKNOWN}
    assert all("secret" not in fault.message for fault in found.values())
    assert [record.exc_info[0] for record in caplog.records] == [ZeroDivisionError]


async def test_a_slow_call_is_cancelled_at_the_deadline_and_a_fast_one_keeps_its_result():
    slow, quick = Pets(wait=30), Pets()
    loop = asyncio.get_running_loop()
    loaders = {
        "slow": Loader(name="slow", system=SystemRole.ERP, call=slow.call),
        "quick": Loader(name="quick", system=SystemRole.PSA, call=quick.call),
    }
    started = loop.time()
    loads = LoaderRuntime(loaders, SimpleNamespace(ports={}), "corr-9", started + 0.05)
    found = await loads.load([("slow", NO_ARGS, "a"), ("quick", NO_ARGS, "a")])
    assert loop.time() - started < 5
    assert found["slow", NO_ARGS, "a"].code is FaultCode.TIMEOUT
    assert found["quick", NO_ARGS, "a"] == "pet a"
    assert slow.cancelled == 1


async def test_nothing_is_called_after_the_deadline():
    pets = Pets()
    loads = build_runtime(pets, deadline=asyncio.get_running_loop().time() - 1)
    found = await loads.load([("pets", NO_ARGS, "a")])
    assert found["pets", NO_ARGS, "a"].code is FaultCode.TIMEOUT
    assert pets.received == []
    assert loads.calls["pets"] == 0


async def test_cancelling_the_request_cancels_its_calls():
    pets = Pets(wait=30)
    task = asyncio.create_task(build_runtime(pets).load([("pets", NO_ARGS, "a")]))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert pets.cancelled == 1
