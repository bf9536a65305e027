"""Measures the engine against itself in one run: `python -m tests.bench`, printed as a table of CPU time per request and ratios.

The baseline is the lazy way of the same declarations: graphql-core asks a resolver per field, and dataloaders collect what resolvers ask for.
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
from gateway.execution.answer import answer
from tests import invented
from tests.invented import ERP, PSA
from tests.world import SCHEMA, World, euro, native, request_of, small

ROUNDS = 7
SIZES = (1, 10, 100)
DOCUMENT = "{ pets(first: %d) { nodes { id name born mood price { amount currency } shop { name mood } } } }"


@dataclass(frozen=True)
class Measurement:
    """CPU milliseconds of one request, and the loader calls that it took."""

    milliseconds: float
    calls: int


def build_world(pets: int) -> World:
    """Return a world with so many pets of one shop."""
    world = small()
    shop = next(card for card in world.cards.values() if card.noun is Noun.CUSTOMER)
    for place in range(3, pets + 1):
        code = f"PET-{place:03}"
        world.put(
            invented.PsaPet(
                native=native(PSA, f"p{place}"), name=code, shop_id="s1", mood="calm", born=date(2020, 1, 1)
            )
        )
        world.put(invented.ErpPet(native=native(ERP, f"j{place}"), name=code, price=euro("1.00"), mood="wild"))
        links = {PSA: f"p{place}", ERP: f"j{place}"}
        world.card(Noun.PROJECT, code, links, name=code, region="EU", customer_id=shop.id)
    return world


async def measure_request(pets: int, *, lazy: bool) -> Measurement:
    """Return the median of several rounds, each long enough to be read off the clock."""
    world = build_world(pets)
    document = parse(DOCUMENT % pets)

    async def once() -> None:
        answered = await answer(SCHEMA, document, request_of(world, lazy=lazy), None)
        if answered.errors:
            raise RuntimeError(answered.errors)

    await once()
    world.calls.clear()
    await once()
    calls = len(world.calls)
    repeat = max(5, 200 // pets)
    return Measurement(median([await _measure_cpu(once, repeat) for _ in range(ROUNDS)]), calls)


async def _measure_cpu(once: Callable[[], Awaitable[None]], repeat: int) -> float:
    started = time.process_time()
    for _ in range(repeat):
        await once()
    return (time.process_time() - started) / repeat * 1000


async def main() -> None:
    """Print the table."""
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
