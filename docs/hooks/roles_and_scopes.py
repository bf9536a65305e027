"""The page of roles and scopes, from the tables that the gateway and the development identity provider read."""

from typing import Final

from tables import table

from gateway.auth.roles import OWN_ROLES, ROLES
from gateway.auth.scopes import SCOPES

INTRODUCTION: Final = """\
# Roles and scopes

A token carries scopes, and the gateway looks at nothing else; a role is a name for a set of scopes that the firm's identity provider grants together.
A scope reads `resource[.facet]:action`. `:write` does not imply `:read`, and nothing implies a facet. A scope that does not exist grants nothing. A token
that carries `admin:audit` together with a power to change something is refused: nobody audits himself.

Which rows a caller sees is in other claims: see [scopes and rows](../concepts/scopes-and-rows.md).
"""


def page() -> str:
    """Return the page."""
    roles = sorted(ROLES)
    breadths = table(
        ("role", "sees", "scopes"),
        [
            (
                f"`{role}`",
                "what is theirs" if role in OWN_ROLES else "everything of their entities",
                str(len(ROLES[role])),
            )
            for role in roles
        ],
    )
    rows = [
        (f"`{scope}`", ", ".join(f"`{role}`" for role in roles if scope in ROLES[role]) or "nobody by role")
        for scope in sorted(SCOPES)
    ]
    return f"{INTRODUCTION}\n## Roles\n\n{breadths}\n## Scopes\n\n{table(('scope', 'held by'), rows)}"
