"""The kinds of records that a connection reads."""

from collections.abc import Sequence
from typing import Any

from gateway.canonical.fault import FaultCode
from gateway.canonical.records.crm import CrmAccount, CrmOpportunity
from gateway.canonical.records.hcm import HcmWorker
from gateway.canonical.records.psa import PsaClient, PsaProject, PsaTask, PsaTimeEntry, PsaUser
from gateway.errors import SourceError
from subgraphs.suite.tryton.domain import Domain, among
from subgraphs.suite.tryton.mapping import TrytonMapping
from subgraphs.suite.tryton.reads import Kind, attempt, each
from subgraphs.suite.tryton.records import EMPLOYEE, LINE, OPPORTUNITY, PARTY, WORK, RecordBuilder
from subgraphs.suite.tryton.rest import Rest
from subgraphs.suite.tryton.wire import AccountRow, EmployeeRow, LineRow, OpportunityRow, PartyRow, UserRow, WorkRow

Kinds = dict[type[Any], Kind[Any, Any]]

_STAMPS = ("last_modified_at", "party.last_modified_at")


def crm_kinds(builder: RecordBuilder, mapping: TrytonMapping) -> Kinds:
    """Return what is read of customers and deals."""
    return {
        CrmAccount: Kind(
            model=PARTY,
            row=AccountRow,
            build=each(builder.account),
            domain=_customers(mapping),
            reference=_by("code"),
            stamps=("last_modified_at", "addresses.last_modified_at"),
        ),
        CrmOpportunity: Kind(
            model=OPPORTUNITY, row=OpportunityRow, build=each(builder.opportunity), reference=_by("reference")
        ),
    }


def _customers(mapping: TrytonMapping) -> Domain:
    return () if mapping.client_category is None else (["categories.name", "=", mapping.client_category],)


def psa_kinds(rest: Rest, builder: RecordBuilder, mapping: TrytonMapping) -> Kinds:
    """Return what is read for projects. A project is a work at the top; everything below it, projects of their own included, is a task."""
    bracketed = _by_bracket if mapping.bracketed_references else None
    return {
        PsaClient: Kind(
            model=PARTY, row=PartyRow, build=each(builder.client), domain=_customers(mapping), reference=_by("code")
        ),
        PsaUser: Kind(
            model=EMPLOYEE, row=UserRow, build=each(builder.user), reference=_by("party.code"), stamps=_STAMPS
        ),
        PsaProject: Kind(
            model=WORK,
            row=WorkRow,
            build=each(builder.project),
            domain=(["type", "=", "project"], ["parent", "=", None]),
            reference=_by("number"),
        ),
        PsaTask: Kind(model=WORK, row=WorkRow, build=each(builder.task), domain=(["parent", "!=", None],)),
        PsaTimeEntry: Kind(
            model=LINE,
            row=LineRow,
            build=_TimeBuilder(rest, builder),
            domain=(["work.origin", "like", f"{WORK},%"],),
            reference=bracketed,
        ),
    }


def hcm_kinds(builder: RecordBuilder) -> Kinds:
    """Return what is read of people."""
    reference = _by("party.code")
    return {
        HcmWorker: Kind(
            model=EMPLOYEE, row=EmployeeRow, build=each(builder.worker), reference=reference, stamps=_STAMPS
        )
    }


class _TimeBuilder:
    """Builds time entries: the works that lines are booked for come with one call more, as REST does not read beyond `work.origin`."""

    def __init__(self, rest: Rest, builder: RecordBuilder) -> None:
        self._rest = rest
        self._builder = builder

    async def __call__(self, rows: Sequence[LineRow]) -> Sequence[PsaTimeEntry | SourceError]:
        ids = {row.work_id for row in rows}
        found = await self._rest.search(WORK, WorkRow, (among("id", sorted(ids)),)) if ids else []
        works = {str(work.id): work for work in found}
        return [self._built(row, works.get(row.work_id)) for row in rows]

    def _built(self, row: LineRow, work: WorkRow | None) -> PsaTimeEntry | SourceError:
        if work is None:
            return SourceError(FaultCode.CONTRACT_MISMATCH, "time booked for a work that cannot be read")
        return attempt(self._builder.time_entry, row, work)


def _by(field: str) -> Any:
    return lambda reference: ([field, "=", reference],)


def _by_bracket(reference: str) -> Domain:
    literal = "".join(f"\\{char}" if char in "%_\\" else char for char in reference)
    return (["description", "like", f"[{literal}]%"],)
