"""A second sync of a firm in which nothing has changed costs one call per feed, and tells nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Engine

from gateway.net.ledger import counting
from tests.fixtures.firm import RunningFirm


@contextmanager
def record_statements() -> Iterator[list[str]]:
    """Collect what databases are told."""
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_a_sync_with_nothing_new_costs_one_call_per_feed_of_every_system(twin_firm: RunningFirm) -> None:
    with counting() as calls:
        results = await twin_firm.gateway.sync.run()

    assert {(result.rows, result.deleted, result.failure) for result in results} == {(0, 0, None)}
    assert calls == {"crm": 3, "erp": 6, "hcm": 1, "psa": 3}
    assert calls.total() == len(results)
    assert calls.tokens.total() == 0


async def test_a_sync_with_nothing_new_works_no_relations_out_again(twin_firm: RunningFirm) -> None:
    with record_statements() as told:
        await twin_firm.gateway.sync.run()

    assert {"watermark" in each for each in told} == {True}
