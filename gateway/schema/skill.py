"""Skills: what people can do, and what demands ask for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import strawberry

from gateway.canonical.fault import Fault
from gateway.canonical.roles import SystemRole as Role
from gateway.canonical.states import MappingDomain
from gateway.canonical.states import SkillLevel as Level
from gateway.errors import SourceUnavailableError
from gateway.execution.facets import facet
from gateway.execution.ids import IdCodec
from gateway.execution.request import Request
from gateway.execution.view import MissingKeys, View
from gateway.schema.enums import SkillLevel, SystemRole
from gateway.schema.kernel import derived


class SkillData(msgspec.Struct, frozen=True, kw_only=True):
    """A skill."""

    code: str
    name: str
    category: str | None = None


class ResourceSkillData(msgspec.Struct, frozen=True, kw_only=True):
    """A skill that somebody holds."""

    skill: SkillData
    level: Level | None
    certified_until: date | None = None
    last_used_at: date | None = None
    source: Role


class SkillRequirementData(msgspec.Struct, frozen=True, kw_only=True):
    """A skill that a demand asks for."""

    skill: SkillData
    minimum_level: Level | None
    required: bool = True


@strawberry.type
class Skill:
    """Something that people can do."""

    id: strawberry.ID = derived(
        lambda skill, _request: IdCodec.encode_parts("Skill", skill.code), description="Opaque id."
    )
    code: str
    name: str
    category: str | None


@strawberry.type
class ResourceSkill:
    """A skill that somebody holds, and the system that says so."""

    skill: Skill
    level: SkillLevel | None
    certified_until: date | None
    last_used_at: date | None
    source: SystemRole


def resolve_skills(view: View, request: Request) -> list[ResourceSkillData] | None:
    """Union of what the HCM and the PSA say; where both name a skill, the HCM's word stands."""
    told = [facet(view, role, request) for role in (Role.HCM, Role.PSA)]
    faults = [record for record in told if isinstance(record, Fault)]
    records = [record for record in told if record is not None and not isinstance(record, (Fault, MissingKeys))]
    if faults and not any(record.skills for record in records):
        raise SourceUnavailableError(faults[0])
    if all(record.skills is None for record in records):
        return None
    merged: dict[str, ResourceSkillData] = {}
    for record in records:
        for held in _list_skills(record, request):
            merged.setdefault(held.skill.code, held)
    return list(merged.values())


def _list_skills(record: Any, request: Request) -> Iterator[ResourceSkillData]:
    for entry in record.skills or ():
        if isinstance(entry, tuple):
            code, level = entry
            yield ResourceSkillData(
                skill=SkillData(code=code, name=code), level=_map_level(record, level, request), source=record.role
            )
        else:
            yield ResourceSkillData(
                skill=SkillData(code=entry.code, name=entry.name, category=entry.category),
                level=_map_level(record, entry.level, request),
                certified_until=entry.certified_until,
                last_used_at=entry.last_used_on,
                source=record.role,
            )


def list_required_skills(record: Any, request: Request) -> list[SkillRequirementData]:
    """Skills that a demand asks for."""
    return [
        SkillRequirementData(skill=SkillData(code=code, name=code), minimum_level=_map_level(record, level, request))
        for code, level in record.skills
    ]


def _map_level(record: Any, raw: str, request: Request) -> Level | None:
    word = request.codes.canonical(MappingDomain.SKILL_LEVEL, record.native.connection, raw)
    return Level(word) if word else None
