"""An unreadable value costs its own attribute; a sum over one is refused with the reason."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.base import UnreadableValue
from gateway.canonical.records.crm import CrmAccount
from gateway.canonical.records.erp import ErpInvoice, ErpPayment, ErpReceivables
from gateway.canonical.records.hcm import HcmWorker
from gateway.errors import SourceError
from gateway.net.message import UpstreamRequest, UpstreamResponse
from gateway.ports.unreadable import UnreadableRecord, collect_unreadable
from subgraphs.kit.decoding import decode_rows
from subgraphs.kit.record_mapping import build_mappers
from subgraphs.suite.tryton.erp_lineage import build_erp_lineage
from subgraphs.suite.tryton.ledger import LedgerBuilder
from subgraphs.suite.tryton.ledger_wire import InvoiceRow
from subgraphs.suite.tryton.lineage import build_crm_lineage, build_hcm_lineage
from subgraphs.suite.tryton.mapping import TrytonMapping
from subgraphs.suite.tryton.payments import Payments
from subgraphs.suite.tryton.receivables import Receivables
from subgraphs.suite.tryton.records import RecordBuilder
from subgraphs.suite.tryton.rest import RestClient
from subgraphs.suite.tryton.wire import AccountRow, EmployeeRow
from tests.fixtures.unwrapping import unwrap

MOMENT = {
    "__class__": "datetime",
    "year": 2026,
    "month": 11,
    "day": 24,
    "hour": 10,
    "minute": 48,
    "second": 9,
    "microsecond": 0,
}
COMPANY = {"party": {"code": "NL01"}, "currency": {"code": "EUR"}, "timezone": None, "hours_per_work_week": 40.0}
WRONG = ["x"]


def encode_decimal(value: str) -> dict[str, str]:
    return {"__class__": "Decimal", "decimal": value}


def encode_date(day: date) -> dict[str, Any]:
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}


def read_workers(*rows: Mapping[str, Any]) -> list[HcmWorker]:
    found = decode_rows(msgspec.json.encode(rows), list[EmployeeRow], "company.employee")
    builder = RecordBuilder("hcm", bracketed=False)
    return build_mappers(build_hcm_lineage())[HcmWorker].map_rows(found, builder.build_worker)


def build_employee(number: int, company: Mapping[str, Any] = COMPANY, **party: Any) -> dict[str, Any]:
    known = {"name": "Ada", "code": "W-1", "email": "ada@firm.example", "last_modified_at": MOMENT}
    return {
        "id": number,
        "last_modified_at": MOMENT,
        "active": True,
        "party": {**known, **party},
        "company": company,
        "start_date": encode_date(date(2020, 1, 1)),
        "end_date": None,
        "supervisor": None,
        "cost_price": encode_decimal("50.00"),
    }


def test_an_attribute_of_a_related_record_costs_only_what_depends_on_it() -> None:
    spoilt, whole = read_workers(build_employee(1, email=WRONG), build_employee(2))

    assert spoilt.unreadable == (UnreadableValue("email", "company.employee", "party.email"),)
    assert (spoilt.email, spoilt.name, spoilt.worker_number) == (None, "Ada", "W-1")
    assert (whole.unreadable, whole.email) == ((), "ada@firm.example")


def test_a_rate_without_a_readable_currency_is_unreadable_and_the_entity_is_not() -> None:
    (worker,) = read_workers(build_employee(1, {**COMPANY, "currency": {"code": WRONG}}))

    assert {each.attribute for each in worker.unreadable} == {"cost_rate"}
    assert (worker.legal_entity, worker.standard_weekly_hours) == ("NL01", Decimal(40))


def test_an_id_that_the_server_refuses_costs_its_row() -> None:
    with collect_unreadable() as lost:
        workers = read_workers(build_employee(10**40), build_employee(2))

    assert [worker.native.id for worker in workers] == ["2"]
    assert [(each.object, each.field) for each in lost] == [("company.employee", "id")]


def build_account(country: Any) -> dict[str, Any]:
    address = {"last_modified_at": MOMENT, "street": "Dam 1", "city": "Delft", "postal_code": None, "invoice": 1}
    return {
        "id": 12,
        "last_modified_at": MOMENT,
        "name": "Aurora",
        "code": "C-1",
        "active": True,
        "customer_currency": None,
        "addresses": [{**address, "country": country}],
    }


def read_account(country: Any, names: Mapping[str, str]) -> CrmAccount:
    rows = decode_rows(msgspec.json.encode([build_account(country)]), list[AccountRow], "party.party")
    builder = RecordBuilder("crm", bracketed=False, countries=names)
    account: CrmAccount
    (account,) = build_mappers(build_crm_lineage())[CrmAccount].map_rows(rows, builder.build_account)
    return account


@pytest.mark.parametrize(
    ("country", "names", "code"),
    [
        ({"code": "NL", "name": "Nederland"}, {}, "NL"),
        ({"code": None, "name": "Netherlands"}, {}, "NL"),
        ({"code": None, "name": "Holland"}, {"Holland": "NL"}, "NL"),
    ],
)
def test_a_country_without_a_code_is_found_by_its_name(country: Any, names: Mapping[str, str], code: str) -> None:
    assert unwrap(read_account(country, names).billing_address).country == code


def test_an_unknown_country_costs_the_address_only() -> None:
    account = read_account({"code": None, "name": "Atlantis"}, {})

    assert (account.name, account.billing_address) == ("Aurora", None)
    assert account.unreadable == (UnreadableValue("billing_address", "party.party", "addresses.country"),)


def build_claim(**changes: Any) -> dict[str, Any]:
    known = {
        "debit": encode_decimal("100.00"),
        "credit": encode_decimal("0.00"),
        "amount_second_currency": None,
        "maturity_date": encode_date(date(2026, 11, 29)),
    }
    return {**known, **changes}


def build_invoice(number: int, customer: int, **changes: Any) -> dict[str, Any]:
    payment = build_claim(
        id=number * 10,
        debit=encode_decimal("0.00"),
        credit=encode_decimal("40.00"),
        date=encode_date(date(2026, 11, 1)),
        last_modified_at=MOMENT,
        move_description_used=None,
        journal={"name": "Wire"},
    )
    known = {
        "id": number,
        "last_modified_at": MOMENT,
        "number": f"INV-{number}",
        "state": "posted",
        "party": customer,
        "currency": {"code": "EUR"},
        "company": COMPANY,
        "invoice_date": encode_date(date(2026, 10, 30)),
        "total_amount": encode_decimal("100.00"),
        "amount_to_pay": encode_decimal("60.00"),
        "lines_to_pay": [build_claim()],
        "payment_lines": [payment],
    }
    return {**known, **changes}


def test_a_due_day_of_an_instalment_costs_the_due_day_but_not_the_rate() -> None:
    row = build_invoice(1, 12, lines_to_pay=[build_claim(), build_claim(maturity_date=WRONG)])
    rows = decode_rows(msgspec.json.encode([row]), list[InvoiceRow], "account.invoice")
    mapper = build_mappers(build_erp_lineage(TrytonMapping()))[ErpInvoice]
    builder = LedgerBuilder("erp", bracketed=False)

    (invoice,) = mapper.map_rows(rows, lambda each: builder.build_invoice(each, None, None))

    assert invoice.unreadable == (UnreadableValue("due_date", "account.invoice", "lines_to_pay.maturity_date"),)
    assert (invoice.due_date, invoice.functional_rate) == (None, Decimal(1))


class Answers:
    """An upstream that answers each model with fixed rows."""

    def __init__(self, **rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows = rows

    async def fetch(self, request: UpstreamRequest) -> UpstreamResponse:
        """Return the rows of the model at the end of the path."""
        model = request.path.rpartition("/")[2].replace(".", "_")
        return UpstreamResponse(status=200, headers={}, body=msgspec.json.encode(self._rows.get(model, ())))

    async def aclose(self) -> None:
        """Release nothing."""


PARTIES = [{"id": number, "last_modified_at": MOMENT, "name": "A", "code": "C"} for number in (12, 13)]


async def read_receivables(*invoices: Mapping[str, Any], lines: Any = ()) -> Mapping[str, Any]:
    rest = RestClient(Answers(party_party=PARTIES, account_invoice=invoices, account_move_line=lines), "erp")
    owed = Receivables(rest, LedgerBuilder("erp", bracketed=False), ())
    return await owed.read_receivables(["12", "13"], date(2026, 11, 20))


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"amount_to_pay": WRONG}, "account.invoice: amount_to_pay"),
        ({"lines_to_pay": [build_claim(debit=WRONG)]}, "account.invoice: lines_to_pay"),
        ({"company": {**COMPANY, "currency": WRONG}}, "a company without a currency"),
        ({"amount_to_pay": encode_decimal("1E+40")}, None),
    ],
)
async def test_receivables_with_an_unreadable_amount_are_refused_for_that_customer_only(
    changes: Mapping[str, Any], place: str | None
) -> None:
    found = await read_receivables(build_invoice(1, 12), build_invoice(2, 12, **changes), build_invoice(3, 13))

    assert isinstance(found["12"], SourceError)
    assert found["12"].code is FaultCode.CONTRACT_MISMATCH
    assert place is None or place in str(found["12"])
    assert isinstance(found["13"], ErpReceivables)
    assert [str(item.open_amount.amount) for item in unwrap(found["13"].items)] == ["60.00"]


async def test_an_invoice_of_an_unknown_customer_may_belong_to_any() -> None:
    found = await read_receivables(build_invoice(1, 12), build_invoice(2, 12, party=WRONG))

    assert all(isinstance(stated, SourceError) for stated in found.values())


async def test_payments_of_an_invoice_with_an_unreadable_amount_are_refused_and_others_are_not() -> None:
    spoilt = build_invoice(1, 12)
    spoilt["payment_lines"][0]["credit"] = WRONG
    rest = RestClient(Answers(account_invoice=[spoilt, build_invoice(2, 12)]), "erp")
    lineage = build_erp_lineage(TrytonMapping())
    payments = Payments(rest, LedgerBuilder("erp", bracketed=False), build_mappers(lineage)[ErpPayment])

    by_invoice = await payments.read_payments_by_invoice(["1", "2"])
    with collect_unreadable() as lost:
        by_id = await payments.read_payments(["10", "20"])

    assert isinstance(by_invoice["1"], SourceError)
    assert [str(payment.amount.amount) for payment in by_invoice["2"]] == ["40.00"]  # type: ignore[union-attr]
    assert set(by_id) == {"20"}
    assert lost == [UnreadableRecord(object="account.move.line", id="10", field="credit", keys={})]
