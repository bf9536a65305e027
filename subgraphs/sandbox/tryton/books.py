"""Seeds a company's ledger: tax number, fiscal year, number sequences, taxes, payment methods, closed periods."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from subgraphs.sandbox.firm.billing_model import Invoice
from subgraphs.sandbox.firm.model import Entity, Firm
from subgraphs.sandbox.tryton.customers import ensure_countries
from subgraphs.sandbox.tryton.organisation import SeededIds
from subgraphs.sandbox.tryton.rpc import Rpc, Values

_PRODUCT_NAMES = {"FIXED_FEE": "Fixed fee", "MILESTONE": "Milestone", "ADJUSTMENT": "Adjustment"}
_TAX_NUMBER_TYPES = {"US": "us_ein"}
_TAXES, _CASH = "Accrued Taxes (Other Than Payroll)", "Cash and Cash Equivalents"


@dataclass(frozen=True, kw_only=True)
class Books:
    """The ledger ids of one company: accounts, taxes by code, terms by code, payment methods by name."""

    company: int
    accounts: Mapping[str, int]
    taxes: Mapping[str, int]
    terms: Mapping[str, int]
    methods: Mapping[str, int]
    products: Mapping[str, int]
    unit: int


def create_payment_terms(rpc: Rpc, firm: Firm) -> dict[str, int]:
    """Create the payment terms: the full amount after a number of days."""
    days = {customer.terms_code: customer.terms_days for customer in firm.customers}
    made = rpc.create(
        "account.invoice.payment_term",
        *({"name": code, "lines": [["create", [_build_term_line(number)]]]} for code, number in days.items()),
    )
    return dict(zip(days, made, strict=True))


def _build_term_line(days: int) -> Values:
    return {"type": "remainder", "relativedeltas": [["create", [{"days": days}]]]}


def create_products(rpc: Rpc, seeded: SeededIds) -> dict[str, int]:
    """Create the products that are not sold by the hour; return them by the firm's line kind."""
    (category,) = rpc.search("product.category", [["accounting", "=", True]], ["name"])
    values = {"type": "service", "default_uom": _find_unit(rpc), "account_category": category["id"]}
    templates = [{**values, "name": name, "products": [["create", [{}]]]} for name in _PRODUCT_NAMES.values()]
    company = next(iter(seeded.companies.values()))
    made = rpc.create("product.template", *templates, company=company)
    rows = {
        row["template"]: row["id"] for row in rpc.search("product.product", [["template", "in", made]], ["template"])
    }
    return {kind: rows[template] for kind, template in zip(_PRODUCT_NAMES, made, strict=True)}


def _find_unit(rpc: Rpc) -> int:
    (row,) = rpc.search("product.uom", [["name", "=", "Unit"]], ["name"])
    unit: int = row["id"]
    return unit


def _add_company_details(rpc: Rpc, entity: Entity, company: int) -> None:
    """Set a company's country and tax number. Tryton refuses a number with wrong check digits."""
    ((row,)) = rpc.read("company.company", [company], ["party"])
    party = row["party"]
    country = ensure_countries(rpc, [entity.country])[entity.country]
    rpc.create("party.address", {"party": party, "country": country, "invoice": True})
    if entity.country in _TAX_NUMBER_TYPES:
        rpc.create(
            "party.identifier", {"party": party, "type": _TAX_NUMBER_TYPES[entity.country], "code": entity.tax_number}
        )


