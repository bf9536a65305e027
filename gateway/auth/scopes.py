"""All scopes. Form: `resource[.facet]:action`; `:write` does not imply `:read`, and no scope implies a facet."""

from collections.abc import Iterable

SCOPES: frozenset[str] = frozenset(
    [
        "customers:read",
        "customers:write",
        "customers.pii:read",
        "customers.tax:read",
        "customers.finance:read",
        "opportunities:read",
        "contracts:read",
        "contracts:write",
        "contracts.value:read",
        "projects:read",
        "projects:write",
        "projects:close",
        "projects.financials:read",
        "projects.margin:read",
        "resources:read",
        "resources.pii:read",
        "resources.rates:read",
        "resources.cost:read",
        "staffing:read",
        "staffing:write",
        "time:read",
        "time:write",
        "time:approve",
        "expenses:read",
        "expenses:approve",
        "invoices:read",
        "invoices:write",
        "invoices:approve",
        "invoices.documents:read",
        "workflows:read",
        "workflows:plan",
        "workflows:run",
        "workflows:cancel",
        "workflows:replay",
        "exceptions:read",
        "exceptions:assign",
        "exceptions:resolve",
        "batch:read",
        "batch:run",
        "reconciliation:read",
        "events:read",
        "systems:read",
        "catalog:read",
        "catalog:write",
        "mappings:write",
        "kpis:read",
        "admin:audit",
        "graphql:explore",
    ]
)

AUDIT = "admin:audit"
EXPLORE = "graphql:explore"


def select_known_scopes(values: Iterable[str]) -> frozenset[str]:
    """Return the values that are known scopes; unknown values grant nothing."""
    return SCOPES.intersection(values)


def has_audit_conflict(scopes: frozenset[str]) -> bool:
    """Return whether a set holds the audit scope and a scope that changes data: nobody may audit their own changes."""
    changing = {scope for scope in scopes if scope.endswith(":write") or scope == "exceptions:resolve"}
    return AUDIT in scopes and bool(changing)
