"""The firm at its real size: 150 projects, 200 people, some 30,000 time entries and over a thousand invoices, times a factor. Always the same.

The small firm's rows come first and unchanged. Everything is derived from numbers, without chance, so that a row can be found again.
"""

from dataclasses import replace

from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.scaled.billing import billed
from subgraphs.sandbox.firm.scaled.delivery import projects
from subgraphs.sandbox.firm.scaled.disagreements import disagreements, unposted
from subgraphs.sandbox.firm.scaled.people import workers
from subgraphs.sandbox.firm.scaled.sales import contracts, customers, odd_customers, opportunities
from subgraphs.sandbox.firm.small import FIRM

PROJECTS, PEOPLE, CUSTOMERS = 150, 200, 60


def scaled(factor: int = 1) -> Firm:
    """Return the firm with so many times 150 projects, 200 people and 60 customers, and a few customers that the systems disagree about; raise ValueError for a factor below 1."""
    if factor < 1:
        raise ValueError("the firm is scaled by 1 or more")
    more_people = workers(PEOPLE * factor - len(FIRM.workers))
    more_customers = customers(CUSTOMERS * factor - len(FIRM.customers))
    worked = projects(PROJECTS * factor - len(FIRM.projects), more_customers, more_people, FIRM.today)
    more_projects, invoices = billed(worked, more_customers, FIRM)
    more_projects, odd = unposted(more_projects), odd_customers()
    return replace(
        FIRM,
        workers=FIRM.workers + more_people,
        customers=FIRM.customers + more_customers + odd,
        opportunities=FIRM.opportunities + opportunities(more_projects, more_customers),
        contracts=FIRM.contracts + contracts(more_projects),
        projects=FIRM.projects + more_projects,
        invoices=FIRM.invoices + invoices,
        known_disagreements=FIRM.known_disagreements + disagreements(more_projects, more_people, more_customers + odd),
    )
