"""Runs the adapter over the twin and holds every exchange against the vendor's documents."""

from collections import Counter

from tests.clients.driving import Ran
from tests.clients.kantata.documents import Reading
from tests.clients.ports import exercised
from tests.contract.systems import PLAYED


async def documented() -> Ran:
    """Tell what was asked and every objection; a call counts as checked only when there is none to any of its exchanges."""
    (kantata,) = [played for played in PLAYED if played.manifest.vendor == "kantata"]
    reading = Reading()
    run = await exercised(kantata, reading)
    objections = {exchange.resource: exchange.objections() for exchange in reading.exchanges if exchange.objections()}
    asked = Counter(exchange.resource for exchange in reading.exchanges)
    told = {
        "objections": sorted({each for objected in objections.values() for each in objected}),
        "asked": sorted(asked.items()),
    }
    sound = tuple(each for each in run.arrived if each.path.rsplit("/", 1)[-1].removesuffix(".json") not in objections)
    return Ran(told, sound)
