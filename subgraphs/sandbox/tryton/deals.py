"""Seeds the CRM database: customers with addresses, opportunities, and a confirmed sale for each won one.

Tryton sets an opportunity to won only when the sale converted from it is confirmed.
"""

from collections.abc import Mapping
from decimal import Decimal

from subgraphs.sandbox.firm.model import Firm, Opportunity
from subgraphs.sandbox.tryton import billing
from subgraphs.sandbox.tryton.customers import create_customers
from subgraphs.sandbox.tryton.organisation import READER, SeededIds, create_organisation, create_reader_key
from subgraphs.sandbox.tryton.rpc import Rpc

GROUPS = ("Sales", "Sale Opportunity", "Party Administration")
WON = "CLOSED_WON"


def seed(rpc: Rpc, firm: Firm) -> Mapping[str, str]:
    """Fill an empty database; return the reader's key by connection."""
    seeded = create_organisation(rpc, firm, firm.workers)
    product = billing.create_product(rpc, seeded)
    # In reverse order, so that the same party has another id in each database.
    parties = create_customers(rpc, firm.customers[::-1], seeded)
    for opportunity in firm.opportunities:
        _create_opportunity(rpc, opportunity, seeded, parties[opportunity.customer], product)
    return {"crm": create_reader_key(rpc, seeded, READER, GROUPS)}


def _create_opportunity(rpc: Rpc, opportunity: Opportunity, seeded: SeededIds, party: int, product: int) -> None:
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
        _win_opportunity(rpc, opportunity, made, party, company)


def _win_opportunity(rpc: Rpc, opportunity: Opportunity, made: int, party: int, company: int) -> None:
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
