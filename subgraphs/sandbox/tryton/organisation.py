"""Seeds the data of every database: currencies, companies, employees, and the gateway's user."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from gateway.canonical.values import get_minor_units
from subgraphs.sandbox.firm.model import Firm, Worker
from subgraphs.sandbox.tryton.rpc import Rpc

READER, ACCOUNTANT = "gateway", "gateway-finance"
SYMBOLS = {"USD": "$", "GBP": "£", "EUR": "€", "JPY": "¥"}
_FIRST_RATE = date(2026, 1, 1)


@dataclass
class SeededIds:
    """Record ids by the firm's codes, in one database."""

    currencies: dict[str, int] = field(default_factory=dict)
    companies: dict[str, int] = field(default_factory=dict)
    employees: dict[str, int] = field(default_factory=dict)


def create_organisation(rpc: Rpc, firm: Firm, workers: Sequence[Worker]) -> SeededIds:
    """Create currencies, companies and employees, in the given order.

    The administrator gets access to all companies.
    """
    seeded = SeededIds()
    _create_currencies(rpc, firm, seeded)
    for entity in firm.entities:
        (party,) = rpc.create("party.party", {"name": entity.name, "code": entity.code})
        values = {"party": party, "currency": seeded.currencies[entity.currency], "timezone": entity.time_zone}
        (seeded.companies[entity.code],) = rpc.create("company.company", values)
    companies = list(seeded.companies.values())
    seen = {"companies": [["add", companies]], "company": companies[0], "company_filter": "all"}
    rpc.write("res.user", [rpc.user], seen)
    rpc.refresh()
    for worker in workers:
        _create_employee(rpc, worker, seeded)
    entities = {worker.number: worker.entity for worker in workers}
    for worker in workers:
        # Tryton accepts only a supervisor of the same company; other managers are left out.
        if worker.manager is not None and entities[worker.manager] == worker.entity:
            superior = {"supervisor": seeded.employees[worker.manager]}
            rpc.write("company.employee", [seeded.employees[worker.number]], superior)
    return seeded


def _create_currencies(rpc: Rpc, firm: Firm, seeded: SeededIds) -> None:
    codes = {rate.source for rate in firm.rates} | {firm.group_currency}
    for code in sorted(codes):
        digits = get_minor_units(code)
        rounding = Decimal(1).scaleb(-digits)
        values = {"name": code, "code": code, "symbol": SYMBOLS[code], "digits": digits, "rounding": rounding}
        (seeded.currencies[code],) = rpc.create("currency.currency", values)
    base = {"currency": seeded.currencies[firm.group_currency], "date": _FIRST_RATE, "rate": Decimal(1)}
    # Tryton stores the value of one unit of the base currency in each currency.
    rates = [
        {"currency": seeded.currencies[rate.target], "date": rate.effective, "rate": rate.rate}
        for rate in firm.rates
        if rate.source == firm.group_currency
    ]
    rpc.create("currency.currency.rate", base, *rates)


def _create_employee(rpc: Rpc, worker: Worker, seeded: SeededIds) -> None:
    mail = {"type": "email", "value": worker.email}
    person = {"name": worker.name, "code": worker.number, "contact_mechanisms": [["create", [mail]]]}
    (party,) = rpc.create("party.party", person)
    cost = {"date": worker.hire_date, "cost_price": worker.cost_rate}
    values = {
        "party": party,
        "company": seeded.companies[worker.entity],
        "start_date": worker.hire_date,
        "end_date": worker.termination_date,
        "cost_prices": [["create", [cost]]],
    }
    (seeded.employees[worker.number],) = rpc.create("company.employee", values)


def create_reader_key(rpc: Rpc, seeded: SeededIds, login: str, groups: Sequence[str]) -> str:
    """Create a user for the gateway, in the groups that reading needs; return its key for the REST interface."""
    found = rpc.search("res.group", [["name", "in", list(groups)]], ["name"])
    companies = list(seeded.companies.values())
    user = {
        "login": login,
        "name": "Gateway",
        "groups": [["add", [group["id"] for group in found]]],
        "companies": [["add", companies]],
        "company": companies[0],
        "company_filter": "all",
    }
    (reader,) = rpc.create("res.user", user)
    # A key created by an administrator needs no validation.
    (made,) = rpc.create("res.user.application", {"user": reader, "application": "rest"})
    (row,) = rpc.read("res.user.application", [made], ["key"])
    key: str = row["key"]
    return key
