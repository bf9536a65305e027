"""Whether a connection can work: login, calls at once, the right to query, every statement, and every field that the mapping file names."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.erp.netsuite import billing_statements, statements, wire
from subgraphs.erp.netsuite.client import NetSuiteClient
from subgraphs.erp.netsuite.failures import NetSuiteError
from subgraphs.erp.netsuite.mapping_file import NetSuiteMapping, Section
from subgraphs.erp.netsuite.suiteql import NO_ROWS, Select, check_identifier
from subgraphs.kit.checks import failed

_ROLE = "Give the integration's role: REST Web Services, Log in using OAuth 2.0 Access Tokens, SuiteAnalytics Workbook, and view on the record."
_REMEDIES = {
    FaultCode.AUTH_EXPIRED: "Check the secrets `client_id` and `private_key` and the option `certificate_id`, and that the certificate has not expired.",
    FaultCode.PERMISSION_DENIED: _ROLE,
    FaultCode.NOT_FOUND: "Check `base_url`: it is https://ACCOUNT.suitetalk.api.netsuite.com.",
}
_PERMISSIONS = {
    "subsidiary": "Lists > Subsidiaries",
    "currency": "Lists > Currency",
    "customer": "Lists > Customers",
    "job": "Lists > Projects",
    "employee": "Lists > Employees",
    "accountingperiod": "Setup > Manage Accounting Periods",
    "transaction": "Transactions > Find Transaction",
    "transactionline": "Transactions > Find Transaction",
    "timebill": "Transactions > Track Time",
}
"""By table, the permission that shows it (NetSuite help, "Permissions Documentation")."""


async def check_connection(client: NetSuiteClient, mapping: NetSuiteMapping, concurrency: int) -> list[Finding]:
    """Return one finding per thing that was looked at; without a login nothing else is looked at."""
    login = await _check_login(client)
    if not login.ok:
        return [login]
    at_once = await _check_concurrency(client, concurrency)
    analytics = await _check_select(
        client, "SuiteQL", Select(columns={"id": "cu.id"}, source="currency cu", where=NO_ROWS, order=("cu.id",))
    )
    if not analytics.ok:
        return [login, at_once, analytics]
    named = [finding async for finding in _check_fields(client, mapping)]
    absent = {finding.subject for finding in named if not finding.ok}
    records = [
        await _check_select(client, f"record {name}", statement.select(NO_ROWS))
        for name, statement in _list_statements(mapping)
    ]
    # A statement that fails only for a field that has its own finding says nothing more.
    return [login, at_once, analytics, *named, *(finding for finding in records if finding.ok or not absent)]


async def _check_login(client: NetSuiteClient) -> Finding:
    try:
        at = await client.fetch_server_time()
    except SourceError as error:
        return failed("login", error, _REMEDIES)
    return Finding(subject="login", ok=True, message=f"The account's clock says {at:%Y-%m-%d %H:%M} UTC.")


async def _check_concurrency(client: NetSuiteClient, concurrency: int) -> Finding:
    """Compare the connection's option with the account's limit, which all integrations share and only administrators are told."""
    subject = "calls at once"
    try:
        limits = await client.fetch_governance_limits()
    except SourceError as error:
        if error.code in {FaultCode.PERMISSION_DENIED, FaultCode.NOT_FOUND}:
            message = f"This connection makes up to {concurrency}; only an administrator is told the account's limit."
            return Finding(subject=subject, ok=True, message=message)
        return failed(subject, error, _REMEDIES)
    allowed = limits.integration or limits.account
    message = f"This connection makes up to {concurrency}, the account allows {allowed}."
    remedy = f"Set the option `concurrency` to {allowed} at most; other integrations of the account share the limit."
    fits = concurrency <= allowed
    return Finding(subject=subject, ok=fits, message=message, remedy=None if fits else remedy)


async def _check_select(client: NetSuiteClient, subject: str, select: Select, keys: Sequence[str] = ()) -> Finding:
    """Run a statement that finds nothing: the account checks every name in it all the same. `keys` of the mapping file name what it is about."""
    try:
        await client.fetch_page(wire.Row, select, limit=1)
    except NetSuiteError as refused:
        if refused.unknown_name is None:
            return failed(subject, refused, _REMEDIES)
        message, remedy = (
            f"{refused.unknown_name} is not known or may not be read.",
            _describe_permission(refused.unknown_name),
        )
        if keys:
            message = f"Named for {', '.join(keys)}: {message}"
            remedy = f"Correct the name in the mapping file, leave it out, or let the role read it: {remedy}"
        return Finding(subject=subject, ok=False, message=message, remedy=remedy)
    except SourceError as error:
        return failed(subject, error, _REMEDIES)
    return Finding(subject=subject, ok=True, message="Can be read.")


def _describe_permission(name: str) -> str:
    """Say which permission shows a table, or a field of it."""
    permission = _PERMISSIONS.get(name.partition(".")[0].lower())
    return f"Give the integration's role the permission {permission} (view)." if permission else _ROLE


async def _check_fields(client: NetSuiteClient, mapping: NetSuiteMapping) -> AsyncIterator[Finding]:
    named: dict[tuple[str, str], list[str]] = {}
    for key, table, field in list_mapped_fields(mapping):
        named.setdefault((table, field), []).append(key)
    for (table, field), keys in named.items():
        select = Select(
            columns={"found": f"x.{check_identifier(field)}"},
            source=f"{check_identifier(table)} x",
            where=NO_ROWS,
            order=("x.id",),
        )
        yield await _check_select(client, f"field {table}.{field}", select, keys)


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


def list_mapped_fields(mapping: NetSuiteMapping) -> Iterator[tuple[str, str, str]]:
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


def _list_statements(mapping: NetSuiteMapping) -> Iterator[tuple[str, statements.Statement[Any]]]:
    yield "subsidiary", statements.build_subsidiary_statement(mapping)
    yield "accountingperiod", statements.build_period_statement()
    yield "customer", statements.build_customer_statement(mapping)
    yield "job", statements.build_job_statement(mapping)
    yield "employee", statements.build_employee_statement(mapping)
    contracts = statements.build_contract_statement(mapping)
    if contracts is not None and mapping.contract is not None:
        yield mapping.contract.record, contracts
    yield "invoice", billing_statements.build_invoice_statement(mapping)
    yield "invoice line", billing_statements.build_invoice_line_statement(mapping)
    yield "customer payment", billing_statements.build_payment_statement()
    yield "expense report", billing_statements.build_expense_statement(mapping)
    yield "timebill", billing_statements.build_time_statement(mapping)
    yield "open item", billing_statements.build_open_item_statement()
    yield "currencyrate", billing_statements.build_exchange_rate_statement()
    for source in mapping.dimensions:
        yield source.source, statements.build_dimension_statement(source)
