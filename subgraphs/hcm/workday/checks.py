"""What `psgw check` looks at: login and rights, every column and every report that the mapping file names."""

from collections.abc import Mapping
from datetime import date

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.hcm.workday.client import Client
from subgraphs.hcm.workday.mapping import WorkdayMapping
from subgraphs.hcm.workday.reads import named_columns
from subgraphs.kit.checks import failed

_LOGIN = "Check the secrets `client_id`, `client_secret` and `refresh_token`: they are those of the API client for integrations, and its user."
_SCOPES = "Give the API client the scopes Staffing, Organizations and Roles, System and Tenant Non-Configurable, and its user the domains behind them."
_SOURCE = "Correct `source` in the mapping file."
_REPORT = "Correct owner and name in the mapping file, enable the report as web service, and share it with the integration's user."
_REMEDIES = {
    FaultCode.AUTH_EXPIRED: _LOGIN,
    FaultCode.PERMISSION_DENIED: _SCOPES,
    FaultCode.NOT_FOUND: "Check `base_url` and the option `tenant`.",
}
_SOURCE_REMEDIES = {**_REMEDIES, FaultCode.NOT_FOUND: _SOURCE, FaultCode.CONTRACT_MISMATCH: _SOURCE}
_REPORT_REMEDIES = dict.fromkeys((FaultCode.PERMISSION_DENIED, FaultCode.NOT_FOUND, FaultCode.CONTRACT_MISMATCH), _REPORT)
_DAY = date(2000, 1, 1)
_NOBODY = "0" * 32


async def findings(client: Client, mapping: WorkdayMapping) -> list[Finding]:
    """Return one finding per thing that was looked at; without a login nothing else is looked at."""
    login = await _login(client)
    if not login.ok:
        return [login]
    return [login, *await _columns(client, mapping), *await _reports(client, mapping)]


async def _login(client: Client) -> Finding:
    try:
        count = await client.workers_can_be_listed()
    except SourceError as error:
        return failed("staffing", error, _REMEDIES)
    return Finding(subject="staffing", ok=True, message=f"{count} workers can be listed.")


async def _columns(client: Client, mapping: WorkdayMapping) -> list[Finding]:
    subject = f"data source {mapping.source}"
    try:
        held = await client.columns(mapping.source)
    except SourceError as error:
        return [failed(subject, error, _SOURCE_REMEDIES)]
    found = [Finding(subject=subject, ok=True, message="Can be read.")]
    for name, column in _by_column(named_columns(mapping)).items():
        if column in held:
            found.append(Finding(subject=f"column {column}", ok=True, message="Is there."))
        else:
            remedy = "Correct the alias in the mapping file, leave it out, or let the user see the field."
            message = f"Named for {name}: the data source has no column {column}."
            found.append(Finding(subject=f"column {column}", ok=False, message=message, remedy=remedy))
    return found


def _by_column(columns: Mapping[str, str]) -> Mapping[str, str]:
    """Return each column once, under all the names that it is read for."""
    names: dict[str, list[str]] = {}
    for name, column in columns.items():
        names.setdefault(column, []).append(name)
    return {", ".join(each): column for column, each in names.items()}


async def _reports(client: Client, mapping: WorkdayMapping) -> list[Finding]:
    """Run each report for nobody: a report that is missing, not shared or without the prompt is refused all the same."""
    found = []
    if mapping.skills is not None:
        found.append(await _report(client, mapping.skills.report, ((mapping.skills.workers, _NOBODY),)))
    if mapping.absences is not None:
        report = mapping.absences
        prompts = ((report.workers, _NOBODY), (report.start, _DAY.isoformat()), (report.end, _DAY.isoformat()))
        found.append(await _report(client, report.report, prompts))
    return found


async def _report(client: Client, name: str, prompts: tuple[tuple[str, str], ...]) -> Finding:
    subject = f"report {name}"
    try:
        await client.report(name, prompts)
    except SourceError as error:
        return failed(subject, error, _REPORT_REMEDIES)
    return Finding(subject=subject, ok=True, message="Can be run.")
