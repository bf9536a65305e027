import asyncio

from gateway.net.ledger import correlation_id, count, count_token, counting


async def test_calls_of_tasks_started_inside_are_counted():
    async def call(connection):
        count(connection)

    with counting("r1") as calls:
        await asyncio.gather(call("a"), call("a"), call("b"))
        count_token("a")

    assert calls == {"a": 2, "b": 1}
    assert calls.tokens == {"a": 1}


def test_what_is_sent_outside_is_not_counted():
    with counting() as calls:
        pass
    count("a")
    count_token("a")

    assert calls == {}
    assert calls.tokens == {}


def test_requests_do_not_see_each_other():
    with counting("outer") as outer:
        with counting("inner") as inner:
            count("a")
            assert correlation_id() == "inner"
        assert correlation_id() == "outer"

    assert (outer, inner) == ({}, {"a": 1})
    assert correlation_id() is None
