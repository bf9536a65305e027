"""The users of the demo firm, with the scopes and row access of their roles.

Roles and their scopes come from `gateway.auth.user_roles` and are passed in; the provider defines none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

EVERYTHING = "*"


@dataclass(frozen=True, kw_only=True)
class Person:
    """A user who can sign in. `number` (of the worker) and `customers` (their numbers) are for row rules."""

    login: str
    name: str
    role: str
    number: str | None = None
    legal_entities: tuple[str, ...] = (EVERYTHING,)
    regions: tuple[str, ...] = (EVERYTHING,)
    row_access: str = "all"
    customers: tuple[str, ...] = ()


PEOPLE: tuple[Person, ...] = (
    Person(login="finance", name="Finance", role="finance"),
    Person(login="finance-uk", name="Finance, United Kingdom", role="finance", legal_entities=("UK01",)),
    Person(login="approver", name="Finance approver", role="finance_approver"),
    Person(login="alice", name="Alice, project manager", role="project_manager", number="W-1001", row_access="own"),
    Person(login="goran", name="Goran, consultant", role="consultant", number="W-1007", row_access="own"),
    Person(login="resources", name="Resource manager", role="resource_manager"),
    Person(login="operator", name="Integration operator", role="integration_operator"),
    Person(login="auditor", name="Auditor", role="auditor"),
    Person(
        login="portal",
        name="Portal user of Fuji Precision",
        role="portal_user",
        legal_entities=("NL01",),
        regions=("EU", "APAC"),
        row_access="customer",
        customers=("C-2007",),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Directory:
    """All users, by login, and the scopes of every role."""

    scopes: Mapping[str, frozenset[str]]
    people: Mapping[str, Person] = field(default_factory=lambda: {person.login: person for person in PEOPLE})

    def list_people(self, role: str) -> list[Person]:
        """Return the users of a role; service clients of the role act as the first one."""
        return [person for person in self.people.values() if person.role == role]

    def build_claims(self, person: Person) -> dict[str, object]:
        """Return the claims that the gateway authorises by: tenant, roles, row access."""
        return {
            "tenant": "main",
            "roles": [person.role],
            "legal_entities": list(person.legal_entities),
            "regions": list(person.regions),
            "row_access": person.row_access,
            **({"customers": list(person.customers)} if person.customers else {}),
            **({"actor_id": person.number} if person.number else {}),
        }
