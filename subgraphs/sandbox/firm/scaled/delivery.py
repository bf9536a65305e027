"""Projects by number: who is booked on them, and what everybody works on each weekday.

Everybody works on one of their projects a day, so that nobody is at two places and nobody works after having left.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from subgraphs.sandbox.firm.model import (
    Assignment,
    Customer,
    Demand,
    Expense,
    Milestone,
    Project,
    Task,
    TimeEntry,
    Worker,
)

FIRST_PROJECT, FIRST_ENTRY = 2001, 200_001
TEAM = 5
_BEGIN = date(2026, 1, 5)
_LINES = ("STRAT", "DATA", "CLOUD", "OPS")
_CENTRES = {"US01": "CC-100", "UK01": "CC-200", "NL01": "CC-300"}
_PLACES = {"US01": "NYC", "UK01": "LON", "NL01": "AMS"}
_TASKS = (("10", "Discovery", "COMPLETE"), ("20", "Build", "IN_PROGRESS"), ("30", "Rollout", "NOT_STARTED"))
_INTERNAL = "90"
EVERY_WITHOUT_CENTRE, EVERY_UNKNOWN_TO_FINANCE, EVERY_ON_HOLD = 25, 40, 30
_YEN = 130
_LATE = timedelta(days=14)


def projects(count: int, sold_to: Sequence[Customer], people: Sequence[Worker], today: date) -> tuple[Project, ...]:
    """Return so many projects with the time that was worked on them up to a day; nothing is billed yet."""
    by_entity: dict[str, list[Worker]] = defaultdict(list)
    for worker in people:
        by_entity[worker.entity].append(worker)
    bare = [_project(place, sold_to[place % len(sold_to)], by_entity) for place in range(count)]
    worked = _worked(bare, people, today)
    return tuple(replace(project, time_entries=tuple(worked.get(project.code, ()))) for project in bare)


def _project(place: int, customer: Customer, by_entity: dict[str, list[Worker]]) -> Project:
    number, entity, line = FIRST_PROJECT + place, customer.entity, _LINES[place % len(_LINES)]
    start = _BEGIN + timedelta(days=7 * (place % 12))
    end = start + timedelta(days=341)
    team = by_entity[entity]
    booked = [team[(place * TEAM + step) % len(team)] for step in range(TEAM)]
    held = place % EVERY_ON_HOLD == EVERY_ON_HOLD - 1
    unknown = place % EVERY_UNKNOWN_TO_FINANCE == EVERY_UNKNOWN_TO_FINANCE - 1
    centre = () if place % EVERY_WITHOUT_CENTRE == EVERY_WITHOUT_CENTRE - 1 else (("COST_CENTER", _CENTRES[entity]),)
    return Project(
        code=f"PRJ-{number}",
        name=f"{customer.name}: {line.lower()} programme {place + 1}",
        description=f"Programme {place + 1} for {customer.name}.",
        customer=customer.number,
        type="CLIENT_BILLABLE",
        status="ON_HOLD" if held else "ACTIVE",
        start=start,
        end=end,
        manager=booked[0].number,
        entity=entity,
        currency=customer.currency,
        service_line=line,
        percent_complete=Decimal(place % 90) / 100,
        contract=f"CT-{number + 4000}",
        opportunity=f"O-{number + 2000}",
        erp_status=None if unknown else "ACTIVE",
        dimensions=(*centre, ("SERVICE_LINE", line), ("LOCATION", _PLACES[entity])),
        tasks=tuple(_tasks(start, end)),
        milestones=(
            Milestone(
                code="M-1", name="Design signed", due=start + timedelta(days=60), completed=start + timedelta(days=58)
            ),
            Milestone(code="M-2", name="Go live", due=end - timedelta(days=14)),
        ),
        assignments=tuple(_booked(place, step, worker, customer, start, end) for step, worker in enumerate(booked)),
        demands=_demands(number, start, end) if place % 4 == 0 else (),
        expenses=tuple(_expenses(number, booked, customer, start, unknown=unknown)),
    )


def _tasks(start: date, end: date) -> Iterator[Task]:
    for code, name, status in _TASKS:
        yield Task(
            code=code, name=name, status=status, billable=True, start=start, end=end, estimated_hours=Decimal(600)
        )
    internal = "Internal coordination"
    yield Task(
        code=_INTERNAL,
        name=internal,
        status="IN_PROGRESS",
        billable=False,
        start=start,
        end=end,
        estimated_hours=Decimal(40),
    )


def _booked(place: int, step: int, worker: Worker, customer: Customer, start: date, end: date) -> Assignment:
    rate = Decimal(110 + 5 * ((place + step) % 24)) + Decimal("0.75") * (step % 2)
    return Assignment(
        code=f"A-{FIRST_PROJECT + place}-{step}",
        worker=worker.number,
        task=_TASKS[step % len(_TASKS)][0],
        role="Engagement lead" if step == 0 else "Consultant",
        start=start,
        end=end,
        planned_hours=Decimal(400 + 20 * step),
        bill_rate=Decimal(int(rate) * _YEN) if customer.currency == "JPY" else rate,
        booking="SOFT" if step == TEAM - 1 else "HARD",
    )


def _demands(number: int, start: date, end: date) -> tuple[Demand, ...]:
    wanted = Demand(
        code=f"D-{number}",
        role="Change manager",
        start=start,
        end=end,
        hours=Decimal(120),
        status="OPEN",
        skills=(("CHG", "ADVANCED"),),
    )
    return (wanted,)


def _expenses(
    number: int, booked: Sequence[Worker], customer: Customer, start: date, *, unknown: bool
) -> Iterator[Expense]:
    if unknown:
        return
    for step in range(3):
        amount = Decimal(80 + 17 * ((number + step) % 30)) + Decimal("0.45")
        yield Expense(
            code=f"E-{number}-{step}",
            worker=booked[step].number,
            category=("Travel", "Lodging", "Meals")[step],
            day=start + timedelta(days=30 * (step + 1)),
            amount=Decimal(int(amount) * _YEN) if customer.currency == "JPY" else amount,
            currency=customer.currency,
            approval="APPROVED",
        )


def _worked(bare: Sequence[Project], people: Sequence[Worker], today: date) -> dict[str, list[TimeEntry]]:
    """Return the entries of each project, in the order of people and days."""
    mine: dict[str, list[tuple[Project, Assignment]]] = defaultdict(list)
    for project in bare:
        for booked in project.assignments:
            mine[booked.worker].append((project, booked))
    found: dict[str, list[TimeEntry]] = defaultdict(list)
    number = FIRST_ENTRY
    for worker in people:
        held = mine.get(worker.number, ())
        if not held:
            continue
        until = worker.termination_date or today
        away = {absence.day for absence in worker.absences}
        for step, day in enumerate(_weekdays(_BEGIN, until)):
            project, booked = held[step % len(held)]
            if day in away or not project.start <= day <= project.end:
                continue
            found[project.code].append(_entry(number, worker, booked, day, today))
            number += 1
    return found


def _entry(number: int, worker: Worker, booked: Assignment, day: date, today: date) -> TimeEntry:
    internal = number % 10 == 0
    late = today - day < _LATE
    return TimeEntry(
        code=f"T-{number}",
        worker=worker.number,
        task=_INTERNAL if internal else booked.task,
        day=day,
        hours=Decimal(20 + number % 13) / 4,
        billable=not internal,
        approval=("SUBMITTED", "DRAFT", "APPROVED")[number % 3] if late else "APPROVED",
        note=f"Work on task {booked.task}",
    )


def _weekdays(first: date, last: date) -> Iterator[date]:
    for days in range((last - first).days + 1):
        day = first + timedelta(days=days)
        if day.weekday() < 5:
            yield day
