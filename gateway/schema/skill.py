"""Skills of people and of resource demands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import strawberry

from gateway.canonical.fault import Fault
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import MappingDomain
from gateway.canonical.states import SkillLevel as Level
from gateway.errors import build_source_error
from gateway.execution.facets import get_facet
from gateway.execution.global_ids import IdCodec
from gateway.execution.request import RequestState
from gateway.execution.view import MissingKeys, View
from gateway.schema.enums import SkillLevel, SystemRole
from gateway.schema.kernel import derived


class SkillData(msgspec.Struct, frozen=True, kw_only=True):
    """A skill."""

    code: str
    name: str
    category: str | None = None


class ResourceSkillData(msgspec.Struct, frozen=True, kw_only=True):
    """A skill of a person."""

    skill: SkillData
    level: Level | None
    certified_until: date | None = None
    source: Role


class SkillRequirementData(msgspec.Struct, frozen=True, kw_only=True):
    """A skill that a resource demand requires."""

    skill: SkillData
    minimum_level: Level | None
    required: bool = True


@strawberry.type
class Skill:
    """A skill."""

    id: strawberry.ID = derived(
        lambda skill, _request: IdCodec.encode_parts("Skill", skill.code), description="Opaque id."
    )
    code: str
    """Code of the skill in the source system."""
    name: str
    """Name of the skill; its code if the source has no name."""
    category: str | None
    """Category of the skill."""


@strawberry.type
class ResourceSkill:
    """A skill of a person, and the system that recorded it."""

    skill: Skill
    """The skill."""
    level: SkillLevel | None
    """Level of the person; null if unknown or its code has no mapping."""
    certified_until: date | None
    """Last day of the certification, included."""
    source: SystemRole
    """System that recorded the skill."""


def resolve_skills(view: View, request: RequestState) -> list[ResourceSkillData] | MissingKeys | None:
    """Return the skills from the HCM; None if it stores none. Raise SourceUnavailableError if it does not answer."""
    worker = get_facet(view, Role.HCM, request)
    if isinstance(worker, Fault):
        raise build_source_error(worker)
    if worker is None or isinstance(worker, MissingKeys):
        return worker
    return None if worker.skills is None else list(_list_skills(worker, request))


def _list_skills(worker: HcmWorker, request: RequestState) -> Iterator[ResourceSkillData]:
    for entry in worker.skills or ():
        yield ResourceSkillData(
            skill=SkillData(code=entry.code, name=entry.name, category=entry.category),
            level=_map_level(worker, entry.level, request),
            certified_until=entry.certified_until,
            source=worker.role,
        )


def list_required_skills(record: Any, request: RequestState) -> list[SkillRequirementData]:
    """Return the skills that a resource demand requires."""
    return [
        SkillRequirementData(
            skill=SkillData(code=each.code, name=each.name),
            minimum_level=None if each.level is None else _map_level(record, each.level, request),
        )
        for each in record.skills
    ]


def _map_level(record: Any, raw: str, request: RequestState) -> Level | None:
    code = request.code_mapping.map_code(MappingDomain.SKILL_LEVEL, record.native.connection, raw)
    return Level(code) if code else None
