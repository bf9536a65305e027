"""The reads that only an ERP has: dimensions, time postings, receivables, exchange rates."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest

from gateway.canonical.records.erp import ErpCustomer, ErpDimension, ErpInvoice, ErpTimePosting
from gateway.canonical.roles import SystemRole
from gateway.net.call_counter import count_calls
from gateway.ports.erp import RateKey
from subgraphs.sandbox.firm.small import FIRM
from tests.contract.live import NAMED
from tests.contract.systems import SystemUnderTest
from tests.contract.untested import NotTestedError

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROLES = frozenset({SystemRole.ERP})
LONG_AGO = date(1970, 1, 1)


def list_customers(subject: SystemUnderTest) -> Sequence[str]:
    """Return the known customers; there is at least one."""
    if subject.live and ErpCustomer not in subject.ids:
        raise NotTestedError("needs the id of an ErpCustomer")
    return subject.ids[ErpCustomer]


async def test_every_dimension_has_all_of_its_values(subject: SystemUnderTest) -> None:
    subject.require_all_data()
    dimensions = await subject.port.list_dimensions()
    found = {each.code: {value.code for value in each.values} for each in dimensions}
    supported = FIRM.dimensions if subject.supports(ErpDimension) else ()
    assert found == {each.code: {value.code for value in each.values} for each in supported}
    assert len(dimensions) == len(found)


async def test_a_time_posting_is_keyed_by_the_psas_own_id(subject: SystemUnderTest) -> None:
    if subject.live and ErpTimePosting not in subject.running.references:
        raise NotTestedError(f"needs the reference of a time posting, {NAMED}")
    reference, id_ = subject.running.references[ErpTimePosting]
    (posting,) = await subject.port.find_by_reference(ErpTimePosting, reference)
    found = await subject.port.get_time_postings([posting.entry_reference, "no such entry"])
    assert found == {posting.entry_reference: posting}
    assert posting.native.id == id_


async def test_time_postings_are_keyed_by_the_given_references_even_past_the_batch(subject: SystemUnderTest) -> None:
    entries = await subject.list_time_entries()
    padding = [f"no-such-entry-{number}" for number in range(subject.port.capabilities.read_batch + 1)]
    known = await subject.port.get_time_postings(entries)
    if subject.live and not known:
        raise NotTestedError(f"needs the reference of a time posting, {NAMED}")
    assert known
    assert {key: posting.entry_reference for key, posting in known.items()} == {key: key for key in known}
    assert await subject.port.get_time_postings([*padding, *entries, *entries]) == known


async def test_receivables_are_the_unpaid_balances_of_issued_invoices(subject: SystemUnderTest) -> None:
    subject.require_all_data()
    customers = await subject.read_by_id(ErpCustomer, subject.ids[ErpCustomer])
    invoices = await subject.read_by_id(ErpInvoice, subject.ids[ErpInvoice])
    number_of = {id_: invoice.number for id_, invoice in invoices.items()}
    owed = await subject.port.get_receivables(list(customers), FIRM.today)
    found = {
        (customers[id_].number, number_of[item.invoice_id], item.open_amount.amount, item.open_amount.currency)
        for id_, stated in owed.items()
        for item in stated.items
    }
    assert found == {
        (invoice.customer, invoice.number, invoice.balance, invoice.currency)
        for invoice in FIRM.invoices
        if invoice.balance and invoice.issue_date is not None
    }
    assert {(id_, stated.customer_id, stated.as_of) for id_, stated in owed.items()} == {
        (id_, id_, FIRM.today) for id_ in customers
    }


async def test_nothing_is_receivable_before_the_first_invoice(subject: SystemUnderTest) -> None:
    owed = await subject.port.get_receivables(list_customers(subject), LONG_AGO)
    assert owed.keys() == set(list_customers(subject))
    assert {(stated.items, stated.billed_90_days, stated.as_of) for stated in owed.values()} == {((), (), LONG_AGO)}


async def test_an_unknown_customer_has_no_statement(subject: SystemUnderTest) -> None:
    """An empty statement would mean that the customer owes nothing."""
    known = list_customers(subject)[0]
    padding = subject.make_unknown_ids(subject.port.capabilities.read_batch + 1, ErpCustomer)
    owed = await subject.port.get_receivables([*padding, known], subject.today)
    assert owed.keys() == {known}


async def test_the_rate_in_force_is_the_latest_on_or_before_the_day(subject: SystemUnderTest) -> None:
    subject.require_all_data()
    on = FIRM.today
    latest = {
        (rate.source, rate.target): rate
        for rate in sorted(FIRM.rates, key=lambda rate: rate.effective)
        if rate.effective <= on
    }
    keys = {RateKey(source, target, on): rate for (source, target), rate in latest.items()}
    found = await subject.port.get_exchange_rates(list(keys))
    assert {key: (rate.rate, rate.effective_date) for key, rate in found.items()} == {
        key: (Decimal(rate.rate), rate.effective) for key, rate in keys.items()
    }
    assert {(key.source, key.target) for key in keys} == {(rate.source, rate.target) for rate in found.values()}


async def test_a_rate_is_in_force_from_its_day_on_and_not_before(subject: SystemUnderTest) -> None:
    subject.require_all_data()
    for rate in FIRM.rates:
        key = RateKey(rate.source, rate.target, rate.effective)
        found = await subject.port.get_exchange_rates([key])
        assert (found[key].rate, found[key].effective_date) == (rate.rate, rate.effective)
        earlier = key._replace(on=rate.effective - timedelta(days=1))
        before = (await subject.port.get_exchange_rates([earlier])).get(earlier)
        assert before is None or before.effective_date < rate.effective


async def test_a_pair_without_a_rate_is_missing(subject: SystemUnderTest) -> None:
    subject.require_all_data()
    rate = FIRM.rates[0]
    known = RateKey(rate.source, rate.target, FIRM.today)
    keys = [
        known,
        known._replace(on=LONG_AGO),
        known._replace(source="XTS"),
        known._replace(rate_type="no such type"),
    ]
    assert (await subject.port.get_exchange_rates(keys)).keys() == {known}


async def test_reading_nothing_makes_no_call(subject: SystemUnderTest) -> None:
    with count_calls() as calls:
        answers = (
            await subject.port.get_time_postings([]),
            await subject.port.get_receivables([], subject.today),
            await subject.port.get_exchange_rates([]),
        )
    assert answers == ({}, {}, {})
    assert calls.total() == 0
