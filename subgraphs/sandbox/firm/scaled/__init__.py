"""The full-size firm: 150 projects, 200 workers, about 30,000 time entries and over 1,000 invoices, times a factor.

The small firm's rows come first, unchanged. Generation is deterministic: every row follows from its number.
"""

from dataclasses import replace

from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.scaled.billing import bill_projects
from subgraphs.sandbox.firm.scaled.delivery import build_projects
from subgraphs.sandbox.firm.scaled.disagreements import list_disagreements, mark_unposted_time
from subgraphs.sandbox.firm.scaled.people import build_workers
from subgraphs.sandbox.firm.scaled.sales import (
    build_contracts,
    build_customers,
    build_disputed_customers,
    build_opportunities,
)
from subgraphs.sandbox.firm.small import FIRM

PROJECTS, PEOPLE, CUSTOMERS = 150, 200, 60


def build_scaled_firm(factor: int = 1) -> Firm:
    """Return the firm at a multiple of its size, with some customers about which the systems disagree.

    One unit is 150 projects, 200 workers and 60 customers. Raise ValueError for a factor below 1.
    """
    if factor < 1:
        raise ValueError("the scale factor must be 1 or more")
    more_people = build_workers(PEOPLE * factor - len(FIRM.workers))
    more_customers = build_customers(CUSTOMERS * factor - len(FIRM.customers))
    worked = build_projects(PROJECTS * factor - len(FIRM.projects), more_customers, more_people, FIRM.today)
    more_projects, invoices = bill_projects(worked, more_customers, FIRM)
    more_projects, odd = mark_unposted_time(more_projects), build_disputed_customers()
    return replace(
        FIRM,
        workers=FIRM.workers + more_people,
        customers=FIRM.customers + more_customers + odd,
        opportunities=FIRM.opportunities + build_opportunities(more_projects, more_customers),
        contracts=FIRM.contracts + build_contracts(more_projects),
        projects=FIRM.projects + more_projects,
        invoices=FIRM.invoices + invoices,
        known_disagreements=FIRM.known_disagreements
        + list_disagreements(more_projects, more_people, more_customers + odd),
    )
