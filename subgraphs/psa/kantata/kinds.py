"""The kinds of records that a connection reads: the resource, what comes with it, and what builds records from the list."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from gateway.canonical.records.base import Record
from gateway.canonical.records.psa import (
    PsaAssignment,
    PsaClient,
    PsaDemand,
    PsaExpense,
    PsaMilestone,
    PsaProject,
    PsaTask,
    PsaTimeEntry,
    PsaUser,
)
from gateway.ports.projection import needed
from subgraphs.kit.together import in_batches
from subgraphs.psa.kantata import wire
from subgraphs.psa.kantata.client import Client, Listing, Parameters
from subgraphs.psa.kantata.mapping import References
from subgraphs.psa.kantata.records import (
    ALLOCATIONS,
    DEMANDS,
    EXPENSES,
    GROUPS,
    RESOURCES,
    STORIES,
    TIME,
    USERS,
    WORKSPACES,
    RecordBuilder,
)

RecordT = TypeVar("RecordT", bound=Record)
RowT = TypeVar("RowT", bound=wire.Row)

ONLY = 200
"""Ids of one `only` filter: as many as a page holds."""
MILESTONE = "milestone"
_CODED = "external_references,custom_field_values"
_OF_PROJECTS = {
    "custom_field_values": (
        "type",
        "legal_entity",
        "service_line",
        "contract_number",
        "opportunity_reference",
        "dimensions",
    ),
    "workspace_groups": ("client_id",),
    "primary_maven": ("manager_id",),
    "participants": ("member_ids",),
}
_BOOKED = "workspace,user,story,active_submission,external_references"
_OF_ARCHIVED = (("from_archived_workspaces", "true"),)
"""Time and expenses of archived projects are hidden otherwise (vendor's reference, "Time Entries", "Expenses")."""
_STORIES = (("show_archived", "true"), ("show_from_archived_workspaces", "true"))
"""Tasks that are archived, or of an archived project, are hidden otherwise (vendor's Ruby client, `Story#association_load_filters`)."""


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[RecordT]):
    """`model` is that of the external references by which the record is found, None where there are none; `stamped` tells whether changes have a time.

    `events` are the subscribed events that say that a record of the kind changed, or is gone. `spared` names, per association, the attributes that are
    made of it: where a request needs none of them, it is not included.
    """

    resource: str
    include: str
    build: Callable[[Listing], Awaitable[Sequence[RecordT]]]
    parameters: Parameters = ()
    model: str | None = None
    stamped: bool = False
    events: Sequence[str] = ()
    record: type[Record] = Record
    spared: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def included(self) -> str:
        """Return the associations to include for what the request needs."""
        every = filter(None, self.include.split(","))
        return ",".join(name for name in every if name not in self.spared or needed(self.record, *self.spared[name]))


Kinds = dict[type[Any], Kind[Any]]


def kinds_of(client: Client, builder: RecordBuilder) -> Kinds:
    """Return everything that is read."""
    models: References = builder.mapping.references
    return {
        PsaClient: Kind(
            resource=GROUPS,
            include="external_references",
            build=_each(wire.GroupRow, builder.client),
            parameters=(("companies_only", "true"),),
            model=models.client,
            stamped=True,
            events=_events("workspace_group"),
        ),
        PsaUser: Kind(
            resource=USERS,
            include=_CODED,
            build=_each(wire.UserRow, builder.user),
            # Otherwise only people who take part in a project are told.
            parameters=(("on_my_account", "true"),),
            model=models.user,
            record=PsaUser,
            spared={"custom_field_values": ("type", "practice")},
            events=_events("user"),
        ),
        PsaProject: Kind(
            resource=WORKSPACES,
            include=f"{_CODED},workspace_groups,primary_maven,participants",
            build=_each(wire.WorkspaceRow, builder.project),
            # Archived projects are hidden otherwise, and look as if they had never been.
            parameters=(("include_archived", "true"),),
            model=models.project,
            stamped=True,
            record=PsaProject,
            spared=_OF_PROJECTS,
            events=(*_events("workspace"), "participation:created", "participation:deleted"),
        ),
        PsaTask: Kind(
            resource=STORIES,
            include="workspace,parent",
            build=_stories(builder.task, milestones=False),
            parameters=_STORIES,
        ),
        PsaMilestone: Kind(
            resource=STORIES,
            include="workspace,parent",
            build=_stories(builder.milestone, milestones=True),
            parameters=_STORIES,
        ),
        PsaDemand: Kind(
            resource=DEMANDS,
            include="workspace,role,creator,custom_field_values",
            build=_each(wire.DemandRow, builder.demand),
        ),
        PsaAssignment: Kind(
            resource=ALLOCATIONS, include="workspace,workspace_resource", build=_Assignments(client, builder)
        ),
        PsaTimeEntry: Kind(
            resource=TIME,
            include=_BOOKED,
            build=_each(wire.TimeEntryRow, builder.time_entry),
            parameters=_OF_ARCHIVED,
            model=models.time_entry,
        ),
        PsaExpense: Kind(
            resource=EXPENSES,
            include=_BOOKED,
            build=_each(wire.ExpenseRow, builder.expense),
            parameters=_OF_ARCHIVED,
            model=models.expense,
        ),
    }


def _events(subject: str) -> Sequence[str]:
    """Return the events of a subject's life, its custom fields' included (Subscribed Events Reference)."""
    values = (f"custom_field_value_{what}" for what in ("created", "updated", "deleted"))
    return [f"{subject}:{what}" for what in ("created", "updated", "deleted", *values)]


def _each(
    row: type[RowT], build: Callable[[RowT, wire.Tables], RecordT]
) -> Callable[[Listing], Awaitable[Sequence[RecordT]]]:
    async def built(listing: Listing) -> Sequence[RecordT]:
        return [build(each, listing.tables) for each in listing.rows(row)]

    return built


def _stories(
    build: Callable[[wire.StoryRow, wire.Tables], RecordT], *, milestones: bool
) -> Callable[[Listing], Awaitable[Sequence[RecordT]]]:
    """Build milestones, or everything else: they are stories of one resource."""

    async def built(listing: Listing) -> Sequence[RecordT]:
        rows = listing.rows(wire.StoryRow)
        return [build(row, listing.tables) for row in rows if (row.story_type == MILESTONE) is milestones]

    return built


class _Assignments:
    """Builds assignments: who a resource is comes with one call more, as what is included does not include anything itself."""

    def __init__(self, client: Client, builder: RecordBuilder) -> None:
        self._client = client
        self._builder = builder

    async def __call__(self, listing: Listing) -> Sequence[PsaAssignment]:
        resources = await booked(self._client, listing)
        rows = listing.rows(wire.AllocationRow)
        return [
            self._builder.assignment(row, resources.get(str(row.workspace_resource_id)), listing.tables) for row in rows
        ]


async def booked(client: Client, allocations: Listing) -> dict[str, wire.ResourceRow]:
    """Read the resources that allocations book, by id: one call per 200. Their rate comes only when it is asked for."""
    wanted = list(dict.fromkeys(str(row.workspace_resource_id) for row in allocations.rows(wire.AllocationRow)))

    async def read(ids: Sequence[str]) -> Sequence[wire.ResourceRow]:
        parameters = (("only", ",".join(ids)), ("optional_fields", "resource_bill_rate"))
        return (await client.every(RESOURCES, parameters, "user")).rows(wire.ResourceRow)

    return {str(row.id): row for row in await in_batches(read, wanted, ONLY)}
