"""The full-size firm is consistent: exact counts, amounts to the cent, and a complete list of disagreements."""

from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from gateway.canonical.values import Money
from subgraphs.sandbox.firm.disagreements import DisagreementKind
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.scaled import build_scaled_firm
from subgraphs.sandbox.firm.small import FIRM

ZERO = Decimal(0)
DISPUTED = 6
"""Customers about which the systems disagree."""


@pytest.fixture(scope="module")
def firm() -> Firm:
    return build_scaled_firm(1)


def test_it_has_the_documented_size(firm: Firm) -> None:
    entries = [entry for project in firm.projects for entry in project.time_entries]

    assert (len(firm.projects), len(firm.workers), len(firm.customers)) == (150, 200, 60 + DISPUTED)
    assert len(entries) == 31_454
    assert len(firm.invoices) == 1_265
    assert (len(firm.opportunities), len(firm.contracts)) == (169, 149)
    assert sum(len(project.expenses) for project in firm.projects) == 414
    assert {invoice.currency for invoice in firm.invoices} == {"USD", "GBP", "EUR", "JPY"}


@pytest.mark.parametrize("factor", [2, 3])
def test_a_factor_multiplies_its_size(factor: int) -> None:
    bigger = build_scaled_firm(factor)

    assert (len(bigger.projects), len(bigger.workers), len(bigger.customers)) == (
        150 * factor,
        200 * factor,
        60 * factor + DISPUTED,
    )


def test_a_scale_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        build_scaled_firm(0)


def test_the_small_firm_comes_first_and_unchanged(firm: Firm) -> None:
    for name in ("workers", "customers", "opportunities", "contracts", "projects", "invoices", "known_disagreements"):
        small = getattr(FIRM, name)
        assert getattr(firm, name)[: len(small)] == small


def test_generation_is_deterministic(firm: Firm) -> None:
    assert build_scaled_firm(1) == firm


def test_codes_are_unique(firm: Firm) -> None:
    entries = [entry.code for project in firm.projects for entry in project.time_entries]
    lines = [line.code for invoice in firm.invoices for line in invoice.lines]
    payments = [payment.code for invoice in firm.invoices for payment in invoice.payments]
    everything = {
        "projects": [project.code for project in firm.projects],
        "people": [worker.number for worker in firm.workers],
        "mails": [worker.email for worker in firm.workers],
        "customers": [customer.number for customer in firm.customers],
        "deals": [deal.number for deal in firm.opportunities],
        "contracts": [contract.number for contract in firm.contracts],
        "invoices": [invoice.number for invoice in firm.invoices],
        "entries": entries,
        "lines": lines,
        "payments": payments,
    }
    assert {
        name: [code for code, count in Counter(codes).items() if count > 1] for name, codes in everything.items()
    } == {name: [] for name in everything}


def test_every_referenced_code_exists(firm: Firm) -> None:
    customers = {customer.number for customer in firm.customers}
    contracts = {contract.number for contract in firm.contracts}
    deals = {deal.number for deal in firm.opportunities}
    workers = {worker.number for worker in firm.workers}
    projects = {project.code for project in firm.projects}
    assert {customer.parent for customer in firm.customers} - {None} <= customers
    assert {project.customer for project in firm.projects} <= customers
    assert {project.contract for project in firm.projects} - {None} <= contracts
    assert {project.opportunity for project in firm.projects} - {None} <= deals
    assert {entry.worker for project in firm.projects for entry in project.time_entries} <= workers
    assert {invoice.project for invoice in firm.invoices} <= projects


def test_invoices_add_up_to_the_cent(firm: Firm) -> None:
    for invoice in firm.invoices:
        lines = sum((line.amount for line in invoice.lines), ZERO)
        taxes = sum((tax.amount for tax in invoice.taxes), ZERO)
        paid = sum((payment.amount for payment in invoice.payments), ZERO)
        assert (invoice.number, invoice.subtotal, invoice.tax_total) == (invoice.number, lines, taxes)
        assert (invoice.number, invoice.total, invoice.balance) == (invoice.number, lines + taxes, lines + taxes - paid)
        for amount in (invoice.subtotal, invoice.total, invoice.balance, *(line.amount for line in invoice.lines)):
            assert (invoice.number, Money(amount, invoice.currency).round().amount) == (invoice.number, amount)


def test_a_line_bills_its_hours_at_its_rate(firm: Firm) -> None:
    hours: defaultdict[str, Decimal] = defaultdict(Decimal)
    for project in firm.projects:
        for entry in project.time_entries:
            if entry.invoice_line is not None:
                hours[entry.invoice_line] += entry.hours
    for invoice in firm.invoices:
        for line in invoice.lines:
            if line.kind == "TIME":
                assert (line.code, line.quantity) == (line.code, hours[line.code])
                exact = Money(line.quantity * line.unit_rate, invoice.currency).round().amount
                assert (line.code, line.amount) == (line.code, exact)


def test_only_approved_and_billable_time_is_billed(firm: Firm) -> None:
    billed = [entry for project in firm.projects for entry in project.time_entries if entry.invoice_line is not None]
    assert {(entry.approval, entry.billable) for entry in billed} == {("APPROVED", True)}


def test_time_is_once_a_day_before_leaving_and_within_the_project(firm: Firm) -> None:
    last = {worker.number: worker.termination_date for worker in firm.workers}
    away = {(worker.number, absence.day) for worker in firm.workers for absence in worker.absences}
    generated = firm.projects[len(FIRM.projects) :]
    days = Counter((entry.worker, entry.day) for project in generated for entry in project.time_entries)
    assert max(days.values()) == 1
    assert days.keys() & away == set()
    for project in generated:
        for entry in project.time_entries:
            assert project.start <= entry.day <= min(project.end, last[entry.worker] or firm.today)


def test_the_list_of_disagreements_is_complete(firm: Firm) -> None:
    listed = Counter(each.kind for each in firm.known_disagreements)
    subjects = {(each.kind, each.subject) for each in firm.known_disagreements}
    unknown = {project.code for project in firm.projects if project.erp_status is None}
    differs = {
        project.code
        for project in firm.projects
        if project.erp_status is not None and project.erp_status != project.status
    }
    gone = {worker.number: worker.termination_date for worker in firm.workers if worker.termination_date}
    booked = {
        each.code
        for project in firm.projects
        for each in project.assignments
        if each.worker in gone and each.end > gone[each.worker]
    }
    assert len(subjects) == sum(listed.values())
    assert {subject for finding, subject in subjects if finding is DisagreementKind.PROJECT_UNKNOWN} == unknown
    assert {subject for finding, subject in subjects if finding is DisagreementKind.STATUS_DIFFERS} == differs
    assert {subject for finding, subject in subjects if finding is DisagreementKind.LEAVER_BOOKED} == booked
    unposted = {entry.code for project in firm.projects for entry in project.time_entries if not entry.posted}
    assert {subject for finding, subject in subjects if finding is DisagreementKind.TIME_UNPOSTED} == unposted
    assert set(listed) == set(DisagreementKind)
    assert min(listed.values()) >= 1
