"""People by number: names from two lists, a legal entity, a rate, skills and holidays."""

from datetime import date, timedelta
from decimal import Decimal

from subgraphs.sandbox.firm.model import Absence, SkillHeld, Worker

FIRST_NUMBER = 2001
_FIRST = ("Ada", "Bram", "Chloe", "Daan", "Edith", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kaja", "Liam", "Mara")
_LAST = ("Abbott", "Bakker", "Castle", "Dekker", "Ellis", "Foster", "Green", "Hughes", "Jansen", "Keller", "Lewis")
_ENTITIES = ("US01", "UK01", "NL01", "US01", "UK01")
_CENTRES = {"US01": "CC-100", "UK01": "CC-200", "NL01": "CC-300"}
_HOURS = {"US01": Decimal(40), "UK01": Decimal("37.5"), "NL01": Decimal(36)}
_PRACTICES = ("Enterprise systems", "Retail", "Public sector", "Data", "Logistics")
_SKILLS = (
    ("PY", "Python engineering"),
    ("CLD", "Cloud architecture"),
    ("ERP", "ERP implementation"),
    ("DAT", "Data modelling"),
    ("CHG", "Change management"),
)
_LEVELS = ("NOVICE", "INTERMEDIATE", "ADVANCED", "EXPERT")
_EVERY_LEAVER, LEFT = 50, date(2026, 8, 31)
_SUMMER = date(2026, 7, 6)


def workers(count: int) -> tuple[Worker, ...]:
    """Return so many people; every fiftieth left at the end of August."""
    return tuple(_worker(place) for place in range(count))


def left(place: int) -> bool:
    """Tell whether somebody has left."""
    return place % _EVERY_LEAVER == _EVERY_LEAVER - 1


def _worker(place: int) -> Worker:
    number = FIRST_NUMBER + place
    entity = _ENTITIES[place % len(_ENTITIES)]
    given, family = _FIRST[place % len(_FIRST)], _LAST[place // len(_FIRST) % len(_LAST)]
    return Worker(
        number=f"W-{number}",
        name=f"{given} {family}",
        email=f"{given}.{family}.{number}@meridian.example".lower(),
        entity=entity,
        job_title="Senior consultant" if place % 3 == 0 else "Consultant",
        job_level="Senior" if place % 3 == 0 else "Consultant",
        practice=_PRACTICES[place % len(_PRACTICES)],
        cost_center=_CENTRES[entity],
        hire_date=date(2014, 1, 6) + timedelta(days=place * 17 % 4000),
        termination_date=LEFT if left(place) else None,
        cost_rate=Decimal(48 + place % 40) + Decimal("0.50") * (place % 2),
        type="CONTRACTOR" if place % 11 == 0 else "EMPLOYEE",
        weekly_hours=_HOURS[entity],
        skills=tuple(
            SkillHeld(code=code, name=name, level=_LEVELS[(place + step) % len(_LEVELS)])
            for step, (code, name) in enumerate((_SKILLS[place % 5], _SKILLS[(place + 2) % 5]))
        ),
        absences=tuple(
            Absence(day=_SUMMER + timedelta(days=7 * (place % 6) + day), hours=Decimal(8)) for day in range(5)
        ),
    )
