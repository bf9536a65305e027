"""Whether a connection can work: login, the right to query, every statement, and every field that the mapping file names."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.erp.netsuite import billing, statements, wire
from subgraphs.erp.netsuite.client import Client
from subgraphs.erp.netsuite.custom import NetSuiteMapping, Section
from subgraphs.erp.netsuite.failures import Refusal, RefusedError
from subgraphs.erp.netsuite.suiteql import NOTHING, Select, identifier

_ROLE = "Give the integration's role: REST Web Services, Log in using OAuth 2.0 Access Tokens, SuiteAnalytics Workbook, and view on the record."


async def findings(client: Client, mapping: NetSuiteMapping) -> list[Finding]:
    """Return one finding per thing that was looked at; without a login nothing else is looked at."""
    login = await _login(client)
    if not login.ok:
        return [login]
    analytics = await _probe(
        client, "SuiteQL", Select(columns={"id": "cu.id"}, source="currency cu", where=NOTHING, order=("cu.id",))
    )
    if not analytics.ok:
        return [login, analytics]
    named = [finding async for finding in _fields(client, mapping)]
    absent = {finding.subject for finding in named if not finding.ok}
    records = [
        await _probe(client, f"record {name}", statement.where(NOTHING)) for name, statement in _statements(mapping)
    ]
    # A statement that fails only for a field that has its own finding says nothing more.
    return [login, analytics, *named, *(finding for finding in records if finding.ok or not absent)]


async def _login(client: Client) -> Finding:
    try:
        at = await client.server_time()
    except SourceError as failed:
        remedy = "Check client id, certificate id and private key, and that the certificate has not expired."
        known = failed.code is FaultCode.AUTH_EXPIRED
        return Finding(
            subject="login", ok=False, message=f"No access ({failed.code}).", remedy=remedy if known else None
        )
    return Finding(subject="login", ok=True, message=f"The account's clock says {at:%Y-%m-%d %H:%M} UTC.")


async def _probe(client: Client, subject: str, select: Select) -> Finding:
    """Run a statement that finds nothing: the account checks every name in it all the same."""
    try:
        await client.page(wire.Row, select, limit=1)
    except RefusedError as refused:
        if refused.unknown:
            return Finding(
                subject=subject, ok=False, message=f"{refused.unknown} is not known or may not be read.", remedy=_ROLE
            )
        denied = refused.refusal is Refusal.PERMISSION
        return Finding(
            subject=subject, ok=False, message=f"Refused ({refused.refusal}).", remedy=_ROLE if denied else None
        )
    except SourceError as failed:
        return Finding(subject=subject, ok=False, message=f"No answer ({failed.code}).")
    return Finding(subject=subject, ok=True, message="Can be read.")


async def _fields(client: Client, mapping: NetSuiteMapping) -> AsyncIterator[Finding]:
    named: dict[tuple[str, str], list[str]] = {}
    for key, table, field in named_fields(mapping):
        named.setdefault((table, field), []).append(key)
    for (table, field), keys in named.items():
        select = Select(
            columns={"found": f"x.{identifier(field)}"}, source=f"{identifier(table)} x", where=NOTHING, order=("x.id",)
        )
        finding = await _probe(client, f"field {table}.{field}", select)
        if not finding.ok and finding.remedy:
            remedy = "Correct the name in the mapping file, leave it out, or let the role read it."
            finding = msgspec.structs.replace(
                finding, message=f"Named for {', '.join(keys)}: {finding.message}", remedy=remedy
            )
        yield finding


_TABLES = {
    "legal_entity": "subsidiary",
    "customer": "customer",
    "job": "job",
    "employee": "employee",
    "invoice": "transaction",
    "invoice_line": "transactionline",
    "time": "timebill",
    "expense": "transactionline",
}
_OWNERS = {"on_customer": "customer", "on_job": "job", "on_employee": "employee", "on_line": "transactionline"}


def named_fields(mapping: NetSuiteMapping) -> Iterator[tuple[str, str, str]]:
    """Return (key of the mapping file, table, field) of every field that the file names, defaults included."""
    for name, table in _TABLES.items():
        section: Section = getattr(mapping, name)
        for key, field in msgspec.structs.asdict(section).items():
            if field is not None and key != "pattern":
                yield f"{name}.{key}", table, field
    if mapping.contract is not None:
        for key, field in msgspec.structs.asdict(mapping.contract).items():
            if field is not None and key != "record":
                yield f"contract.{key}", mapping.contract.record, field
    for source in mapping.dimensions:
        yield f"{source.code}.value_code", source.source, source.value_code
        for owner, table in _OWNERS.items():
            field = getattr(source, owner)
            if field is not None:
                yield f"{source.code}.{owner}", table, field


def _statements(mapping: NetSuiteMapping) -> Iterator[tuple[str, statements.Statement[Any]]]:
    yield "subsidiary", statements.subsidiaries(mapping)
    yield "accountingperiod", statements.periods()
    yield "customer", statements.customers(mapping)
    yield "job", statements.jobs(mapping)
    yield "employee", statements.employees(mapping)
    contracts = statements.contracts(mapping)
    if contracts is not None and mapping.contract is not None:
        yield mapping.contract.record, contracts
    yield "invoice", billing.invoices(mapping)
    yield "invoice line", billing.invoice_lines(mapping)
    yield "customer payment", billing.payments_of_invoices()
    yield "expense report", billing.expenses(mapping)
    yield "timebill", billing.time(mapping)
    yield "open item", billing.open_items()
    yield "currencyrate", billing.exchange_rates()
    for source in mapping.dimensions:
        yield source.source, statements.dimension_values(source)
