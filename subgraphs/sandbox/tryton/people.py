"""Seeds the human-resources database: the same people under other ids, and the group's working week."""

from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.tryton.organisation import organisation, reader_key
from subgraphs.sandbox.tryton.rpc import Rpc

GROUPS = ("Employee Administration", "Company Administration")


def seed(rpc: Rpc, firm: Firm) -> str:
    """Fill an empty database; return the reader's key."""
    seeded = organisation(rpc, firm, firm.workers[::-1])
    for entity in firm.entities:
        weeks = {worker.weekly_hours for worker in firm.workers if worker.entity == entity.code}
        rpc.write("company.company", [seeded.companies[entity.code]], {"hours_per_work_week": float(max(weeks))})
    return reader_key(rpc, seeded, GROUPS)
