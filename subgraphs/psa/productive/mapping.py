"""The mapping file of a connection: which custom fields of the organization carry which fact, and what its words mean."""

from collections.abc import Mapping

import msgspec

from gateway.canonical.states import MappingDomain


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the mapping file."""


class ProjectFields(Section, frozen=True, kw_only=True):
    """Custom fields of projects, by name. `dimensions` holds, per financial dimension, the field with its value's code."""

    code: str | None = None
    status: str | None = None
    type: str | None = None
    legal_entity: str | None = None
    service_line: str | None = None
    contract_number: str | None = None
    opportunity_reference: str | None = None
    dimensions: Mapping[str, str] = {}


class UserFields(Section, frozen=True, kw_only=True):
    """Custom fields of employees, by name."""

    number: str | None = None
    type: str | None = None
    practice: str | None = None


class ExpenseFields(Section, frozen=True, kw_only=True):
    """Custom fields of expenses, by name."""

    number: str | None = None


class TaskTypes(Section, frozen=True, kw_only=True):
    """Numbers of the types of tasks: the vendor names the types, and not their numbers."""

    milestone: int = 3


class ProductiveMapping(Section, frozen=True, kw_only=True):
    """One organization's mapping file.

    `decimals` tells, for currencies that have not two, how many decimals an amount in cents has. `codes` holds, per reference-data domain, raw code ->
    canonical code.
    """

    project: ProjectFields = ProjectFields()
    user: UserFields = UserFields()
    expense: ExpenseFields = ExpenseFields()
    task: TaskTypes = TaskTypes()
    decimals: Mapping[str, int] = {}
    codes: Mapping[MappingDomain, Mapping[str, str]] = {}
