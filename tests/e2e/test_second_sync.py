"""A second sync without changes takes one call per feed and stores only watermarks."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Engine

from gateway.net.call_counter import count_calls
from tests.fixtures.firm import RunningFirm


@contextmanager
def record_statements() -> Iterator[list[str]]:
    """Record the SQL statements that are executed."""
    executed: list[str] = []

    def record(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        executed.append(statement)

    event.listen(Engine, "before_cursor_execute", record)
    try:
        yield executed
    finally:
        event.remove(Engine, "before_cursor_execute", record)


async def test_a_sync_without_changes_takes_one_call_per_feed(twin_firm: RunningFirm) -> None:
    with count_calls() as calls:
        results = await twin_firm.gateway.sync.run()

    assert {(result.rows, result.deleted, result.failure) for result in results} == {(0, 0, None)}
    assert calls == {"crm": 3, "erp": 6, "hcm": 1, "psa": 3}
    assert calls.total() == len(results)
    assert calls.token_requests.total() == 0


async def test_a_sync_without_changes_does_not_recompute_relations(twin_firm: RunningFirm) -> None:
    with record_statements() as executed:
        await twin_firm.gateway.sync.run()

    assert any("watermark" in each for each in executed)
    assert not [each for each in executed if re.search(r"\b(link|card|card_key)\b", each)]
