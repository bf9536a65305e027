"""The small firm: three legal entities, eight customers, eight workers, ten projects, nine invoices, one of them in yen."""

from datetime import date

from subgraphs.sandbox.firm.billing import INVOICES
from subgraphs.sandbox.firm.customers import CUSTOMERS
from subgraphs.sandbox.firm.deals import CONTRACTS, OPPORTUNITIES
from subgraphs.sandbox.firm.delivery import PROJECTS
from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.organisation import DIMENSIONS, ENTITIES, RATES
from subgraphs.sandbox.firm.people import WORKERS

FIRM = Firm(
    today=date(2026, 11, 20),
    group_currency="USD",
    entities=ENTITIES,
    rates=RATES,
    dimensions=DIMENSIONS,
    workers=WORKERS,
    customers=CUSTOMERS,
    opportunities=OPPORTUNITIES,
    contracts=CONTRACTS,
    projects=PROJECTS,
    invoices=INVOICES,
    known_disagreements=(
        "PRJ-1004 is ON_HOLD in the PSA and ACTIVE in the ERP",
        "PRJ-1010 is DELIVERED in the PSA and ACTIVE in the ERP",
        "PRJ-1005 has no COST_CENTER",
        "PRJ-1009 is not in the ERP",
        "O-3012 is won and has no project",
    ),
)
