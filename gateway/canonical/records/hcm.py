"""Records of the HCM. All data here is PERSONAL."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

import msgspec

from gateway.canonical.records.base import Record
from gateway.canonical.roles import SystemRole
from gateway.canonical.values import Money


class HcmRecord(Record, frozen=True, kw_only=True):
    """Any record of the HCM."""

    role: ClassVar[SystemRole] = SystemRole.HCM


class HcmSkill(msgspec.Struct, frozen=True, kw_only=True):
    """A skill of a worker; `level` is a raw code."""

    code: str
    name: str
    category: str | None = None
    level: str
    certified_until: date | None = None


class HcmWorker(HcmRecord, frozen=True, kw_only=True):
    """A worker as of today.

    `cost_rate` is per hour, `standard_weekly_hours` are contract hours, `time_zone` is an IANA name.
    """

    worker_number: str | None = None
    name: str | None = None
    email: str | None = None
    type: str | None = None
    employment_status: str | None = None
    job_title: str | None = None
    job_level: str | None = None
    practice: str | None = None
    manager_id: str | None = None
    legal_entity: str | None = None
    cost_center: str | None = None
    location: str | None = None
    time_zone: str | None = None
    hire_date: date | None = None
    termination_date: date | None = None
    standard_weekly_hours: Decimal | None = None
    cost_rate: Money | None = None
    skills: tuple[HcmSkill, ...] | None = None


class HcmAbsence(HcmRecord, frozen=True, kw_only=True):
    """One day of absence of a worker: a public holiday if `holiday`, otherwise leave."""

    worker_id: str
    day: date
    hours: Decimal
    holiday: bool = False
    approved: bool = True
