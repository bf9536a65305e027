"""Kantata's record classes: their resources, the associations to include, and the builders of their records."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

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
from gateway.ports.lineage import Lineage
from gateway.ports.projection import is_needed
from gateway.ports.unreadable import UnreadableRecord, collect_unreadable, report_unreadable
from subgraphs.kit.concurrent_calls import read_in_batches
from subgraphs.kit.psa.kinds import Build, Kind
from subgraphs.kit.record_mapping import RecordMapper, build_mappers
from subgraphs.psa.kantata import wire
from subgraphs.psa.kantata.client import Client, Listing
from subgraphs.psa.kantata.mapping import References
from subgraphs.psa.kantata.records import (
    ALLOCATIONS,
    DEMANDS,
    EXPENSES,
    GROUPS,
    RESOURCE_FIELDS,
    RESOURCES,
    STORIES,
    TIME,
    USERS,
    WORKSPACES,
    RecordBuilder,
)

RecordT = TypeVar("RecordT", bound=Record)
RowT = TypeVar("RowT", bound=wire.Row)

BY_IDS: Final = 200
"""Ids per `only` filter: a full page."""
MILESTONE: Final = "milestone"
_CODE_ASSOCIATIONS: Final = "external_references,custom_field_values"
_PROJECT_ASSOCIATIONS: Final = {
    "custom_field_values": (
        "type",
        "legal_entity",
        "service_line",
        "contract_number",
        "opportunity_reference",
        "health",
        "dimensions",
    ),
    "workspace_groups": ("client_id",),
    "primary_maven": ("manager_id",),
    "participants": ("member_ids",),
}
_ENTRY_ASSOCIATIONS: Final = "workspace,user,story,active_submission,external_references"
_ARCHIVED_ENTRIES: Final = (("from_archived_workspaces", "true"),)
"""By default, time and expenses of archived projects are hidden (vendor's reference, "Time Entries", "Expenses")."""
_ARCHIVED_STORIES: Final = (("show_archived", "true"), ("show_from_archived_workspaces", "true"))
"""By default, archived tasks and those of archived projects are hidden.

Source: the vendor's Ruby client, `Story#association_load_filters`.
"""


@dataclass(frozen=True, kw_only=True)
class KantataKind(Kind[RecordT]):
    """A record class of an account.

    `model`: that of the external references that find the record, None without references. `timestamped`: rows have a
    time of change. `events`: the subscribed events of changes and deletions. `optional_includes`: association -> the
    attributes built from it; it is not included if a request needs none of them.
    """

    model: str | None = None
    timestamped: bool = False
    events: Sequence[str] = ()
    record: type[Record] = Record
    optional_includes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def select_include(self) -> str:
        """Return the associations to include for the current request."""
        names = filter(None, self.include.split(","))
        optional = self.optional_includes
        return ",".join(name for name in names if name not in optional or is_needed(self.record, *optional[name]))


Kinds = dict[type[Any], KantataKind[Any]]


def build_kinds(client: Client, builder: RecordBuilder, lineage: Lineage) -> Kinds:
    """Return all record classes of an account."""
    mappers = build_mappers(lineage)
    models: References = builder.mapping.references
    return {
        PsaClient: KantataKind(
            resource=GROUPS,
            include="external_references",
            build=_build_each(wire.GroupRow, builder.build_client, mappers[PsaClient]),
            parameters=(("companies_only", "true"),),
            model=models.client,
            timestamped=True,
            events=_list_events("workspace_group"),
        ),
        PsaUser: KantataKind(
            resource=USERS,
            include=_CODE_ASSOCIATIONS,
            build=_build_each(wire.UserRow, builder.build_user, mappers[PsaUser]),
            # By default, only users who participate in a project are listed.
            parameters=(("on_my_account", "true"),),
            model=models.user,
            record=PsaUser,
            optional_includes={"custom_field_values": ("type", "practice", "bill_rate")},
            events=_list_events("user"),
        ),
        PsaProject: KantataKind(
            resource=WORKSPACES,
            include=f"{_CODE_ASSOCIATIONS},workspace_groups,primary_maven,participants",
            build=_build_each(wire.WorkspaceRow, builder.build_project, mappers[PsaProject]),
            # By default, archived projects are hidden.
            parameters=(("include_archived", "true"),),
            model=models.project,
            timestamped=True,
            record=PsaProject,
            optional_includes=_PROJECT_ASSOCIATIONS,
            events=(*_list_events("workspace"), "participation:created", "participation:deleted"),
        ),
        PsaTask: KantataKind(
            resource=STORIES,
            include="workspace,parent",
            build=_build_stories(builder.build_task, mappers[PsaTask], milestones=False),
            parameters=_ARCHIVED_STORIES,
        ),
        PsaMilestone: KantataKind(
            resource=STORIES,
            include="workspace,parent",
            build=_build_stories(builder.build_milestone, mappers[PsaMilestone], milestones=True),
            parameters=_ARCHIVED_STORIES,
        ),
        PsaDemand: KantataKind(
            resource=DEMANDS,
            include="workspace,role,creator,skills,custom_field_values",
            build=_build_each(wire.DemandRow, builder.build_demand, mappers[PsaDemand]),
        ),
        PsaAssignment: KantataKind(
            resource=ALLOCATIONS,
            include="workspace,workspace_resource",
            build=_AssignmentBuilder(client, builder, mappers[PsaAssignment]),
        ),
        PsaTimeEntry: KantataKind(
            resource=TIME,
            include=_ENTRY_ASSOCIATIONS,
            build=_build_each(wire.TimeEntryRow, builder.build_time_entry, mappers[PsaTimeEntry]),
            parameters=_ARCHIVED_ENTRIES,
            model=models.time_entry,
        ),
        PsaExpense: KantataKind(
            resource=EXPENSES,
            include=_ENTRY_ASSOCIATIONS,
            build=_build_each(wire.ExpenseRow, builder.build_expense, mappers[PsaExpense]),
            parameters=_ARCHIVED_ENTRIES,
            model=models.expense,
        ),
    }


def _list_events(subject: str) -> Sequence[str]:
    """Return the events of a subject and of its custom fields (vendor's Subscribed Events Reference)."""
    values = (f"custom_field_value_{change}" for change in ("created", "updated", "deleted"))
    return [f"{subject}:{change}" for change in ("created", "updated", "deleted", *values)]


def _build_each(
    row: type[RowT], build: Callable[[RowT, wire.RecordTables], RecordT], mapper: RecordMapper[RecordT]
) -> Build[RecordT]:
    async def build_all(listing: Listing) -> Sequence[RecordT]:
        return mapper.map_rows(listing.parse_rows(row), lambda each: build(each, listing.tables))

    return build_all


def _build_stories(
    build: Callable[[wire.StoryRow, wire.RecordTables], RecordT], mapper: RecordMapper[RecordT], *, milestones: bool
) -> Build[RecordT]:
    """Build milestones, or all other stories: both are stories of one resource."""

    async def build_all(listing: Listing) -> Sequence[RecordT]:
        stories = listing.parse_rows(wire.StoryRow)
        for each in stories:
            if not each.story_type:
                keys = {"project_id": str(each.workspace_id)}
                report_unreadable(UnreadableRecord(object=STORIES, id=str(each.id), field="story_type", keys=keys))
        rows = [row for row in stories if row.story_type and (row.story_type == MILESTONE) is milestones]
        return mapper.map_rows(rows, lambda each: build(each, listing.tables))

    return build_all


class _AssignmentBuilder:
    """Builds assignments. Their resources need another call: included records do not include any themselves."""

    def __init__(self, client: Client, builder: RecordBuilder, mapper: RecordMapper[PsaAssignment]) -> None:
        self._client = client
        self._builder = builder
        self._mapper = mapper

    async def __call__(self, listing: Listing) -> Sequence[PsaAssignment]:
        rows = listing.parse_rows(wire.AllocationRow)
        with collect_unreadable() as lost:
            resources = await self._read_resources(rows)
        lost_ids = {each.id for each in lost}

        def build(row: wire.AllocationRow) -> PsaAssignment:
            key = str(row.workspace_resource_id)
            resource = resources.get(key)
            known = () if resource is None else [name for name in resource.unread if name in RESOURCE_FIELDS]
            unreadable = RESOURCE_FIELDS if resource is None and not lost_ids.isdisjoint({key, None}) else known
            return self._builder.build_assignment(row, resource, listing.tables, unreadable)

        return self._mapper.map_rows(rows, build)

    async def _read_resources(self, allocations: Sequence[wire.AllocationRow]) -> dict[str, wire.ResourceRow]:
        """Return the resources of allocations by id: one call per 200. The rate is an optional field."""
        ids = list(dict.fromkeys(str(row.workspace_resource_id) for row in allocations))

        async def read(some: Sequence[str]) -> Sequence[wire.ResourceRow]:
            parameters = (("only", ",".join(some)), ("optional_fields", "resource_bill_rate"))
            return (await self._client.read_all(RESOURCES, parameters, "user")).parse_rows(wire.ResourceRow)

        return {str(row.id): row for row in await read_in_batches(read, ids, BY_IDS)}
