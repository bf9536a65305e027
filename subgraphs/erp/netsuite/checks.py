"""Checks of a connection: login, concurrency, the right to query, every statement, every mapped field with its type."""

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import msgspec

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.erp.netsuite import billing_statements, statements, wire
from subgraphs.erp.netsuite.account_shape import adapt_statement
from subgraphs.erp.netsuite.client import NetSuiteClient
from subgraphs.erp.netsuite.failures import NetSuiteError
from subgraphs.erp.netsuite.feature_checks import check_features
from subgraphs.erp.netsuite.field_types import get_needed_types, load_field_types
from subgraphs.erp.netsuite.mapping_file import NetSuiteMapping, Section
from subgraphs.erp.netsuite.permissions import ROLE, describe_permission
from subgraphs.erp.netsuite.suiteql import NO_ROWS, Select, check_identifier
from subgraphs.kit.checks import LOGIN, build_failure
from subgraphs.kit.type_checks import check_type

_REMEDIES = {
    FaultCode.AUTH_EXPIRED: "Check the secrets `client_id` and `private_key` and the option `certificate_id`, and that"
    " the certificate has not expired.",
    FaultCode.PERMISSION_DENIED: ROLE,
    FaultCode.NOT_FOUND: "Check that `base_url` is https://ACCOUNT.suitetalk.api.netsuite.com.",
}


async def check_connection(client: NetSuiteClient, mapping: NetSuiteMapping, concurrency: int) -> list[Finding]:
    """Return one finding per check; a failed login or a missing right to query ends the checks."""
    login = await _check_login(client)
    if not login.ok:
        return [login]
    limit = await _check_concurrency(client, concurrency)
    analytics = await _check_select(
        client, "SuiteQL", Select(columns={"id": "tm.id"}, source="term tm", where=NO_ROWS, order=("tm.id",))
    )
    if not analytics.ok:
        return [login, limit, analytics]
    missing = await check_features(client, mapping)
    if missing:
        return [login, limit, analytics, *missing]
    fields = [finding async for finding in _check_fields(client, mapping)]
    has_failed_field = any(not finding.ok for finding in fields)
    records = [
        await _check_select(client, f"record {name}", statement.select(NO_ROWS))
        for name, statement in _list_statements(mapping)
    ]
    # A failed field has its own finding and also fails the statement of its record: that finding is dropped.
    return [login, limit, analytics, *fields, *(finding for finding in records if finding.ok or not has_failed_field)]


async def _check_login(client: NetSuiteClient) -> Finding:
    try:
        at = await client.fetch_server_time()
    except SourceError as error:
        return build_failure(LOGIN, error, _REMEDIES)
    return Finding(subject=LOGIN, ok=True, message=f"Login succeeded; the account's clock is {at:%Y-%m-%d %H:%M} UTC.")


async def _check_concurrency(client: NetSuiteClient, concurrency: int) -> Finding:
    """Compare the option `concurrency` with the account's limit, which only administrators may read."""
    subject = "concurrency"
    try:
        limits = await client.fetch_governance_limits()
    except SourceError as error:
        if error.code in {FaultCode.PERMISSION_DENIED, FaultCode.NOT_FOUND}:
            message = (
                f"This connection makes up to {concurrency} concurrent calls;"
                " only an administrator can read the account's limit."
            )
            return Finding(subject=subject, ok=True, message=message)
        return build_failure(subject, error, _REMEDIES)
    allowed = limits.integration or limits.account
    message = f"This connection makes up to {concurrency} concurrent calls; the account allows {allowed}."
    remedy = f"Set the option `concurrency` to at most {allowed}; the account's other integrations share the limit."
    fits = concurrency <= allowed
    return Finding(subject=subject, ok=fits, message=message, remedy=None if fits else remedy)


async def _check_select(client: NetSuiteClient, subject: str, select: Select, keys: Sequence[str] = ()) -> Finding:
    """Run a statement that returns no rows; the account still validates every name in it.

    `keys` are the keys of the mapping file that name the field.
    """
    try:
        await client.fetch_page(wire.Row, select, limit=1)
    except NetSuiteError as error:
        if error.unknown_name is None:
            return build_failure(subject, error, _REMEDIES)
        message = f"{error.unknown_name} does not exist or the role cannot read it."
        if keys and "." not in error.unknown_name:
            message = f"The field {error.unknown_name} does not exist or is not exposed."
        remedy = describe_permission(select.source.split()[0] if keys else error.unknown_name)
        if keys:
            message = f"Mapped by {', '.join(keys)}: {message}"
            remedy = f"Correct or remove the name in the mapping file, or let the role read it. {remedy}"
        return Finding(subject=subject, ok=False, message=message, remedy=remedy)
    except SourceError as error:
        return build_failure(subject, error, _REMEDIES)
    return Finding(subject=subject, ok=True, message="Can be read.")


async def _check_fields(client: NetSuiteClient, mapping: NetSuiteMapping) -> AsyncIterator[Finding]:
    keys_by_field: dict[tuple[str, str], list[str]] = {}
    for key, table, field in list_mapped_fields(mapping):
        keys_by_field.setdefault((table, field), []).append(key)
    types = await load_field_types(client, (table for table, _ in keys_by_field))
    for (table, field), keys in keys_by_field.items():
        select = Select(
            columns={"found": f"x.{check_identifier(field)}"},
            source=f"{check_identifier(table)} x",
            where=NO_ROWS,
            order=("x.id",),
        )
        subject = f"field {table}.{field}"
        found = await _check_select(client, subject, select, keys)
        reported = types.get((table, field), "") if found.ok else ""
        wrong = (check_type(subject, (key,), get_needed_types(key), reported) for key in keys)
        yield next(filter(None, wrong), found)


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
_OWNERS = {
    "on_customer": "customer",
    "on_job": "job",
    "on_employee": "employee",
    "on_line": "transactionline",
    "on_time": "timebill",
}
_VALUE_FIELDS = ("value_code", "valid_from", "valid_to")
_NOT_FIELDS = frozenset({"pattern", "tax_registrations"})
"""Keys of the mapping file's sections that name no field: a text, and a table, which its record's statement checks."""


def list_mapped_fields(mapping: NetSuiteMapping) -> Iterator[tuple[str, str, str]]:
    """Yield (key of the mapping file, table, field) of every mapped field, defaults included."""
    for name, table in _TABLES.items():
        section: Section = getattr(mapping, name)
        for key, field in msgspec.structs.asdict(section).items():
            if field is not None and key not in _NOT_FIELDS:
                yield f"{name}.{key}", table, field
    if mapping.contract is not None:
        for key, field in msgspec.structs.asdict(mapping.contract).items():
            if field is not None and key != "record":
                yield f"contract.{key}", mapping.contract.record, field
    for source in mapping.dimensions:
        for key, table in {**dict.fromkeys(_VALUE_FIELDS, source.source), **_OWNERS}.items():
            field = getattr(source, key)
            if field is not None:
                yield f"{source.code}.{key}", table, field


def _list_statements(mapping: NetSuiteMapping) -> Iterator[tuple[str, statements.Statement[Any]]]:
    for name, statement in _list_complete_statements(mapping):
        if name == "subsidiary" and mapping.company is not None:
            continue
        if name == "currencyrate" and not mapping.features.multi_currency:
            continue
        yield name, adapt_statement(statement, mapping)


def _list_complete_statements(mapping: NetSuiteMapping) -> Iterator[tuple[str, statements.Statement[Any]]]:
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
