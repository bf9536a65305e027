"""Seeds the firm's customers: parties of one category, with the address and the currency that they are billed in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from subgraphs.sandbox.firm.model import Customer
from subgraphs.sandbox.tryton.organisation import Seeded
from subgraphs.sandbox.tryton.rpc import Rpc

CUSTOMER = "Customer"


def customers(rpc: Rpc, each: Sequence[Customer], seeded: Seeded) -> dict[str, int]:
    """Create the customers in the order given; return their parties by number."""
    (category,) = rpc.create("party.category", {"name": CUSTOMER})
    known = countries(rpc, (customer.country for customer in each))
    parties = rpc.create("party.party", *(_party(customer, category, seeded, known) for customer in each))
    return {customer.number: party for customer, party in zip(each, parties, strict=True)}


def countries(rpc: Rpc, codes: Iterable[str]) -> dict[str, int]:
    """Return the ids of countries by code, creating those that the database lacks."""
    held = {row["code"]: row["id"] for row in rpc.search("country.country", [], ["code"])}
    lacking = sorted(set(codes) - held.keys())
    made = rpc.create("country.country", *({"name": code, "code": code} for code in lacking)) if lacking else []
    return {**held, **dict(zip(lacking, made, strict=True))}


def _party(customer: Customer, category: int, seeded: Seeded, known: Mapping[str, int]) -> Mapping[str, Any]:
    address = {
        "street": customer.street,
        "city": customer.city,
        "postal_code": customer.postal_code,
        "country": known[customer.country],
        "invoice": True,
    }
    return {
        "name": customer.name,
        "code": customer.number,
        "categories": [["add", [category]]],
        "customer_currency": seeded.currencies[customer.currency],
        "addresses": [["create", [address]]],
    }
