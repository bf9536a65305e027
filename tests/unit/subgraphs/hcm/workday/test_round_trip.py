"""Random workers survive the twin's encoding."""

from dataclasses import replace
from datetime import UTC, date
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.values import Money
from subgraphs.hcm.workday.client import convert_rows
from subgraphs.hcm.workday.mapping import WorkdayMapping
from subgraphs.hcm.workday.reads import list_columns
from subgraphs.hcm.workday.records import RecordBuilder, group_by_worker
from subgraphs.hcm.workday.twin.store import build_store, build_wid
from subgraphs.hcm.workday.wire import AbsenceRow, SkillRow, WorkerRow, WqlPage
from subgraphs.kit.decoding import decode
from subgraphs.kit.mapping_file import read_strictly
from subgraphs.sandbox.firm.model import Absence, Worker, WorkerSkill
from subgraphs.sandbox.firm.small import FIRM
from tests.unit.subgraphs.hcm.workday.conftest import load_sandbox_mapping

MAPPING = read_strictly(load_sandbox_mapping(), WorkdayMapping, "mapping")
BUILDER = RecordBuilder("hcm", MAPPING, ZoneInfo("UTC"))
ENCODER = msgspec.json.Encoder(decimal_format="number")
LEVELS = {"NOVICE": "Beginner", "INTERMEDIATE": "Intermediate", "ADVANCED": "Advanced", "EXPERT": "Expert"}

texts = (
    st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=30).map(str.strip).filter(bool)
)
days = st.dates(date(1990, 1, 1), date(2030, 12, 31))
amounts = st.decimals("0.01", "9999.99", places=2)
skills = st.builds(WorkerSkill, code=texts, name=texts, level=st.sampled_from(sorted(LEVELS)))
absences = st.builds(Absence, day=days, hours=st.decimals("0.25", "12", places=2), holiday=st.booleans())
workers = st.builds(
    Worker,
    number=st.just("W-1"),
    name=texts,
    email=st.emails(),
    entity=st.sampled_from([entity.code for entity in FIRM.entities]),
    job_title=texts,
    job_level=texts,
    practice=texts,
    cost_center=texts,
    hire_date=days,
    termination_date=st.none() | days,
    cost_rate=amounts,
    weekly_hours=st.decimals("1", "60", places=1),
    type=st.sampled_from(["EMPLOYEE", "CONTRACTOR"]),
    skills=st.lists(skills, max_size=3, unique_by=lambda skill: skill.code).map(tuple),
    absences=st.lists(absences, max_size=3, unique_by=lambda absence: absence.day).map(tuple),
)


@given(workers)
def test_a_worker_survives_the_round_trip(worker: Worker) -> None:
    store = build_store(replace(FIRM, workers=(worker,)))
    identifier = build_wid("worker", "W-1")
    sent = ENCODER.encode({"total": 1, "data": [store.people[identifier].row]})
    (row,) = convert_rows(decode(sent, WqlPage).data, list_columns(MAPPING), WorkerRow, "worker")
    report = MAPPING.skills
    assert report is not None
    names = {"worker": report.worker, "code": report.code, "name": report.name, "level": report.level}
    worker_skills = group_by_worker(convert_rows(store.list_skills([identifier]), names, SkillRow, "skill"))

    record = BUILDER.map_worker(row, worker_skills.get(identifier, ()))

    (entity,) = [each for each in FIRM.entities if each.code == worker.entity]
    assert (record.worker_number, record.name, record.email) == ("W-1", worker.name, worker.email)
    assert (record.job_title, record.job_level, record.practice) == (
        worker.job_title,
        worker.job_level,
        worker.practice,
    )
    assert (record.legal_entity, record.cost_center, record.time_zone) == (
        entity.name,
        worker.cost_center,
        entity.time_zone,
    )
    termination_date = worker.termination_date
    is_rehire = termination_date is not None and termination_date < worker.hire_date
    assert (record.hire_date, record.termination_date) == (worker.hire_date, None if is_rehire else termination_date)
    assert record.standard_weekly_hours == worker.weekly_hours
    assert record.cost_rate == Money(worker.cost_rate, entity.currency)
    assert str(record.cost_rate.amount) == str(worker.cost_rate)
    assert record.type == ("Employee" if worker.type == "EMPLOYEE" else "Contingent Worker")
    mapped_skills = {(skill.code, skill.name, skill.level) for skill in record.skills or ()}
    assert mapped_skills == {(skill.code, skill.name, LEVELS[skill.level]) for skill in worker.skills}
    assert record.modified_at is not None
    assert record.modified_at.tzinfo is UTC


@given(workers)
def test_absences_survive_the_round_trip(worker: Worker) -> None:
    store = build_store(replace(FIRM, workers=(worker,)))
    report = MAPPING.absences
    assert report is not None
    names = {name: getattr(report, name) for name in ("worker", "day", "hours", "type", "status")}
    rows = store.list_absences([build_wid("worker", "W-1")], date(1990, 1, 1), date(2030, 12, 31))

    records = [BUILDER.map_absence(row, report) for row in convert_rows(rows, names, AbsenceRow, "absence")]

    assert [(record.day, record.hours, record.holiday) for record in records] == [
        (absence.day, Decimal(absence.hours), absence.holiday) for absence in worker.absences
    ]
