"""Contacts of a customer."""

from __future__ import annotations

from gateway.canonical.records.crm import CrmContact
from gateway.canonical.roles import DataClass, MaskMode
from gateway.canonical.roles import SystemRole as Role
from gateway.schema import lineage
from gateway.schema.identity import ExternalReference
from gateway.schema.kernel import EmailAddress, Node, Sensitive, derived, facet, noun, owned_by, sourced

PII = [["customers.pii:read"]]
PARTIAL = Sensitive(DataClass.PERSONAL, MaskMode.PARTIAL, residency_bound=True)


@noun(
    anchor=Role.CRM,
    keys=["id"],
    facets={Role.CRM: facet(CrmContact, loader="crm_contacts")},
    scopes=[["customers:read"]],
    owner=owned_by("Customer", "account_id"),
)
class Contact(Node):
    """A person at a customer."""

    external_references: list[ExternalReference] = derived(lineage.resolve_references)
    """Ids of the record in each system (the crosswalk)."""
    name: str | None = sourced(
        record=Role.CRM, sensitive=Sensitive(DataClass.PERSONAL, MaskMode.REDACT, residency_bound=True)
    )
    """Full name."""
    title: str | None = sourced(record=Role.CRM)
    """Job title."""
    email: EmailAddress | None = sourced(record=Role.CRM, scopes=PII, sensitive=PARTIAL)
    """E-mail address."""
    phone: str | None = sourced(record=Role.CRM, scopes=PII, sensitive=PARTIAL)
    """Telephone number as entered in the CRM."""
