"""Seeds the customer-relationship database: customers with addresses, opportunities, and a confirmed sale behind each that is won.

Tryton calls an opportunity won when the sale that it was converted to is confirmed; there is no other way.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from subgraphs.sandbox.firm.model import Customer, Firm, Opportunity
from subgraphs.sandbox.tryton import billing
from subgraphs.sandbox.tryton.organisation import Seeded, organisation, reader_key
from subgraphs.sandbox.tryton.rpc import Rpc

CUSTOMER = "Customer"
GROUPS = ("Sales", "Sale Opportunity", "Party Administration")
WON = "CLOSED_WON"


def seed(rpc: Rpc, firm: Firm) -> str:
    """Fill an empty database; return the reader's key."""
    seeded = organisation(rpc, firm, firm.workers)
    product = billing.product(rpc, seeded)
    parties = _customers(rpc, firm, seeded)
    for opportunity in firm.opportunities:
        _opportunity(rpc, opportunity, seeded, parties[opportunity.customer], product)
    return reader_key(rpc, seeded, GROUPS)


def _customers(rpc: Rpc, firm: Firm, seeded: Seeded) -> dict[str, int]:
    """Create the customers, last one first: the same party has another id in each database."""
    (category,) = rpc.create("party.category", {"name": CUSTOMER})
    codes = sorted({customer.country for customer in firm.customers})
    made = rpc.create("country.country", *({"name": code, "code": code} for code in codes))
    countries = dict(zip(codes, made, strict=True))
    customers = firm.customers[::-1]
    parties = rpc.create("party.party", *(_party(customer, category, seeded, countries) for customer in customers))
    return {customer.number: party for customer, party in zip(customers, parties, strict=True)}


def _party(customer: Customer, category: int, seeded: Seeded, countries: Mapping[str, int]) -> Mapping[str, Any]:
    address = {
        "street": customer.street,
        "city": customer.city,
        "postal_code": customer.postal_code,
        "country": countries[customer.country],
        "invoice": True,
    }
    return {
        "name": customer.name,
        "code": customer.number,
        "categories": [["add", [category]]],
        "customer_currency": seeded.currencies[customer.currency],
        "addresses": [["create", [address]]],
    }


def _opportunity(rpc: Rpc, opportunity: Opportunity, seeded: Seeded, party: int, product: int) -> None:
    company = seeded.companies[opportunity.entity]
    (employee, *_) = rpc.search("company.employee", [["company", "=", company]], ["party"])
    (hour,) = rpc.search("product.uom", [["name", "=", "Hour"]], ["name"])
    lines = [
        {"product": product, "unit": hour["id"], "quantity": float(line.quantity), "description": line.description}
        for line in opportunity.lines
    ]
    values = {
        "party": party,
        "company": company,
        "employee": employee["id"],
        "description": opportunity.name,
        "reference": opportunity.number,
        "currency": seeded.currencies[opportunity.currency],
        "amount": opportunity.amount,
        "conversion_probability": float(opportunity.probability),
        "start_date": opportunity.close_date,
        "end_date": opportunity.close_date,
        "lines": [["create", lines or [{"product": product, "unit": hour["id"], "quantity": 1.0}]]],
    }
    (made,) = rpc.create("sale.opportunity", values, company=company)
    rpc.press("sale.opportunity", "opportunity", [made], company=company)
    if opportunity.stage == WON:
        _win(rpc, opportunity, made, party, company)


def _win(rpc: Rpc, opportunity: Opportunity, made: int, party: int, company: int) -> None:
    rpc.press("sale.opportunity", "convert", [made], company=company)
    (sale,) = rpc.search("sale.sale", [["origin", "=", f"sale.opportunity,{made}"]], ["lines"])
    (address, *_) = rpc.search("party.address", [["party", "=", party]], ["party"])
    terms = {"invoice_address": address["id"], "shipment_address": address["id"], "invoice_method": "manual"}
    rpc.write("sale.sale", [sale["id"]], terms, company=company)
    prices = [line.unit_price for line in opportunity.lines] or [opportunity.amount]
    for line, price in zip(sorted(sale["lines"]), prices, strict=True):
        rpc.write("sale.line", [line], {"unit_price": Decimal(price)}, company=company)
    rpc.press("sale.sale", "quote", [sale["id"]], company=company)
    rpc.press("sale.sale", "confirm", [sale["id"]], company=company)
