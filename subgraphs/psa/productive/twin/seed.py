"""Fills an organization from a firm. Codes and attributes that Productive lacks become custom fields."""

from datetime import date

from subgraphs.psa.productive.twin.custom import CustomFieldWriter
from subgraphs.psa.productive.twin.plan import ProjectSeed
from subgraphs.psa.productive.twin.rows import RowWriter
from subgraphs.sandbox.firm.model import Firm, Project, Worker

_DIMENSIONS = {"COST_CENTER": "Cost centre", "SERVICE_LINE": "Service line dimension", "LOCATION": "Location"}


class Seed:
    """Fills the tables once."""

    def __init__(self, rows: RowWriter, firm: Firm) -> None:
        self._rows = rows
        self._fields = CustomFieldWriter(self._rows)
        self._firm = firm
        self._companies: dict[str, str] = {}
        self._people: dict[str, str] = {}
        self._subsidiaries: dict[str, str] = {}

    def run(self) -> None:
        """Add everything, in the firm's order."""
        for entity in self._firm.entities:
            self._subsidiaries[entity.code] = self._rows.add("subsidiaries", {"name": entity.name})
        for customer in (each for each in self._firm.customers if "PSA" not in each.absent_from):
            code = {"company_code": customer.number}
            attributes = {"name": customer.name, **code, "archived_at": None, "custom_fields": None}
            self._companies[customer.number] = self._rows.add("companies", attributes, keys=code)
        for worker in self._firm.workers:
            self._people[worker.number] = self._add_worker(worker)
        for place, project in enumerate(self._firm.projects, start=1):
            self._add_project(project, place)
        self._add_exceptions()

    def _add_worker(self, worker: Worker) -> str:
        first, _, last = worker.name.partition(" ")
        fields = {"Worker number": worker.number, "Worker type": worker.type.title(), "Practice": worker.practice}
        attributes = {
            "first_name": first,
            "last_name": last,
            "email": worker.email,
            "title": worker.job_title,
            "hrm_type_id": 1,
            "archived_at": None,
            "deactivated_at": self._rows.get_next_change_time() if worker.has_left_before(self._firm.today) else None,
            "custom_fields": self._fields.build_values("employees", fields),
        }
        return self._rows.add("people", attributes, keys={"hrm_type_id": "1"})

    def _add_project(self, project: Project, place: int) -> None:
        tags = {_DIMENSIONS[code]: value for code, value in project.dimensions}
        fields = {
            "Project code": project.code,
            "Project status": project.status.replace("_", " ").capitalize(),
            "Service line": project.service_line,
            "Contract": project.contract,
            "Opportunity": project.opportunity,
            "Health": project.health.title(),
            "Health note": project.health_note,
            **tags,
        }
        attributes = {
            "name": project.name,
            "description": project.description,
            "project_number": str(place),
            "project_type_id": 1 if project.type == "INTERNAL" else 2,
            "archived_at": self._rows.get_next_change_time() if project.status == "CLOSED" else None,
            "last_activity_at": self._rows.get_next_change_time(),
            "custom_fields": self._fields.build_values("projects", fields),
        }
        company = self._companies[project.customer]
        links = {"company": company, "project_manager": self._people[project.manager]}
        made = self._rows.add("projects", attributes, links, {"company_id": company, "project_number": str(place)})
        keys = {"project_id": made}
        for number in dict.fromkeys([project.manager, *(booked.worker for booked in project.assignments)]):
            self._rows.add("memberships", {"type_id": 1}, {"person": self._people[number], "project": made}, keys)
        team = self._rows.add_once("teams", "Everybody")
        self._rows.add("memberships", {"type_id": 1}, {"team": team, "project": made}, keys)
        ProjectSeed(self._rows, self._fields, project, made).add(
            self._people, self._subsidiaries[project.entity], company
        )

    def _add_exceptions(self) -> None:
        """Add rows that become no record: a contact, an absence, an open deal, time on a budget without project."""
        contact = {"first_name": "Cleo", "last_name": "Marsh", "email": "cleo@client.example", "hrm_type_id": 2}
        nothing = {"archived_at": None, "deactivated_at": None, "custom_fields": None}
        self._rows.add("people", {**contact, **nothing}, {"company": "1"}, {"hrm_type_id": "2"})
        absence = {"started_on": "2026-12-24", "ended_on": "2026-12-31", "booking_method_id": 1, "time": 480}
        booked = {"total_time": 2880, "total_working_days": 6, "percentage": None, "draft": False, "canceled": False}
        links = {"person": "1", "event": self._rows.add_once("events", "Vacation")}
        self._rows.add(
            "bookings",
            {**absence, **booked, "updated_at": self._rows.get_next_change_time()},
            links,
            {"person_id": "1"},
        )
        deal = {"name": "Next phase", "budget": False, "date": "2020-01-01", "end_date": "2039-12-31"}
        unsold = {"delivered_on": None, "currency": "CHF"}
        self._rows.add("deals", {**deal, **unsold}, {"project": "1", "company": "1"}, {"project_id": "1"})
        budget = self._rows.add(
            "deals", {"name": "Recruiting", "budget": True, "date": None, "end_date": None, **unsold}
        )
        sold = {"name": "Interviews", "billable": False, "unit_id": 1, "price": None, "currency": "CHF"}
        service = self._rows.add("services", sold, {"deal": budget})
        add_time(self._rows, "1", service, date(2026, 11, 2))


def add_time(rows: RowWriter, person: str, service: str, day: date) -> str:
    """Add an hour on a service without a project; return its id."""
    flags = {"approved": False, "rejected": False, "submitted": False, "invoiced": False}
    worked = {"date": day.isoformat(), "time": 60, "billable_time": 0, "note": None}
    links = {"person": person, "service": service}
    return rows.add(
        "time_entries", {**worked, **flags, "updated_at": rows.get_next_change_time()}, links, {"person_id": person}
    )
