"""The adapter reads the billing of the small firm over HTTP.

The expected values are written by hand from the firm's data; the twin counts the calls.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from gateway.canonical.native import NativeId
from gateway.canonical.records.base import DimensionTag
from gateway.canonical.records.erp import (
    ErpExpense,
    ErpInvoice,
    ErpInvoiceLine,
    ErpOpenItem,
    ErpPayment,
    ErpPeriod,
    ErpTax,
    ErpTimePosting,
)
from gateway.canonical.values import Money
from gateway.ports.base import PageRequest
from gateway.ports.erp import RateKey
from gateway.ports.where import ExpenseWhere
from subgraphs.sandbox.firm.small import FIRM

TODAY = date(2026, 11, 20)


def to_money(amount: str, currency: str) -> Money:
    return Money(Decimal(amount), currency)


async def test_an_invoice_has_its_tax_details(erp, account):
    records = await erp.get_invoices(["1004"])
    birchwood = records["1004"]
    assert birchwood == ErpInvoice(
        native=NativeId("netsuite-main", "transaction", "1004"),
        modified_at=birchwood.modified_at,
        display_number="INV-UK-0002",
        references=(("externalid", "INV-UK-0002"),),
        number="INV-UK-0002",
        kind="CustInvc",
        status="CustInvc:A",
        customer_id="103",
        legal_entity="2",
        job_ids=("119",),
        contract_number="CT-4003",
        issue_date=date(2026, 10, 31),
        due_date=date(2026, 11, 30),
        period_start=date(2026, 10, 1),
        period_end=date(2026, 10, 31),
        currency="GBP",
        functional_currency="GBP",
        functional_rate=Decimal(1),
        subtotal=to_money("1245.00", "GBP"),
        tax_total=to_money("249.00", "GBP"),
        total=to_money("1494.00", "GBP"),
        balance=to_money("1494.00", "GBP"),
        taxes=(
            ErpTax(
                jurisdiction="GB",
                country="GB",
                tax_type="VAT",
                rate=Decimal("0.2"),
                taxable=to_money("1245.00", "GBP"),
                amount=to_money("249.00", "GBP"),
            ),
        ),
        line_amounts=(Decimal("825.00"), Decimal("420.00")),
        purchase_order_number="BHT-2026-44",
    )
    assert await account.count_calls() == {"suiteql": 1}


async def test_an_invoice_in_yen_has_no_decimals(erp):
    fuji = (await erp.get_invoices(["1008"]))["1008"]
    amounts = [str(amount.amount) for amount in (fuji.subtotal, fuji.tax_total, fuji.total, fuji.balance)]
    assert amounts == ["279000", "0", "279000", "179000"]
    assert (fuji.functional_rate, fuji.functional_currency) == (Decimal("0.00512"), "EUR")
    assert [(str(tax.rate), str(tax.taxable.amount), str(tax.amount.amount)) for tax in fuji.taxes] == [
        ("0", "279000", "0")
    ]


async def test_a_credit_memo_is_negative_and_names_the_corrected_invoice(erp):
    memo = (await erp.get_invoices(["1014"]))["1014"]
    assert (memo.kind, memo.status, memo.corrects_id, memo.job_ids) == ("CustCred", "CustCred:A", "1012", ("125",))
    amounts = [str(amount.amount) for amount in (memo.subtotal, memo.tax_total, memo.total, memo.balance)]
    assert amounts == ["-1000.00", "-210.00", "-1210.00", "-1210.00"]
    assert [(tax.taxable, tax.amount) for tax in memo.taxes] == [
        (to_money("-1000.00", "EUR"), to_money("-210.00", "EUR"))
    ]


async def test_a_batch_of_invoices_costs_one_call_and_has_no_other_transactions(erp, account):
    records = await erp.get_invoices([str(id_) for id_ in range(1001, 1021)])
    assert {invoice.number: invoice.status for invoice in records.values()} == {
        "INV-US-0003": "CustInvc:A",
        "INV-US-0002": "CustInvc:A",
        "INV-UK-0002": "CustInvc:A",
        "INV-UK-0001": "CustInvc:B",
        "INV-NL-0003": "CustInvc:A",
        "INV-NL-0002": "CustInvc:A",
        "INV-US-0001": "CustInvc:B",
        "INV-NL-0001": "CustInvc:B",
        "INV-NL-0004": "CustCred:A",
    }
    assert await account.count_calls() == {"suiteql": 1}


async def test_invoice_lines_are_positive_and_in_order(erp, account):
    pages = await erp.list_invoice_lines_by_invoice(["1001", "1008", "1014", "4711"], PageRequest(50))
    first, second = pages["1001"].rows
    assert first == ErpInvoiceLine(
        native=NativeId("netsuite-main", "transactionline", "90002"),
        modified_at=first.modified_at,
        invoice_id="1001",
        issue_date=date(2026, 10, 31),
        sequence=1,
        kind="Consulting time",
        description="Discovery, October",
        job_id="117",
        employee_id="109",
        quantity=Decimal("6.5"),
        unit_rate=to_money("250.00", "USD"),
        amount=to_money("1625.00", "USD"),
        functional_rate=Decimal(1),
        functional_currency="USD",
        dimensions=(
            DimensionTag("COST_CENTER", "CC-100"),
            DimensionTag("SERVICE_LINE", "STRAT"),
            DimensionTag("LOCATION", "NYC"),
        ),
    )
    assert (second.sequence, second.employee_id, str(second.amount.amount)) == (2, "110", "2821.25")
    (yen,) = pages["1008"].rows
    assert (str(yen.quantity), str(yen.unit_rate.amount), str(yen.amount.amount)) == ("15.5", "18000", "279000")
    (credit,) = pages["1014"].rows
    assert (credit.kind, str(credit.quantity), str(credit.unit_rate.amount), str(credit.amount.amount)) == (
        "Adjustment",
        "-1",
        "1000.00",
        "-1000.00",
    )
    assert credit.taxes[0].amount == to_money("-210.00", "EUR")
    assert pages["4711"].rows == ()
    assert await account.count_calls() == {"suiteql": 1}


async def test_lines_are_read_by_their_own_id(erp):
    records = await erp.get_invoice_lines(["90009", "90010", "90001"])
    assert {id_: line.description for id_, line in records.items()} == {"90009": "Governance, October"}


async def test_payments_are_read_by_invoice_with_all_applications(erp, account):
    records = await erp.list_payments_by_invoice(["1001", "1003", "1008"])
    assert set(records) == {"1001", "1008"}
    (fuji,) = records["1008"]
    assert fuji == ErpPayment(
        native=NativeId("netsuite-main", "transaction", "1009"),
        modified_at=fuji.modified_at,
        display_number="P-8003",
        references=(("externalid", "P-8003"),),
        received_on=date(2026, 11, 18),
        amount=to_money("100000", "JPY"),
        functional_rate=Decimal("0.0048828125"),
        functional_currency="EUR",
        applied=(("1008", to_money("100000", "JPY")),),
        reference="FP 8840-1",
        method="Wire",
    )
    assert str(fuji.amount.amount) == "100000"
    assert (await erp.get_payments(["1009"]))["1009"] == fuji
    assert await erp.get_payments(["1008"]) == {}
    assert await account.count_calls() == {"suiteql": 3}


async def test_time_postings_are_found_by_the_reference_of_the_entry(erp, account):
    records = await erp.get_time_postings(["T-70001", "T-70004", "T-70007", "T-70061", "T-70006"])
    assert set(records) == {"T-70001", "T-70004", "T-70007", "T-70061"}  # T-70006 is submitted, not approved
    assert records["T-70001"] == ErpTimePosting(
        native=NativeId("netsuite-main", "timebill", "5001"),
        modified_at=records["T-70001"].modified_at,
        references=(("externalid", "PSA-T-70001"),),
        entry_reference="T-70001",
        hours=Decimal("6.5"),
        billing="T:CustInvc:A",
        bill_rate=to_money("250.00", "USD"),
        bill_amount=to_money("1625.00", "USD"),
        cost_amount=to_money("617.50", "USD"),
        period=ErpPeriod(name="2026-10", start_date=date(2026, 10, 1), end_date=date(2026, 10, 31), status="OPEN"),
        invoice_id="1001",
        invoice_line_id="90002",
        dimensions=(
            DimensionTag("COST_CENTER", "CC-100"),
            DimensionTag("SERVICE_LINE", "STRAT"),
            DimensionTag("LOCATION", "NYC"),
        ),
    )
    assert (records["T-70004"].billing, records["T-70004"].invoice_id) == ("T", None)
    idle = records["T-70007"]
    assert (idle.billing, idle.bill_rate, idle.bill_amount, idle.cost_amount) == (
        "F",
        None,
        None,
        to_money("87.50", "USD"),
    )
    yen = records["T-70061"]
    assert (str(yen.bill_amount.amount), yen.cost_amount) == ("144000", to_money("580.00", "EUR"))
    assert await account.count_calls() == {"suiteql": 1}


async def test_expenses_are_read_by_project(erp, account):
    pages = await erp.list_expenses_by_job(["117", "121", "123", "122"], ExpenseWhere(), PageRequest(10))
    (delft,) = pages["121"].rows
    assert delft == ErpExpense(
        native=NativeId("netsuite-main", "transactionline", "90034"),
        modified_at=delft.modified_at,
        display_number="EXP-E-6002",
        references=(("custcol_ps_reference", "PSA-E-6002"),),
        expense_reference="E-6002",
        job_id="121",
        employee_id="115",
        category="Travel",
        incurred_on=date(2026, 10, 15),
        amount=to_money("89.90", "EUR"),
        functional_amount=to_money("89.90", "EUR"),
        tax=to_money("8.09", "EUR"),
        billable=True,
        reimbursable=True,
        approval="ExpRept:F",
        billing="T",
        reimbursement="SCHEDULED",
        dimensions=(DimensionTag("SERVICE_LINE", "DATA"), DimensionTag("LOCATION", "AMS")),
    )
    (fuji,) = pages["123"].rows
    assert (str(fuji.amount.amount), fuji.functional_amount) == ("24000", to_money("122.88", "EUR"))
    assert pages["122"].rows == ()
    assert await account.count_calls() == {"suiteql": 1}
    assert await erp.get_expenses(["90034"]) == {"90034": delft}


@pytest.mark.parametrize(
    ("_case", "where", "expected"),
    [
        ("by category", ExpenseWhere(category=("Lodging",)), {"E-6003"}),
        ("by approval", ExpenseWhere(approval=("ExpRept:F", "CustInvc:A")), {"E-6001", "E-6002", "E-6003"}),
        ("by an approval without expenses", ExpenseWhere(approval=("ExpRept:A",)), set()),
        ("by an empty list of approvals", ExpenseWhere(approval=()), set()),
        ("from a day, inclusive", ExpenseWhere(incurred_on_from=date(2026, 10, 15)), {"E-6002", "E-6003"}),
        ("to a day, inclusive", ExpenseWhere(incurred_on_to=date(2026, 10, 15)), {"E-6001", "E-6002"}),
    ],
)
async def test_expenses_are_filtered_in_suiteql(erp, _case: str, where: ExpenseWhere, expected: set[str]):
    pages = await erp.list_expenses_by_job(["117", "121", "123"], where, PageRequest(10))
    assert {row.expense_reference for page in pages.values() for row in page.rows} == expected
    assert erp.capabilities.filters["expenses"] == {"approval", "category", "incurred_on_from", "incurred_on_to"}


async def test_receivables_of_today_subtract_open_credit_memos(erp, account):
    records = await erp.get_receivables(["101", "104", "105", "107"], TODAY)
    assert records["101"].items == (
        ErpOpenItem(
            invoice_id="1001",
            issue_date=date(2026, 10, 31),
            legal_entity="1",
            due_date=date(2026, 11, 30),
            open_amount=to_money("2446.25", "USD"),
            functional=to_money("2446.25", "USD"),
        ),
    )
    assert records["101"].billed_90_days == (to_money("4446.25", "USD"),)
    assert (records["104"].items, records["104"].billed_90_days) == ((), (to_money("48000.00", "GBP"),))
    delft = records["105"]
    assert [(item.invoice_id, item.due_date, str(item.open_amount.amount)) for item in delft.items] == [
        ("1007", date(2026, 11, 14), "2323.20"),
        ("1014", date(2026, 11, 30), "-1210.00"),
    ]
    assert delft.billed_90_days == (to_money("10793.20", "EUR"),)  # 2323.20 + 9680.00 - 1210.00
    (fuji,) = records["107"].items
    assert (str(fuji.open_amount.amount), fuji.functional) == ("179000", to_money("916.48", "EUR"))
    assert records["107"].billed_90_days == (to_money("1428.48", "EUR"),)
    assert await account.count_calls() == {"suiteql": 1}


async def test_receivables_of_an_earlier_day_include_invoices_paid_since(erp):
    records = await erp.get_receivables(["101", "104", "107"], date(2026, 10, 30))
    assert records["101"].items == ()  # issued on 31 October
    assert records["104"].items == ()  # paid on 28 October
    assert [str(item.open_amount.amount) for item in records["107"].items] == ["279000"]
    september = (await erp.get_receivables(["104"], date(2026, 10, 27)))["104"]
    assert [str(item.open_amount.amount) for item in september.items] == ["48000.00"]


async def test_an_old_invoice_paid_since_was_open_on_the_day(open_account, open_port):
    old = replace(FIRM.invoices[3], issue_date=date(2026, 1, 5), due_date=date(2026, 2, 4))
    records = await open_port(await open_account(replace(FIRM, invoices=(old,)))).get_receivables(
        ["104"], date(2026, 10, 27)
    )
    assert [str(item.open_amount.amount) for item in records["104"].items] == ["48000.00"]
    assert records["104"].billed_90_days == ()


async def test_a_customer_without_invoices_owes_nothing_and_an_unknown_one_is_missing(erp, account):
    records = await erp.get_receivables(["106", "999"], TODAY)
    assert set(records) == {"106"}
    assert (records["106"].items, records["106"].billed_90_days) == ((), ())
    assert await account.count_calls() == {"suiteql": 2}


async def test_the_exchange_rate_of_a_day_is_the_latest_on_or_before_it(erp, account):
    keys = [
        RateKey("EUR", "USD", date(2026, 10, 31)),
        RateKey("EUR", "USD", date(2026, 11, 1)),
        RateKey("JPY", "EUR", date(2026, 11, 20)),
        RateKey("JPY", "EUR", date(2025, 12, 31)),
        RateKey("EUR", "CHF", date(2026, 11, 20)),
        RateKey("EUR", "USD", date(2026, 11, 1), "SPOT"),
    ]
    records = await erp.get_exchange_rates(keys)
    assert {key: (str(rate.rate), rate.effective_date) for key, rate in records.items()} == {
        keys[0]: ("1.25", date(2026, 1, 1)),
        keys[1]: ("1.28", date(2026, 11, 1)),
        keys[2]: ("0.0048828125", date(2026, 11, 1)),
    }
    assert await account.count_calls() == {"suiteql": 1}
    assert await erp.get_exchange_rates([keys[5]]) == {}
    assert await account.count_calls() == {"suiteql": 1}


async def test_an_invoice_posted_to_a_project_is_read_as_the_customers(erp, account):
    body = {
        "entity": {"id": "117"},
        "externalId": "INV-X-1",
        "tranDate": "2026-11-20",
        "item": {"items": [{"item": {"id": "11"}, "quantity": 2, "rate": 185.5, "job": {"id": "117"}}]},
    }
    assert (await account.request_record("POST", "invoice", body)).status_code == 204
    (invoice,) = await erp.find_by_reference(ErpInvoice, "INV-X-1")
    assert (invoice.customer_id, invoice.job_ids, invoice.total) == ("101", ("117",), to_money("371.00", "USD"))
    (line,) = (await erp.list_invoice_lines_by_invoice([invoice.native.id], PageRequest(5)))[invoice.native.id].rows
    assert (str(line.quantity), line.unit_rate, line.amount) == (
        "2",
        to_money("185.50", "USD"),
        to_money("371.00", "USD"),
    )
    owed = (await erp.get_receivables(["101"], TODAY))["101"]
    assert [str(item.open_amount.amount) for item in owed.items] == ["2446.25", "371.00"]
