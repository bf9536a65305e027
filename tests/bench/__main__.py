"""Compare planned with lazy execution: `python -m tests.bench` prints CPU time per request and ratios.

The baseline is lazy execution of the same declarations: graphql-core calls a resolver per field, and dataloaders batch
the resolvers' reads.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

from graphql import parse

from gateway.canonical.roles import Noun
from gateway.execution.response import execute_document
from tests.fixtures import example_domain
from tests.fixtures.example_domain import ERP, PSA
from tests.fixtures.example_systems import (
    SCHEMA,
    ExampleSystems,
    build_native_id,
    build_request,
    build_systems,
    to_euros,
)

ROUNDS = 7
SIZES = (1, 10, 100)
DOCUMENT = "{ pets(first: %d) { nodes { id name born status price { amount currency } shop { name status } } } }"


@dataclass(frozen=True)
class Measurement:
    """CPU milliseconds and loader calls of one request."""

    milliseconds: float
    calls: int


def build_large_systems(pets: int) -> ExampleSystems:
    """Return systems with the given number of pets in one shop."""
    systems = build_systems()
    shop = next(card for card in systems.cards.values() if card.noun is Noun.CUSTOMER)
    for number in range(3, pets + 1):
        code = f"PET-{number:03}"
        systems.add_record(
            example_domain.PsaPet(
                native=build_native_id(PSA, f"p{number}"),
                name=code,
                shop_id="s1",
                status="active",
                born=date(2020, 1, 1),
            )
        )
        systems.add_record(
            example_domain.ErpPet(
                native=build_native_id(ERP, f"j{number}"), name=code, price=to_euros("1.00"), status="closed"
            )
        )
        links = {PSA: f"p{number}", ERP: f"j{number}"}
        systems.add_card(Noun.PROJECT, code, links, name=code, region="EU", customer_id=shop.id)
    return systems


async def measure_request(pets: int, *, lazy: bool) -> Measurement:
    """Return the median of several rounds, each long enough for the clock's resolution."""
    systems = build_large_systems(pets)
    document = parse(DOCUMENT % pets)

    async def execute() -> None:
        response = await execute_document(SCHEMA, document, build_request(systems, lazy=lazy), None)
        if response.errors:
            raise RuntimeError(response.errors)

    await execute()
    systems.calls.clear()
    await execute()
    calls = len(systems.calls)
    repeat = max(5, 200 // pets)
    return Measurement(median([await _measure_cpu(execute, repeat) for _ in range(ROUNDS)]), calls)


async def _measure_cpu(execute: Callable[[], Awaitable[None]], repeat: int) -> float:
    started = time.process_time()
    for _ in range(repeat):
        await execute()
    return (time.process_time() - started) / repeat * 1000


async def main() -> None:
    """Measure every size and print the table."""
    lines = ["rows | planned ms | lazy ms | planned / lazy | loader calls planned, lazy", "---|---|---|---|---"]
    for size in SIZES:
        planned, lazy = await measure_request(size, lazy=False), await measure_request(size, lazy=True)
        ratio = Decimal(planned.milliseconds / lazy.milliseconds).quantize(Decimal("0.01"))
        lines.append(
            f"{size} | {planned.milliseconds:.2f} | {lazy.milliseconds:.2f} | {ratio} | {planned.calls}, {lazy.calls}"
        )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
