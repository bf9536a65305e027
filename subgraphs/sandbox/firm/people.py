"""The small firm's workers: eight people in three entities."""

from datetime import date
from decimal import Decimal

from subgraphs.sandbox.firm.model import Absence, Worker, WorkerSkill

PYTHON = ("PY", "Python engineering")
CLOUD = ("CLD", "Cloud architecture")
ERP = ("ERP", "ERP implementation")
DATA = ("DAT", "Data modelling")
CHANGE = ("CHG", "Change management")
SKILL_CATEGORIES = {
    "PY": "Engineering",
    "CLD": "Engineering",
    "ERP": "Systems",
    "DAT": "Engineering",
    "CHG": "Advisory",
}


def _build_skill(skill: tuple[str, str], level: str) -> WorkerSkill:
    certified = date(2027, 6, 30) if level == "EXPERT" else None
    return WorkerSkill(
        code=skill[0], name=skill[1], level=level, category=SKILL_CATEGORIES[skill[0]], certified_until=certified
    )


WORKERS = (
    Worker(
        number="W-1001",
        name="Alice Hartmann",
        email="alice.hartmann@meridian.example",
        entity="US01",
        job_title="Partner",
        job_level="Partner",
        practice="Enterprise systems",
        cost_center="CC-100",
        hire_date=date(2015, 3, 2),
        cost_rate=Decimal("95.00"),
        bill_rate=Decimal("250.00"),
        skills=(_build_skill(ERP, "EXPERT"), _build_skill(CHANGE, "ADVANCED")),
        absences=(
            Absence(day=date(2026, 11, 26), hours=Decimal(8), holiday=True),
            Absence(day=date(2026, 11, 27), hours=Decimal(8)),
        ),
    ),
    Worker(
        number="W-1002",
        name="Ben Okafor",
        email="ben.okafor@meridian.example",
        entity="US01",
        job_title="Senior consultant",
        job_level="Senior",
        practice="Enterprise systems",
        cost_center="CC-100",
        hire_date=date(2019, 6, 17),
        cost_rate=Decimal("70.00"),
        bill_rate=Decimal("185.00"),
        manager="W-1001",
        skills=(_build_skill(ERP, "ADVANCED"), _build_skill(PYTHON, "INTERMEDIATE")),
        absences=(Absence(day=date(2026, 11, 26), hours=Decimal(8), holiday=True),),
    ),
    Worker(
        number="W-1003",
        name="Carla Mendes",
        email="carla.mendes@meridian.example",
        entity="US01",
        job_title="Consultant",
        practice="Retail",
        cost_center="CC-100",
        hire_date=date(2022, 1, 10),
        cost_rate=Decimal("62.50"),
        bill_rate=Decimal("160.00"),
        manager="W-1001",
        skills=(_build_skill(CHANGE, "INTERMEDIATE"),),
    ),
    Worker(
        number="W-1004",
        name="Dev Patel",
        email="dev.patel@meridian.example",
        entity="UK01",
        job_title="Director",
        job_level="Director",
        practice="Public sector",
        cost_center="CC-200",
        hire_date=date(2016, 9, 5),
        cost_rate=Decimal("80.00"),
        bill_rate=Decimal("150.00"),
        manager="W-1001",
        weekly_hours=Decimal("37.5"),
        skills=(_build_skill(DATA, "ADVANCED"), _build_skill(CLOUD, "ADVANCED")),
    ),
    Worker(
        number="W-1005",
        name="Elin Novak",
        email="elin.novak@meridian.example",
        entity="UK01",
        job_title="Data engineer",
        practice="Data",
        cost_center="CC-200",
        hire_date=date(2021, 4, 6),
        cost_rate=Decimal("55.00"),
        bill_rate=Decimal("110.00"),
        manager="W-1004",
        weekly_hours=Decimal("37.5"),
        skills=(_build_skill(DATA, "EXPERT"), _build_skill(PYTHON, "EXPERT")),
        absences=(
            Absence(day=date(2026, 11, 23), hours=Decimal("7.5")),
            Absence(day=date(2026, 11, 24), hours=Decimal("7.5")),
        ),
    ),
    Worker(
        number="W-1006",
        name="Femke de Boer",
        email="femke.deboer@meridian.example",
        entity="NL01",
        job_title="Director",
        job_level="Director",
        practice="Logistics",
        cost_center="CC-300",
        hire_date=date(2017, 2, 1),
        cost_rate=Decimal("85.00"),
        bill_rate=Decimal("155.00"),
        manager="W-1001",
        weekly_hours=Decimal(36),
        skills=(_build_skill(CHANGE, "EXPERT"),),
    ),
    Worker(
        number="W-1007",
        name="Goran Ilic",
        email="goran.ilic@meridian.example",
        entity="NL01",
        job_title="Consultant",
        practice="Logistics",
        cost_center="CC-300",
        hire_date=date(2023, 5, 15),
        cost_rate=Decimal("60.00"),
        bill_rate=Decimal("120.00"),
        manager="W-1006",
        skills=(_build_skill(PYTHON, "ADVANCED"),),
    ),
    Worker(
        number="W-1008",
        name="Hana Sato",
        email="hana.sato@meridian.example",
        entity="NL01",
        job_title="Quality analyst",
        practice="Manufacturing",
        cost_center="CC-300",
        hire_date=date(2025, 1, 6),
        cost_rate=Decimal("72.50"),
        bill_rate=Decimal("115.00"),
        type="CONTRACTOR",
        manager="W-1006",
        skills=(_build_skill(DATA, "ADVANCED"),),
    ),
)
