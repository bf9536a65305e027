"""The mapping file of a connection: which external references and custom fields of the account carry which fact, and what its words mean."""

from collections.abc import Mapping

import msgspec

from gateway.canonical.states import MappingDomain


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the mapping file."""


class References(Section, frozen=True, kw_only=True):
    """External references that carry the firm's own codes: the service that wrote them, and its model per kind of record."""

    service: str = "gateway"
    client: str = "Customer"
    project: str = "Project"
    user: str = "Worker"
    time_entry: str = "TimeEntry"
    expense: str = "Expense"


class ProjectFields(Section, frozen=True, kw_only=True):
    """Custom fields of projects, by name. `dimensions` holds, per financial dimension, the field with its value's code."""

    type: str | None = None
    legal_entity: str | None = None
    service_line: str | None = None
    contract_number: str | None = None
    opportunity_reference: str | None = None
    dimensions: Mapping[str, str] = {}


class UserFields(Section, frozen=True, kw_only=True):
    """Custom fields of people, by name."""

    type: str | None = None
    practice: str | None = None


class DemandFields(Section, frozen=True, kw_only=True):
    """Custom fields of staffing demands, by name. `hours` is a number."""

    hours: str | None = None
    priority: str | None = None


class KantataMapping(Section, frozen=True, kw_only=True):
    """One account's mapping file. `codes` holds, per reference-data domain, raw code -> canonical code."""

    references: References = References()
    project: ProjectFields = ProjectFields()
    user: UserFields = UserFields()
    demand: DemandFields = DemandFields()
    codes: Mapping[MappingDomain, Mapping[str, str]] = {}
