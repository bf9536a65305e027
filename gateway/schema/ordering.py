"""Inputs: how lists are sorted."""

from __future__ import annotations

from enum import StrEnum

import strawberry


@strawberry.enum
class SortDirection(StrEnum):
    """Direction of sorting."""

    ASC = "ASC"
    """Ascending."""
    DESC = "DESC"
    """Descending."""


@strawberry.enum
class CustomerOrderField(StrEnum):
    """Fields by which customers can be sorted."""

    NAME = "NAME"
    """Name of the customer."""
    UPDATED_AT = "UPDATED_AT"
    """Time of the last change."""


@strawberry.enum
class ProjectOrderField(StrEnum):
    """Fields by which projects can be sorted."""

    CODE = "CODE"
    """Project code."""
    NAME = "NAME"
    """Name of the project."""
    START_DATE = "START_DATE"
    """Planned first day."""
    END_DATE = "END_DATE"
    """Planned last day."""
    UPDATED_AT = "UPDATED_AT"
    """Time of the last change."""


@strawberry.enum
class ResourceOrderField(StrEnum):
    """Fields by which people can be sorted; names are not among them, because the card index holds none."""

    HIRE_DATE = "HIRE_DATE"
    """First day of employment."""


@strawberry.enum
class InvoiceOrderField(StrEnum):
    """Fields by which invoices can be sorted."""

    ISSUE_DATE = "ISSUE_DATE"
    """Issue date."""
    DUE_DATE = "DUE_DATE"
    """Due date."""
    NUMBER = "NUMBER"
    """Invoice number."""


@strawberry.input
class CustomerOrder:
    """Sort order of customers."""

    field: CustomerOrderField
    """Field to sort by."""
    direction: SortDirection
    """Sort direction."""


@strawberry.input
class ProjectOrder:
    """Sort order of projects."""

    field: ProjectOrderField
    """Field to sort by."""
    direction: SortDirection
    """Sort direction."""


@strawberry.input
class ResourceOrder:
    """Sort order of people."""

    field: ResourceOrderField
    """Field to sort by."""
    direction: SortDirection
    """Sort direction."""


@strawberry.input
class InvoiceOrder:
    """Sort order of invoices."""

    field: InvoiceOrderField
    """Field to sort by."""
    direction: SortDirection
    """Sort direction."""
