"""The card: what the gateway itself remembers of a thing that can be referred to."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from gateway.canonical.native import NativeId
from gateway.canonical.roles import Noun, SystemRole


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One system's id of a canonical thing, and how the gateway came to know it."""

    role: SystemRole
    native: NativeId
    status: str
    linked_by: str
    display_number: str | None = None
    url: str | None = None
    synced_at: datetime | None = None
    source_modified_at: datetime | None = None


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """Identity, links and the facts that lists, filters and row rules need. A person's card holds no name.

    `status` and `type` are canonical words. `legal_entity` is the firm's entity code, `legal_entities` all entities that may see the record.
    Relations are canonical ids of other cards. `synced_at` is when a system last confirmed the card (aware UTC).
    """

    id: UUID
    noun: Noun
    links: tuple[Link, ...]
    code: str | None = None
    name: str | None = None
    number: str | None = None
    status: str | None = None
    type: str | None = None
    currency: str | None = None
    legal_entity: str | None = None
    legal_entities: tuple[str, ...] = ()
    region: str | None = None
    service_line: str | None = None
    customer_id: UUID | None = None
    contract_id: UUID | None = None
    opportunity_id: UUID | None = None
    project_ids: tuple[UUID, ...] = ()
    manager_id: UUID | None = None
    member_ids: tuple[UUID, ...] = ()
    parent_id: UUID | None = None
    start_date: date | None = None
    end_date: date | None = None
    modified_at: datetime | None = None
    synced_at: datetime

    def link(self, role: SystemRole) -> NativeId | None:
        """Return this thing's id in the system of `role`, or None when no system of that role is known to hold it."""
        return next((link.native for link in self.links if link.role is role and link.status == "LINKED"), None)
