"""Seeds the HCM database: the same people under other ids, and the companies' working week."""

from collections.abc import Mapping

from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.tryton.organisation import READER, create_organisation, create_reader_key
from subgraphs.sandbox.tryton.rpc import Rpc

GROUPS = ("Employee Administration", "Company Administration")


def seed(rpc: Rpc, firm: Firm) -> Mapping[str, str]:
    """Fill an empty database; return the reader's key by connection."""
    seeded = create_organisation(rpc, firm, firm.workers[::-1])
    for entity in firm.entities:
        weeks = {worker.weekly_hours for worker in firm.workers if worker.entity == entity.code}
        rpc.write("company.company", [seeded.companies[entity.code]], {"hours_per_work_week": float(max(weeks))})
    return {"hcm": create_reader_key(rpc, seeded, READER, GROUPS)}
