"""Seeds the firm's customers: parties of one category, with billing address and currency."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from subgraphs.sandbox.firm.model import Customer
from subgraphs.sandbox.tryton.organisation import SeededIds
from subgraphs.sandbox.tryton.rpc import Rpc

CUSTOMER = "Customer"


def create_customers(rpc: Rpc, each: Sequence[Customer], seeded: SeededIds) -> dict[str, int]:
    """Create the customers in the given order; return their parties by number."""
    (category,) = rpc.create("party.category", {"name": CUSTOMER})
    known = ensure_countries(rpc, (customer.country for customer in each))
    parties = rpc.create("party.party", *(_build_party(customer, category, seeded, known) for customer in each))
    return {customer.number: party for customer, party in zip(each, parties, strict=True)}


def ensure_countries(rpc: Rpc, codes: Iterable[str]) -> dict[str, int]:
    """Return the ids of countries by code; create those that are missing."""
    held = {row["code"]: row["id"] for row in rpc.search("country.country", [], ["code"])}
    lacking = sorted(set(codes) - held.keys())
    made = rpc.create("country.country", *({"name": code, "code": code} for code in lacking)) if lacking else []
    return {**held, **dict(zip(lacking, made, strict=True))}


def _build_party(customer: Customer, category: int, seeded: SeededIds, known: Mapping[str, int]) -> Mapping[str, Any]:
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
