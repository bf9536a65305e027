"""The tenant's objects, from the firm: workers with their columns, skills and days away. Made once; nothing is scanned to find one worker."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from subgraphs.sandbox.firm.model import Absence, Firm, SkillHeld, Worker

Row = Mapping[str, Any]
SOURCE = "allWorkers"
_FIRST_CHANGE = datetime(2026, 1, 1, tzinfo=UTC)
_LEVELS = {"NOVICE": "Beginner", "INTERMEDIATE": "Intermediate", "ADVANCED": "Advanced", "EXPERT": "Expert"}
_TYPES = {"EMPLOYEE": "Employee"}
COLUMNS = {
    "workdayID": "Text",
    "employeeID": "Text",
    "contingentWorkerID": "Text",
    "fullName": "Text",
    "businessTitle": "Text",
    "primaryWorkEmail": "Text",
    "workerType": "Single instance",
    "workerStatus": "Single instance",
    "managementLevel": "Single instance",
    "cf_practice": "Single instance",
    "manager": "Single instance",
    "company": "Single instance",
    "costCenter": "Single instance",
    "cf_timeZone": "Single instance",
    "hireDate": "Date",
    "terminationDate": "Date",
    "scheduledWeeklyHours": "Numeric",
    "cf_hourlyCost": "Currency",
    "cf_hourlyCostCurrency": "Single instance",
    "lastFunctionallyUpdated": "Date Time",
}
"""The columns of the data source, with their types."""


def wid(kind: str, key: str) -> str:
    """Return the Workday id of an object: 32 hexadecimal digits, the same for the same firm."""
    return hashlib.md5(f"{kind}:{key}".encode(), usedforsecurity=False).hexdigest()


_WEEKS_AWAY = 5
_COLUMN_BY_REFERENCE = {"Employee_ID": "employeeID", "Contingent_Worker_ID": "contingentWorkerID"}
"""By the kind of number, the column that holds it."""


@dataclass(frozen=True)
class Person:
    """A worker of the tenant: the firm's facts, and the row of columns."""

    worker: Worker
    id: str
    row: Row

    @property
    def active(self) -> bool:
        """Whether the worker has not left."""
        return bool(self.row["workerStatus"]["descriptor"] == "Active")


@dataclass
class Store:
    """Workers by id and by number, in the order of the firm."""

    people: dict[str, Person] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def find_person(self, reference: str) -> Person | None:
        """Find a worker by id, by `Employee_ID=number` or by `Contingent_Worker_ID=number`, each kind by its own."""
        kind, equals, number = reference.partition("=")
        if not equals:
            return self.people.get(reference)
        found = self.people.get(self.numbers.get(number, ""))
        column = _COLUMN_BY_REFERENCE.get(kind)
        return found if found is not None and column is not None and found.row[column] == number else None

    def put(self, person: Person) -> None:
        """Add a worker, or change the one with the id."""
        self.people[person.id] = person
        self.numbers[person.worker.number] = person.id

    def remove(self, person: Person) -> None:
        """Take a worker away."""
        del self.people[person.id], self.numbers[person.worker.number]

    def list_skills(self, ids: Sequence[str]) -> list[Row]:
        """Return the rows of the report of skills; all values are text."""
        return [_build_skill(person, held) for person in self._get_people(ids) for held in person.worker.skills]

    def list_absences(self, ids: Sequence[str], start: date, end: date) -> list[Row]:
        """Return the rows of the report of days away."""
        return [
            _build_absence(person, away)
            for person in self._get_people(ids)
            for away in person.worker.absences
            if start <= away.day <= end
        ]

    def compute_balance(self, person: Person, on: date) -> Decimal:
        """Return the hours of vacation left on a day: five weeks a year, less what was taken in the day's year."""
        taken = (
            away.hours for away in person.worker.absences if not away.holiday and date(on.year, 1, 1) <= away.day <= on
        )
        return _WEEKS_AWAY * person.worker.weekly_hours - sum(taken, Decimal(0))

    def _get_people(self, ids: Sequence[str]) -> list[Person]:
        return [person for identifier in ids if (person := self.people.get(identifier))]


def filled(firm: Firm) -> Store:
    """Make the tenant of a firm. Workers were last changed an hour after each other, in the firm's order."""
    store = Store()
    entities = {entity.code: entity for entity in firm.entities}
    for place, worker in enumerate(firm.workers):
        identifier = wid("worker", worker.number)
        entity = entities[worker.entity]
        changed = _FIRST_CHANGE + timedelta(hours=place)
        row = {
            "workdayID": identifier,
            "employeeID": None if worker.type == "CONTRACTOR" else worker.number,
            "contingentWorkerID": worker.number if worker.type == "CONTRACTOR" else None,
            "fullName": worker.name,
            "businessTitle": worker.job_title,
            "primaryWorkEmail": worker.email,
            "workerType": _build_instance("type", _TYPES.get(worker.type, "Contingent Worker")),
            "workerStatus": _build_instance("status", "Terminated" if worker.left_before(firm.today) else "Active"),
            "managementLevel": _build_instance("level", worker.job_level),
            "cf_practice": _build_instance("practice", worker.practice),
            "manager": None if worker.manager is None else _build_manager(firm, worker.manager),
            "company": _build_instance("company", entity.name),
            "costCenter": _build_instance("cost centre", worker.cost_center),
            "cf_timeZone": _build_instance("time zone", entity.time_zone),
            "hireDate": worker.hire_date.isoformat(),
            "terminationDate": None if worker.termination_date is None else worker.termination_date.isoformat(),
            "scheduledWeeklyHours": worker.weekly_hours,
            "cf_hourlyCost": worker.cost_rate,
            "cf_hourlyCostCurrency": _build_instance("currency", entity.currency),
            **stamped(changed),
        }
        store.put(Person(worker, identifier, row))
    return store


def stamped(changed: datetime) -> Row:
    """Return the column that tells when a worker was last changed."""
    return {"lastFunctionallyUpdated": f"{changed.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"}


def _build_manager(firm: Firm, number: str) -> Row:
    name = next(worker.name for worker in firm.workers if worker.number == number)
    return {"id": wid("worker", number), "descriptor": name}


def _build_instance(kind: str, descriptor: str) -> Row:
    return {"id": wid(kind, descriptor), "descriptor": descriptor}


def _build_skill(person: Person, held: SkillHeld) -> Row:
    return {
        "workdayID": person.id,
        "skillID": held.code,
        "skillName": held.name,
        "proficiency": _LEVELS[held.level],
    }


def _build_absence(person: Person, away: Absence) -> Row:
    return {
        "workdayID": person.id,
        "date": away.day.isoformat(),
        "hours": str(away.hours),
        "type": "Public Holiday" if away.holiday else "Vacation",
        "status": "Approved",
    }
