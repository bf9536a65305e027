import asyncio

from gateway.net.call_counter import count_call, count_calls, count_token_request, get_correlation_id


async def test_calls_of_tasks_started_in_the_block_are_counted():
    async def call(connection):
        count_call(connection)

    with count_calls("r1") as calls:
        await asyncio.gather(call("a"), call("a"), call("b"))
        count_token_request("a")

    assert calls == {"a": 2, "b": 1}
    assert calls.token_requests == {"a": 1}


def test_calls_outside_of_a_block_are_not_counted():
    with count_calls() as calls:
        pass
    count_call("a")
    count_token_request("a")

    assert calls == {}
    assert calls.token_requests == {}


def test_nested_blocks_count_separately():
    with count_calls("outer") as outer:
        with count_calls("inner") as inner:
            count_call("a")
            assert get_correlation_id() == "inner"
        assert get_correlation_id() == "outer"

    assert (outer, inner) == ({}, {"a": 1})
    assert get_correlation_id() is None
