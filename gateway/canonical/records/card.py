"""The card: what the gateway itself stores about a record that other records can refer to.

The columns of the card are declared once, here: the store derives its table from them, the index the merge of several
systems and the description of a record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import NoneType
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from gateway.canonical.native import NativeId
from gateway.canonical.roles import Noun, SystemRole
from gateway.canonical.states import MappingDomain as Domain

PEOPLE: Final = frozenset({Noun.RESOURCE})


@dataclass(frozen=True, kw_only=True)
class CardColumn:
    """How one column of the card is stored, merged and described.

    `width` is the longest text in characters (None: unlimited). `finance_first` are the nouns for which the ERP is the
    system of record of this column. `domains` are the reference-data domains of a raw value, by noun. `hidden_for` are
    the nouns of which the column is never stored.
    """

    width: int | None = None
    finance_first: frozenset[Noun] = frozenset()
    domains: Mapping[Noun, Domain] = field(default_factory=dict)
    hidden_for: frozenset[Noun] = frozenset()


@dataclass(frozen=True)
class CardRelation:
    """A column with the canonical id of another card. `name` is the reference in a system's contribution."""

    name: str


class CardValues(msgspec.Struct, frozen=True, kw_only=True):
    """The values of a card that one system alone can supply.

    `status` and `type` are canonical codes. `legal_entity` is the canonical code of one entity, `legal_entities` are
    all entities that may see the record. `time_zone` is the IANA name of a legal entity's zone. Dates mean what the
    noun's own start and end are. `modified_at` is aware UTC.
    """

    code: Annotated[str | None, CardColumn(width=255, domains={Noun.LEGAL_ENTITY: Domain.LEGAL_ENTITY})] = None
    name: Annotated[str | None, CardColumn(hidden_for=PEOPLE)] = None
    number: Annotated[
        str | None, CardColumn(width=255, finance_first=frozenset({Noun.CUSTOMER}), hidden_for=PEOPLE)
    ] = None
    status: Annotated[
        str | None,
        CardColumn(
            width=32,
            finance_first=frozenset({Noun.CUSTOMER}),
            domains={
                Noun.CUSTOMER: Domain.CUSTOMER_STATUS,
                Noun.OPPORTUNITY: Domain.OPPORTUNITY_STAGE,
                Noun.CONTRACT: Domain.CONTRACT_STATUS,
                Noun.PROJECT: Domain.PROJECT_STATUS,
                Noun.RESOURCE: Domain.EMPLOYMENT_STATUS,
                Noun.INVOICE: Domain.INVOICE_STATUS,
            },
        ),
    ] = None
    type: Annotated[
        str | None,
        CardColumn(
            width=48,
            domains={
                Noun.OPPORTUNITY: Domain.CONTRACT_TYPE,
                Noun.CONTRACT: Domain.CONTRACT_TYPE,
                Noun.PROJECT: Domain.PROJECT_TYPE,
                Noun.RESOURCE: Domain.RESOURCE_TYPE,
                Noun.INVOICE: Domain.INVOICE_KIND,
            },
        ),
    ] = None
    currency: Annotated[
        str | None, CardColumn(width=3, finance_first=frozenset({Noun.CUSTOMER, Noun.CONTRACT, Noun.PROJECT}))
    ] = None
    legal_entity: Annotated[
        str | None,
        CardColumn(
            width=64,
            finance_first=frozenset({Noun.CUSTOMER, Noun.CONTRACT, Noun.PROJECT}),
            domains=dict.fromkeys(Noun, Domain.LEGAL_ENTITY),
        ),
    ] = None
    legal_entities: tuple[str, ...] = ()
    region: Annotated[str | None, CardColumn(width=16)] = None
    service_line: Annotated[
        str | None,
        CardColumn(
            width=64,
            finance_first=frozenset({Noun.PROJECT}),
            domains=dict.fromkeys(Noun, Domain.SERVICE_LINE),
        ),
    ] = None
    time_zone: Annotated[str | None, CardColumn(width=64, hidden_for=frozenset(Noun) - {Noun.LEGAL_ENTITY})] = None
    start_date: Annotated[date | None, CardColumn()] = None
    end_date: Annotated[date | None, CardColumn()] = None
    modified_at: Annotated[datetime | None, CardColumn()] = None


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One system's id of a canonical record, and how the gateway learned it."""

    role: SystemRole
    native: NativeId
    status: str
    linked_by: str
    display_number: str | None = None
    url: str | None = None
    synced_at: datetime | None = None
    source_modified_at: datetime | None = None


class Card(CardValues, frozen=True, kw_only=True):
    """Identity, links and the values that lists, filters and row rules need. A person's card holds no name.

    Relations are canonical ids of other cards. `synced_at` is when a system last confirmed the card (aware UTC).
    """

    id: UUID
    noun: Noun
    links: tuple[Link, ...]
    customer_id: Annotated[UUID | None, CardRelation("customer")] = None
    contract_id: Annotated[UUID | None, CardRelation("contract")] = None
    opportunity_id: Annotated[UUID | None, CardRelation("opportunity")] = None
    project_ids: tuple[UUID, ...] = ()
    manager_id: Annotated[UUID | None, CardRelation("manager")] = None
    member_ids: tuple[UUID, ...] = ()
    parent_id: Annotated[UUID | None, CardRelation("parent")] = None
    synced_at: datetime

    def get_native_id(self, role: SystemRole) -> NativeId | None:
        """Return the record's id in the system of `role`; None when no system of that role is linked."""
        return next((link.native for link in self.links if link.role is role and link.status == "LINKED"), None)


class AmbiguousCards(msgspec.Struct, frozen=True):
    """Several records that one reference may name, each with the connections in which it has that reference."""

    candidates: tuple[tuple[Card, tuple[str, ...]], ...]


def _collect(metadata: type[Any]) -> dict[str, tuple[type[Any], Any]]:
    """Return the type and the metadata of each attribute of the card that is declared with `metadata`."""
    found: dict[str, tuple[type[Any], Any]] = {}
    for name, hint in get_type_hints(Card, include_extras=True).items():
        if get_origin(hint) is Annotated:
            optional, declared = get_args(hint)
            (kind,) = set(get_args(optional)) - {NoneType}
            if isinstance(declared, metadata):
                found[name] = kind, declared
    return found


COLUMNS: Final[Mapping[str, CardColumn]] = {name: column for name, (_, column) in _collect(CardColumn).items()}
"""The columns that systems supply, by name."""

COLUMN_TYPES: Final[Mapping[str, type[Any]]] = {name: kind for name, (kind, _) in _collect(CardColumn).items()}
"""The Python type of each of these columns; all of them may be None."""

RELATIONS: Final[Mapping[str, str]] = {name: relation.name for name, (_, relation) in _collect(CardRelation).items()}
"""The columns that refer to other cards, with the name of the reference that a system's contribution holds."""