def open_books(
    rpc: Rpc,
    entity: Entity,
    seeded: SeededIds,
    billed: Sequence[Invoice],
    terms: Mapping[str, int],
    products: Mapping[str, int],
) -> Books:
    """Create a company's fiscal year and what its invoices need. Invoice numbers start at 1 with the firm's prefix."""
    company = seeded.companies[entity.code]
    _add_company_details(rpc, entity, company)
    prefix = billed[0].number.rpartition("-")[0] + "-"
    moves = _create_sequence(rpc, "Account Move", company, {})
    numbers = _create_sequence(rpc, "Invoice", company, {"prefix": prefix, "padding": 4})
    kinds = ("in_invoice", "in_credit_note", "out_invoice", "out_credit_note")
    sequences = {"company": company, **{f"{kind}_sequence": numbers for kind in kinds}}
    (year,) = rpc.create(
        "account.fiscalyear",
        {
            "name": f"{entity.periods[0].start:%Y}",
            "company": company,
            "start_date": entity.periods[0].start,
            "end_date": entity.periods[-1].end,
            "move_sequence": moves,
            "invoice_sequences": [["create", [sequences]]],
        },
        company=company,
    )
    periods = [
        {"name": period.name, "start_date": period.start, "end_date": period.end, "fiscalyear": year}
        for period in entity.periods
    ]
    rpc.create("account.period", *periods, company=company)
    accounts = {
        "receivable": _find_account(rpc, company, ["type.receivable", "=", True]),
        "revenue": _find_account(rpc, company, ["type.revenue", "=", True]),
        "taxes": _find_account(rpc, company, ["name", "=", _TAXES]),
        "cash": _find_account(rpc, company, ["name", "=", _CASH]),
    }
    return Books(
        company=company,
        accounts=accounts,
        taxes=dict(_create_taxes(rpc, billed, company, accounts["taxes"])),
        terms=terms,
        methods=dict(_create_payment_methods(rpc, billed, company, accounts["cash"])),
        products=products,
        unit=_find_unit(rpc),
    )


def _create_sequence(rpc: Rpc, kind: str, company: int, values: Values) -> int:
    (type_,) = rpc.search("ir.sequence.type", [["name", "=", kind]], ["name"])
    (made,) = rpc.create(
        "ir.sequence.strict", {"name": kind, "sequence_type": type_["id"], "company": company, **values}
    )
    return made


def _find_account(rpc: Rpc, company: int, condition: Sequence[Any]) -> int:
    domain = [condition, ["company", "=", company], ["closed", "!=", True], ["type", "!=", None]]
    identifier: int = rpc.search("account.account", domain, ["name"])[0]["id"]
    return identifier


def _create_taxes(rpc: Rpc, billed: Sequence[Invoice], company: int, account: int) -> Iterator[tuple[str, int]]:
    kinds = {row["name"]: row["id"] for row in rpc.search("account.tax.group", [], ["name"])}
    for tax in {tax.code: tax for invoice in billed for tax in invoice.taxes}.values():
        values = {
            "name": tax.code,
            "description": tax.code,
            "group": kinds.get(tax.tax_type) or _create_tax_group(rpc, tax.tax_type, kinds),
            "type": "percentage",
            "rate": tax.rate,
            "company": company,
            "invoice_account": account,
            "credit_note_account": account,
        }
        (made,) = rpc.create("account.tax", values, company=company)
        yield tax.code, made


def _create_tax_group(rpc: Rpc, name: str, kinds: dict[str, int]) -> int:
    (kinds[name],) = rpc.create("account.tax.group", {"name": name, "code": name, "kind": "sale"})
    return kinds[name]


def _create_payment_methods(
    rpc: Rpc, billed: Sequence[Invoice], company: int, account: int
) -> Iterator[tuple[str, int]]:
    """Create the payment methods, each with a journal of its name that holds its payments."""
    for name in sorted({payment.method for invoice in billed for payment in invoice.payments}):
        held = [row["id"] for row in rpc.search("account.journal", [["name", "=", name]], ["name"])]
        (journal,) = held or rpc.create("account.journal", {"name": name, "type": "cash"})
        sides = {"credit_account": account, "debit_account": account}
        values = {"name": name, "company": company, "journal": journal, **sides}
        (made,) = rpc.create("account.invoice.payment.method", values, company=company)
        yield name, made


def close_periods(rpc: Rpc, entity: Entity, company: int) -> None:
    """Close the firm's closed periods; nothing can be posted to them afterwards."""
    closed = [period.name for period in entity.periods if period.status == "CLOSED"]
    rows = rpc.search("account.period", [["company", "=", company], ["name", "in", closed]], ["name"])
    rpc.press("account.period", "close", [row["id"] for row in rows], company=company)
