"""The small firm: three legal entities, eight customers, eight workers, ten projects, nine invoices (one in yen)."""

from datetime import date

from subgraphs.sandbox.firm.billing import INVOICES
from subgraphs.sandbox.firm.customers import CUSTOMERS
from subgraphs.sandbox.firm.deals import CONTRACTS, OPPORTUNITIES
from subgraphs.sandbox.firm.delivery import PROJECTS
from subgraphs.sandbox.firm.disagreements import DisagreementKind, KnownDisagreement
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
        KnownDisagreement(kind=DisagreementKind.STATUS_DIFFERS, subject="PRJ-1004", systems=("PSA", "ERP")),
        KnownDisagreement(kind=DisagreementKind.STATUS_DIFFERS, subject="PRJ-1010", systems=("PSA", "ERP")),
        KnownDisagreement(kind=DisagreementKind.DIMENSION_MISSING, subject="PRJ-1005", systems=("ERP",)),
        KnownDisagreement(kind=DisagreementKind.PROJECT_UNKNOWN, subject="PRJ-1009", systems=("PSA", "ERP")),
        KnownDisagreement(kind=DisagreementKind.WON_WITHOUT_PROJECT, subject="O-3012", systems=("CRM", "PSA")),
        *(
            KnownDisagreement(kind=DisagreementKind.AMOUNT_DIFFERS, subject=subject, systems=("CRM",))
            for subject in ("O-3003", "O-3010", "O-3012")
        ),
    ),
)
