"""Configuration checks of a connection: login, permissions, and every column and report that the mapping file names."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.hcm.workday.client import Client
from subgraphs.hcm.workday.mapping import WorkdayMapping
from subgraphs.hcm.workday.reads import list_columns
from subgraphs.kit.checks import build_failure
from subgraphs.kit.type_checks import check_type

_LOGIN = (
    "Check the secrets `client_id`, `client_secret` and `refresh_token`: those of the API client for integrations and "
    "its integration system user."
)
_SCOPES = (
    "Grant the API client the scopes Staffing, Organizations and Roles, System and Tenant Non-Configurable, and its "
    "user the security domains behind them."
)
_SOURCE = "Correct `source` in the mapping file."
_REPORT = (
    "Correct owner and name in the mapping file, enable the report as web service, and share it with the integration "
    "system user."
)
_REMEDIES = {
    FaultCode.AUTH_EXPIRED: _LOGIN,
    FaultCode.PERMISSION_DENIED: _SCOPES,
    FaultCode.NOT_FOUND: "Check `base_url` and the option `tenant`.",
}
_SOURCE_REMEDIES = {**_REMEDIES, FaultCode.NOT_FOUND: _SOURCE, FaultCode.CONTRACT_MISMATCH: _SOURCE}
_REPORT_REMEDIES = dict.fromkeys(
    (FaultCode.PERMISSION_DENIED, FaultCode.NOT_FOUND, FaultCode.CONTRACT_MISMATCH), _REPORT
)
_ID = "workday_id"
_TYPES: Mapping[str, Collection[str]] = {
    "number": ("Text",),
    "contingent_number": ("Text",),
    "name": ("Text",),
    "job_title": ("Text",),
    "email": ("Text",),
    "manager": ("Single instance",),
    "hire_date": ("Date", "Date Time"),
    "termination_date": ("Date", "Date Time"),
    "weekly_hours": ("Numeric",),
    "updated": ("Date Time",),
}
"""The types of columns that an attribute can be read from, if not those of a code.

A multi-instance column is readable as long as it holds one instance, which no type promises.
"""
_DAY = date(2000, 1, 1)
_UNKNOWN_WORKER = "0" * 32


async def run_checks(client: Client, mapping: WorkdayMapping) -> list[Finding]:
    """Return one finding per check; stop after a failed login."""
    login = await _check_login(client)
    if not login.ok:
        return [login]
    return [login, *await _check_columns(client, mapping), *await _check_reports(client, mapping)]


async def _check_login(client: Client) -> Finding:
    try:
        count = await client.count_workers()
    except SourceError as error:
        return build_failure("staffing", error, _REMEDIES)
    return Finding(subject="staffing", ok=True, message=f"{count} workers can be listed.")


async def _check_columns(client: Client, mapping: WorkdayMapping) -> list[Finding]:
    subject = f"data source {mapping.source}"
    try:
        existing = await client.list_columns(mapping.source)
    except SourceError as error:
        return [build_failure(subject, error, _SOURCE_REMEDIES)]
    findings = [Finding(subject=subject, ok=True, message="The data source is readable.")]
    for column, names in _group_by_column(list_columns(mapping)).items():
        findings.append(_check_column(column, names, existing, mapping))
    return findings


def _check_column(column: str, names: Sequence[str], types: Mapping[str, str], mapping: WorkdayMapping) -> Finding:
    subject = f"column {column}"
    if column not in types:
        remedy = "Correct or remove the alias in the mapping file, or grant the user access to the field."
        message = f"Mapped to {', '.join(names)}, but the data source has no column {column}."
        return Finding(subject=subject, ok=False, message=message, remedy=remedy)
    wrong = (check_type(subject, (name,), _get_types(name, mapping), types[column]) for name in names if name != _ID)
    return next(filter(None, wrong), Finding(subject=subject, ok=True, message="The column exists."))


def _get_types(name: str, mapping: WorkdayMapping) -> Collection[str]:
    """Return the types that an attribute can be read from; a number needs a mapped currency to be a cost."""
    if name == "cost_amount":
        return ("Currency", "Numeric") if mapping.workers.cost_currency else ("Currency",)
    return _TYPES.get(name, ("Text", "Single instance"))


def _group_by_column(columns: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    """Return the attributes of each column."""
    names: dict[str, list[str]] = {}
    for name, column in columns.items():
        names.setdefault(column, []).append(name)
    return names


async def _check_reports(client: Client, mapping: WorkdayMapping) -> list[Finding]:
    """Run each report for an unknown worker, which still detects a missing or unshared report or a missing prompt."""
    findings = []
    if mapping.skills is not None:
        findings.append(
            await _check_report(client, mapping.skills.report, ((mapping.skills.workers, _UNKNOWN_WORKER),))
        )
    if mapping.absences is not None:
        report = mapping.absences
        prompts = ((report.workers, _UNKNOWN_WORKER), (report.start, _DAY.isoformat()), (report.end, _DAY.isoformat()))
        findings.append(await _check_report(client, report.report, prompts))
    return findings


async def _check_report(client: Client, name: str, prompts: tuple[tuple[str, str], ...]) -> Finding:
    subject = f"report {name}"
    try:
        await client.run_report(name, prompts)
    except SourceError as error:
        return build_failure(subject, error, _REPORT_REMEDIES)
    return Finding(subject=subject, ok=True, message="The report can be run.")
