"""The role permissions that the checks recommend (NetSuite help, "Permissions Documentation")."""

from typing import Final

ROLE: Final = (
    "Give the integration's role the permissions REST Web Services, Log in using OAuth 2.0 Access Tokens and"
    " SuiteAnalytics Workbook, and view access to the record."
)
_PERMISSIONS: Final = {
    "subsidiary": "Lists > Subsidiaries",
    "currency": "Lists > Currency",
    "customer": "Lists > Customers",
    "job": "Lists > Projects",
    "employee": "Lists > Employees",
    "accountingperiod": "Setup > Manage Accounting Periods",
    "transaction": "Transactions > Find Transaction",
    "transactionline": "Transactions > Find Transaction",
    "timebill": "Transactions > Track Time",
}
"""The permission that each table needs."""


def describe_permission(name: str) -> str:
    """Return the remedy that names the permission for a table or a field of it."""
    permission = _PERMISSIONS.get(name.partition(".")[0].lower())
    return f"Give the integration's role the permission {permission} (view)." if permission else ROLE
