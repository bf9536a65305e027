import asyncio
import time

from gateway.resilience.deadline import remaining, until, without_deadline


def test_without_a_deadline_a_hop_has_its_own_limit():
    assert remaining(100.0, 20.0) == 20.0


def test_a_hop_gets_what_remains():
    with until(105.0):
        assert remaining(100.0, 20.0) == 5.0
        assert remaining(100.0, 2.0) == 2.0
        assert remaining(106.0, 20.0) == 0.0


def test_an_inner_deadline_cannot_be_later_than_the_outer():
    with until(105.0), until(200.0):
        assert remaining(100.0, 20.0) == 5.0


def test_an_inner_deadline_ends_with_its_block():
    with until(110.0):
        with until(105.0):
            assert remaining(100.0, 20.0) == 5.0
        assert remaining(100.0, 20.0) == 10.0


async def test_tasks_inherit_the_deadline():
    async def child():
        return remaining(100.0, 20.0)

    with until(105.0):
        assert await asyncio.create_task(child()) == 5.0


def test_shared_work_belongs_to_no_request():
    with until(105.0):
        with without_deadline():
            assert remaining(100.0, 20.0) == 20.0
        assert remaining(100.0, 20.0) == 5.0


async def test_deadlines_are_instants_of_the_loops_clock():
    assert abs(asyncio.get_running_loop().time() - time.monotonic()) < 1.0
