"""A second sync of a firm in which nothing has changed costs one call per feed, and tells nothing."""

from gateway.net.ledger import counting
from tests.fixtures.firm import RunningFirm


async def test_a_sync_with_nothing_new_costs_one_call_per_feed_of_every_system(twin_firm: RunningFirm) -> None:
    with counting() as calls:
        results = await twin_firm.gateway.sync.run()

    assert {(result.rows, result.deleted, result.failure) for result in results} == {(0, 0, None)}
    assert calls == {"crm": 3, "erp": 6, "hcm": 1, "psa": 3}
    assert calls.total() == len(results)
    assert calls.tokens.total() == 0
