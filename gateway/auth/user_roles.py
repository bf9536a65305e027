"""The roles and their scopes, for the development identity provider and the documentation.

A role grants nothing by itself: a token carries scopes, and the gateway checks only these.
"""

from collections.abc import Mapping
from enum import StrEnum


class RowAccess(StrEnum):
    """The records that a role sees within its legal entities and regions: its own, those of its customers, or all."""

    OWN = "own"
    CUSTOMER = "customer"
    ALL = "all"


def _parse_scopes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COMMERCE = _parse_scopes("opportunities:read contracts:read")
_FINANCE_READ = _parse_scopes(
    """customers:read customers.finance:read customers.tax:read opportunities:read contracts:read contracts.value:read
    projects:read projects.financials:read projects.margin:read resources:read resources.rates:read resources.cost:read
    staffing:read time:read expenses:read invoices:read invoices.documents:read workflows:read workflows:plan
    exceptions:read batch:read reconciliation:read kpis:read"""
)

ROLES: Mapping[str, frozenset[str]] = {
    "portal_user": _parse_scopes("projects:read customers:read resources:read invoices:read invoices.documents:read"),
    "consultant": _parse_scopes(
        "projects:read customers:read resources:read staffing:read time:read time:write expenses:read kpis:read"
    ),
    "project_manager": _COMMERCE
    | _parse_scopes(
        """projects:read projects:write projects.financials:read projects.margin:read customers:read
        contracts.value:read contracts:write resources:read resources.rates:read staffing:read staffing:write
        time:read time:approve expenses:read expenses:approve invoices:read invoices.documents:read
        workflows:read workflows:plan workflows:run exceptions:read kpis:read"""
    ),
    "resource_manager": _COMMERCE
    | _parse_scopes(
        """projects:read customers:read customers.pii:read resources:read resources.pii:read resources.rates:read
        staffing:read staffing:write time:read workflows:read workflows:plan workflows:run exceptions:read kpis:read"""
    ),
    "finance": _FINANCE_READ
    | _parse_scopes(
        """contracts:write expenses:approve invoices:write projects:close workflows:run workflows:cancel
        exceptions:resolve batch:run"""
    ),
    "finance_approver": _FINANCE_READ
    | _parse_scopes(
        "expenses:approve invoices:approve projects:close workflows:cancel workflows:replay exceptions:resolve"
    ),
    "integration_operator": _COMMERCE
    | _parse_scopes(
        """projects:read customers:read customers:write resources:read staffing:read time:read expenses:read
        invoices:read invoices.documents:read workflows:read workflows:plan workflows:run workflows:cancel
        workflows:replay exceptions:read exceptions:assign exceptions:resolve batch:read batch:run
        reconciliation:read events:read systems:read catalog:read catalog:write mappings:write kpis:read
        graphql:explore"""
    ),
    "auditor": _FINANCE_READ | _parse_scopes("systems:read catalog:read events:read admin:audit"),
}
"""The scopes of each role."""

OWN_ROLES: frozenset[str] = frozenset({"consultant", "project_manager"})
"""Roles that see only records of which the person is a member or the manager, and their own."""

CUSTOMER_ROLES: frozenset[str] = frozenset({"portal_user"})
"""Roles of a customer's people, who see only records of that customer."""
