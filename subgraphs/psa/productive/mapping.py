"""The mapping file of a connection: the organization's custom fields per attribute, and its codes."""

from collections.abc import Mapping

from gateway.canonical.states import MappingDomain
from subgraphs.kit.mapping_file import MappingSection
from subgraphs.kit.psa import mapping as shared


class ProjectFields(shared.ProjectFields, frozen=True, kw_only=True):
    """Custom fields of projects, by name. `dimensions`: financial dimension -> the field with the code of its value."""

    code: str | None = None
    status: str | None = None


class UserFields(shared.UserFields, frozen=True, kw_only=True):
    """Custom fields of employees, by name."""

    number: str | None = None


class ExpenseFields(MappingSection, frozen=True, kw_only=True):
    """Custom fields of expenses, by name."""

    number: str | None = None


class TaskTypes(MappingSection, frozen=True, kw_only=True):
    """The numbers of task types: the vendor documents the names of the types, but not their numbers."""

    milestone: int = 3


class ProductiveMapping(MappingSection, frozen=True, kw_only=True):
    """One organization's mapping file. `codes`: reference-data domain -> source value -> canonical code.

    `decimals`: currency -> the decimals of an amount in "cents", for currencies with other than two decimals.
    """

    project: ProjectFields = ProjectFields()
    user: UserFields = UserFields()
    expense: ExpenseFields = ExpenseFields()
    task: TaskTypes = TaskTypes()
    decimals: Mapping[str, int] = {}
    codes: Mapping[MappingDomain, Mapping[str, str]] = {}
