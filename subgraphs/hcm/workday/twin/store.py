"""The tenant's workers with their columns, skills and absences, built from the firm and indexed by id and number."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from subgraphs.sandbox.firm.model import Absence, Firm, Worker, WorkerSkill

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
    "cf_practices": "Multi-instance",
    "manager": "Single instance",
    "company": "Single instance",
    "costCenter": "Single instance",
    "cf_locationCountry": "Single instance",
    "cf_timeZone": "Single instance",
    "hireDate": "Date",
    "terminationDate": "Date",
    "scheduledWeeklyHours": "Numeric",
    "cf_hourlyCost": "Currency",
    "cf_hourlyCostNumber": "Numeric",
    "cf_hourlyCostCurrency": "Single instance",
    "lastFunctionallyUpdated": "Date Time",
}
"""The columns of the data source, with their types."""


def build_wid(kind: str, key: str) -> str:
    """Return the Workday id of an object: 32 hexadecimal digits, the same for the same firm."""
    return hashlib.md5(f"{kind}:{key}".encode(), usedforsecurity=False).hexdigest()


_VACATION_WEEKS = 5
_COLUMN_BY_REFERENCE = {"Employee_ID": "employeeID", "Contingent_Worker_ID": "contingentWorkerID"}
"""The column of a reference type."""


@dataclass(frozen=True)
class Person:
    """A worker of the tenant: the firm's worker and the row of columns."""

    worker: Worker
    id: str
    row: Row

    @property
    def active(self) -> bool:
        """Whether the worker is not terminated."""
        return bool(self.row["workerStatus"]["descriptor"] == "Active")


@dataclass
class Store:
    """Workers by id and by number, in the order of the firm."""

    people: dict[str, Person] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def find_person(self, reference: str) -> Person | None:
        """Return a worker by id, by `Employee_ID=number` or by `Contingent_Worker_ID=number`."""
        reference_type, equals, number = reference.partition("=")
        if not equals:
            return self.people.get(reference)
        person = self.people.get(self.numbers.get(number, ""))
        column = _COLUMN_BY_REFERENCE.get(reference_type)
        return person if person is not None and column is not None and person.row[column] == number else None

    def put(self, person: Person) -> None:
        """Add a worker, or replace the one with the same id."""
        self.people[person.id] = person
        self.numbers[person.worker.number] = person.id

    def remove(self, person: Person) -> None:
        """Remove a worker."""
        del self.people[person.id], self.numbers[person.worker.number]

    def list_skills(self, ids: Sequence[str]) -> list[Row]:
        """Return the rows of the skills report; all values are text."""
        return [_build_skill(person, skill) for person in self._get_people(ids) for skill in person.worker.skills]

    def list_absences(self, ids: Sequence[str], start: date, end: date) -> list[Row]:
        """Return the rows of the absences report."""
        return [
            _build_absence(person, absence)
            for person in self._get_people(ids)
            for absence in person.worker.absences
            if start <= absence.day <= end
        ]

    def compute_balance(self, person: Person, as_of: date) -> Decimal:
        """Return the hours of vacation left as of a date: five weeks a year, less those taken in the year so far."""
        taken = (
            absence.hours
            for absence in person.worker.absences
            if not absence.holiday and date(as_of.year, 1, 1) <= absence.day <= as_of
        )
        return _VACATION_WEEKS * person.worker.weekly_hours - sum(taken, Decimal(0))

    def _get_people(self, ids: Sequence[str]) -> list[Person]:
        return [person for identifier in ids if (person := self.people.get(identifier))]


def build_store(firm: Firm) -> Store:
    """Build the store of a firm. Workers were last changed one hour apart, in the firm's order."""
    store = Store()
    entities = {entity.code: entity for entity in firm.entities}
    for position, worker in enumerate(firm.workers):
        identifier = build_wid("worker", worker.number)
        entity = entities[worker.entity]
        changed = _FIRST_CHANGE + timedelta(hours=position)
        row = {
            "workdayID": identifier,
            "employeeID": None if worker.type == "CONTRACTOR" else worker.number,
            "contingentWorkerID": worker.number if worker.type == "CONTRACTOR" else None,
            "fullName": worker.name,
            "businessTitle": worker.job_title,
            "primaryWorkEmail": worker.email,
            "workerType": _build_instance("type", _TYPES.get(worker.type, "Contingent Worker")),
            "workerStatus": _build_instance("status", "Terminated" if worker.has_left_before(firm.today) else "Active"),
            "managementLevel": _build_instance("level", worker.job_level),
            "cf_practice": _build_instance("practice", worker.practice),
            "cf_practices": [_build_instance("practice", name) for name in (worker.practice, *_list_other(worker))],
            "manager": None if worker.manager is None else _build_manager(firm, worker.manager),
            "company": _build_instance("company", entity.name),
            "costCenter": _build_instance("cost centre", worker.cost_center),
            "cf_locationCountry": _build_instance("country", entity.country),
            "cf_timeZone": _build_instance("time zone", entity.time_zone),
            "hireDate": worker.hire_date.isoformat(),
            "terminationDate": None if worker.termination_date is None else worker.termination_date.isoformat(),
            "scheduledWeeklyHours": worker.weekly_hours,
            "cf_hourlyCost": {"value": str(worker.cost_rate), "currency": entity.currency},
            "cf_hourlyCostNumber": worker.cost_rate,
            "cf_hourlyCostCurrency": _build_instance("currency", entity.currency),
            **build_updated_column(changed),
        }
        store.put(Person(worker, identifier, row))
    return store


def build_updated_column(changed: datetime) -> Row:
    """Return the column with the time of the last functional change."""
    return {"lastFunctionallyUpdated": f"{changed.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"}


def _list_other(worker: Worker) -> Sequence[str]:
    """Return the further practices of a worker: directors have two."""
    return ("Leadership",) if worker.job_level == "Director" else ()


def _build_manager(firm: Firm, number: str) -> Row:
    name = next(worker.name for worker in firm.workers if worker.number == number)
    return {"id": build_wid("worker", number), "descriptor": name}


def _build_instance(kind: str, descriptor: str) -> Row:
    return {"id": build_wid(kind, descriptor), "descriptor": descriptor}


def _build_skill(person: Person, skill: WorkerSkill) -> Row:
    return {
        "workdayID": person.id,
        "skillID": skill.code,
        "skillName": skill.name,
        "proficiency": _LEVELS[skill.level],
        "skillCategory": skill.category,
        "certifiedUntil": "" if skill.certified_until is None else skill.certified_until.isoformat(),
    }


def _build_absence(person: Person, absence: Absence) -> Row:
    return {
        "workdayID": person.id,
        "date": absence.day.isoformat(),
        "hours": str(absence.hours),
        "type": "Public Holiday" if absence.holiday else "Vacation",
        "status": "Approved",
    }
