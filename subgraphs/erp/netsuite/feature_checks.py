"""Checks of an account's features: OneWorld, SuiteTax and multiple currencies by the mapping file, Projects and Time.

A feature that is off has no table in SuiteQL, as if the role could not read it: the finding names both causes.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.client import NetSuiteClient
from subgraphs.erp.netsuite.failures import NetSuiteError
from subgraphs.erp.netsuite.mapping_file import NetSuiteMapping
from subgraphs.erp.netsuite.permissions import describe_permission
from subgraphs.erp.netsuite.suiteql import NO_ROWS, Select
from subgraphs.kit.concurrent_calls import gather_all


class _Requirement(NamedTuple):
    feature: str
    table: str
    key: str
    """The key column of the table."""
    remedy: str | None
    """How the mapping file describes an account without the feature; None for a prerequisite."""


_PREREQUISITES: Final = (
    _Requirement("Projects", "job", "x.id", None),
    _Requirement("Time Tracking", "timebill", "x.id", None),
)
_ONE_WORLD: Final = _Requirement(
    "OneWorld",
    "subsidiary",
    "x.id",
    "describe the account's one legal entity in the table `company` of the mapping file",
)
_SUITE_TAX: Final = _Requirement(
    "SuiteTax", "transactiontaxdetail", "x.transaction", "set `suite_tax = false` in the table `features`"
)
_MULTI_CURRENCY: Final = _Requirement(
    "Multiple Currencies", "currency", "x.id", "set `multi_currency = false` in the table `features`"
)


async def check_features(client: NetSuiteClient, mapping: NetSuiteMapping) -> list[Finding]:
    """Return one finding per feature that the mapping file expects and the account does not have, or vice versa."""
    findings = await gather_all(_check(client, each) for each in _list_requirements(mapping))
    failed = [finding for finding in findings if finding is not None]
    if mapping.company is not None and await _has_table(client, _ONE_WORLD):
        failed.append(
            Finding(
                subject="feature OneWorld",
                ok=False,
                message="The account has subsidiaries, but the mapping file describes one company.",
                remedy="Remove the table `company` from the mapping file.",
            )
        )
    return failed


def _list_requirements(mapping: NetSuiteMapping) -> Iterator[_Requirement]:
    yield from _PREREQUISITES
    if mapping.company is None:
        yield _ONE_WORLD
    if mapping.features.suite_tax:
        yield _SUITE_TAX
    if mapping.features.multi_currency:
        yield _MULTI_CURRENCY


async def _check(client: NetSuiteClient, required: _Requirement) -> Finding | None:
    if await _has_table(client, required):
        return None
    permission = describe_permission(required.table)
    if required.remedy is None:
        message = f"The feature {required.feature}, a prerequisite, is off, or the role cannot read {required.table}."
        remedy = f"Enable the feature in the account. {permission}"
    else:
        message = f"The feature {required.feature} is off, or the role cannot read {required.table}."
        remedy = f"Without the feature, {required.remedy}. With it: {permission}"
    return Finding(subject=f"feature {required.feature}", ok=False, message=message, remedy=remedy)


async def _has_table(client: NetSuiteClient, required: _Requirement) -> bool:
    """Return whether the account has the table; another error than an unknown name is left to later checks."""
    select = Select(columns={"id": required.key}, source=f"{required.table} x", where=NO_ROWS, order=(required.key,))
    try:
        await client.fetch_page(wire.Row, select, limit=1)
    except SourceError as error:
        return not isinstance(error, NetSuiteError) or error.unknown_name is None
    return True
