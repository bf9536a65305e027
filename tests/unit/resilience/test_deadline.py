import asyncio
import time

from gateway.resilience.deadline import apply_deadline, compute_remaining, suspend_deadline


def test_without_a_deadline_a_call_has_its_own_limit():
    assert compute_remaining(100.0, 20.0) == 20.0


def test_a_call_gets_the_remaining_time():
    with apply_deadline(105.0):
        assert compute_remaining(100.0, 20.0) == 5.0
        assert compute_remaining(100.0, 2.0) == 2.0
        assert compute_remaining(106.0, 20.0) == 0.0


def test_an_inner_deadline_cannot_extend_the_outer_one():
    with apply_deadline(105.0), apply_deadline(200.0):
        assert compute_remaining(100.0, 20.0) == 5.0


def test_an_inner_deadline_ends_with_its_block():
    with apply_deadline(110.0):
        with apply_deadline(105.0):
            assert compute_remaining(100.0, 20.0) == 5.0
        assert compute_remaining(100.0, 20.0) == 10.0


async def test_tasks_inherit_the_deadline():
    async def child():
        return compute_remaining(100.0, 20.0)

    with apply_deadline(105.0):
        assert await asyncio.create_task(child()) == 5.0


def test_shared_work_has_no_deadline():
    with apply_deadline(105.0):
        with suspend_deadline():
            assert compute_remaining(100.0, 20.0) == 20.0
        assert compute_remaining(100.0, 20.0) == 5.0


async def test_the_event_loop_uses_the_monotonic_clock():
    assert abs(asyncio.get_running_loop().time() - time.monotonic()) < 1.0
