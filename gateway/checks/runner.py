"""Run all checks concurrently and yield each report as soon as it is complete."""

import asyncio
from collections.abc import AsyncGenerator

from gateway.checks.issuers import check_issuer
from gateway.checks.report import FailureClass, Report, build_failed_finding, get_most_severe
from gateway.checks.store import check_store
from gateway.checks.systems import check_connection
from gateway.checks.unreadable_records import check_unreadable_records
from gateway.ports.base import Finding
from gateway.ports.discovery import discover
from gateway.settings import Settings


async def run_checks(settings: Settings, seconds: float) -> AsyncGenerator[Report, None]:
    """Yield the report of the gateway itself and one per connection, as they complete; each takes at most `seconds`.

    Raise ConfigurationError if a vendor's manifest cannot be read.
    """
    manifests = discover([settings.home / folder for folder in settings.adapters.folders])
    systems = (check_connection(each, manifests, settings.home, seconds) for each in settings.connections)
    tasks = [asyncio.ensure_future(work) for work in (_check_gateway(settings, seconds), *systems)]
    try:
        for done in asyncio.as_completed(tasks):
            yield await done
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _check_gateway(settings: Settings, seconds: float) -> Report:
    results = await asyncio.gather(
        check_store(settings.store.url, seconds), *(check_issuer(issuer, seconds) for issuer in settings.issuers)
    )
    unreadable = await check_unreadable_records(settings.store.url, seconds)
    checked = [*results, *_find_missing_sections(settings), *unreadable]
    return Report(
        findings=tuple(finding for finding, _ in checked),
        failure=get_most_severe(failure for _, failure in checked),
    )


def _find_missing_sections(settings: Settings) -> list[tuple[Finding, FailureClass | None]]:
    """Return a finding per required settings section that is missing."""
    findings = []
    if not settings.issuers:
        findings.append(
            build_failed_finding(
                "issuers", "No issuer is configured, so every token is rejected.", "Add a section [[issuers]]."
            )
        )
    if not settings.connections:
        findings.append(
            build_failed_finding(
                "connections",
                "No connection is configured, so the graph has no data.",
                "Add a section [[connections]].",
            )
        )
    return [(finding, FailureClass.CONFIGURATION) for finding in findings]
