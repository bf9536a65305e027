"""Looks at everything at once, and tells each part as soon as it is known: a slow system holds no other up."""

import asyncio
from collections.abc import AsyncIterator

from gateway.checks.issuers import check_issuer
from gateway.checks.report import Failure, Report, build_failed_finding, gravest
from gateway.checks.store import store_finding
from gateway.checks.systems import check_connection
from gateway.ports.base import Finding
from gateway.ports.discovery import discover
from gateway.settings import Settings


async def examined(settings: Settings, seconds: float) -> AsyncIterator[Report]:
    """Yield the report on the gateway itself and one on every connection, as they come in; each takes so many seconds at most.

    Raises ConfigurationError when the vendors' manifests cannot be read.
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
    looked = await asyncio.gather(
        store_finding(settings.store.url, seconds), *(check_issuer(issuer, seconds) for issuer in settings.issuers)
    )
    found = [*looked, *_find_missing_sections(settings)]
    return Report(
        findings=tuple(finding for finding, _ in found),
        failure=gravest(failure for _, failure in found),
    )


def _find_missing_sections(settings: Settings) -> list[tuple[Finding, Failure | None]]:
    """Tell what a gateway cannot do without."""
    found = []
    if not settings.issuers:
        found.append(
            build_failed_finding("issuers", "There is none, so every token is refused.", "Add a section [[issuers]].")
        )
    if not settings.connections:
        found.append(
            build_failed_finding("connections", "There is none, so nothing is known.", "Add a section [[connections]].")
        )
    return [(finding, Failure.CONFIGURATION) for finding in found]
