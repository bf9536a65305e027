"""Renders the page of roles and scopes from the tables of the gateway."""

from typing import Final

from tables import render_table

from gateway.auth.scopes import SCOPES
from gateway.auth.user_roles import CUSTOMER_ROLES, OWN_ROLES, ROLES

INTRODUCTION: Final = """\
# Roles and scopes

A token carries scopes, and the gateway checks only these; a role is a name for a set of scopes that the firm's identity
provider grants together. A scope has the form `resource[.facet]:action`. `:write` does not imply `:read`, and no scope
implies a facet. An unknown scope grants nothing. A token that carries `admin:audit` together with a permission to
change something is rejected: auditors must not audit themselves.

Other claims select the rows that a caller sees: see [scopes and rows](../concepts/scopes-and-rows.md).
"""


def render_page() -> str:
    """Return the page."""
    roles = sorted(ROLES)
    role_table = render_table(
        ("role", "rows", "number of scopes"),
        [
            (
                f"`{role}`",
                _describe_rows(role),
                str(len(ROLES[role])),
            )
            for role in roles
        ],
    )
    rows = [
        (f"`{scope}`", ", ".join(f"`{role}`" for role in roles if scope in ROLES[role]) or "no role")
        for scope in sorted(SCOPES)
    ]
    return f"{INTRODUCTION}\n## Roles\n\n{role_table}\n## Scopes\n\n{render_table(('scope', 'held by'), rows)}"


def _describe_rows(role: str) -> str:
    if role in CUSTOMER_ROLES:
        return "records of their customer"
    return "own records" if role in OWN_ROLES else "all records of their legal entities and regions"
