"""Sections that the mapping files of PSA connections share."""

from collections.abc import Mapping

from subgraphs.kit.mapping_file import MappingSection


class ProjectFields(MappingSection, frozen=True, kw_only=True):
    """Custom fields of projects, by name. `dimensions`: financial dimension -> the field with the code of its value."""

    type: str | None = None
    legal_entity: str | None = None
    service_line: str | None = None
    contract_number: str | None = None
    opportunity_reference: str | None = None
    health: str | None = None
    health_note: str | None = None
    dimensions: Mapping[str, str] = {}


class UserFields(MappingSection, frozen=True, kw_only=True):
    """Custom fields of users, by name."""

    type: str | None = None
    practice: str | None = None
