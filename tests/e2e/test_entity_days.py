"""Half past midnight in UTC on 1 December: in New York it is still the last of November, in London it is December."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from tests.fixtures.firm import open_firm_at

JUST_AFTER_MIDNIGHT = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
DOCUMENT = """{
  newYork: invoice(ref: {code: "INV-US-0003"}) { dueDate status }
  london: invoice(ref: {code: "INV-UK-0002"}) { dueDate status }
  ofNewYork: customer(ref: {code: "C-2001"}) { accountsReceivable { asOf } }
  ofLondon: customer(ref: {code: "C-2003"}) { accountsReceivable { asOf } }
}"""


async def test_overdue_and_receivables_go_by_the_day_of_the_legal_entity(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        firm = await open_firm_at(stack, tmp_path, JUST_AFTER_MIDNIGHT)

        answer = await firm.execute(DOCUMENT)

    assert answer.errors == []
    assert answer.data == {
        "newYork": {"dueDate": "2026-11-30", "status": "PARTIALLY_PAID"},
        "london": {"dueDate": "2026-11-30", "status": "OVERDUE"},
        "ofNewYork": {"accountsReceivable": {"asOf": "2026-11-30"}},
        "ofLondon": {"accountsReceivable": {"asOf": "2026-12-01"}},
    }
