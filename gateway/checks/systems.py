"""Check one connection: its secrets, its address, the clock difference, and the checks of its adapter."""

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from gateway.checks.report import FailureClass, Report, build_failed_finding, get_most_severe
from gateway.checks.secrets import check_secrets
from gateway.checks.unreachable_addresses import build_unreachable_finding
from gateway.errors import ConfigurationError
from gateway.net.hosts import HostRule
from gateway.net.probe import ConnectFailure, Reached, probe
from gateway.ports.base import Finding, SystemPort
from gateway.ports.discovery import Manifest, connect_one
from gateway.resilience.deadline import apply_deadline
from gateway.settings import ConnectionSettings

MAX_CLOCK_SKEW: Final = timedelta(seconds=30)
"""Vendors reject signed assertions from the future and accept little more clock skew."""
_GRACE: Final = 1.0
_ADDRESS: Final = "address"


async def check_connection(
    configured: ConnectionSettings, manifests: Mapping[str, Manifest], home: Path, seconds: float
) -> Report:
    """Check one connection within `seconds`; failures become findings, not exceptions."""
    secrets = tuple(check_secrets(configured.secrets, home))
    try:
        port = connect_one(configured, manifests, home)
    except ConfigurationError as error:
        problems = [
            build_failed_finding("settings", f"{each}.", f"Correct the connection {configured.name}.")
            for each in error.findings
        ]
        findings = tuple(each for each, _ in secrets if not each.ok) or tuple(problems)
        return Report(connection=configured.name, findings=findings, failure=FailureClass.CONFIGURATION)
    try:
        hosts = manifests[configured.vendor].hosts
        rule = HostRule(configured.base_url, hosts, allow_private=configured.allow_private)
        findings, failure = await _check_system(port, configured.base_url, rule, seconds)
    finally:
        await port.aclose()
    return Report(
        connection=configured.name,
        findings=(*(finding for finding, _ in secrets), *findings),
        failure=get_most_severe([*(failure for _, failure in secrets), failure]),
    )


async def _check_system(
    port: SystemPort, url: str, rule: HostRule, seconds: float
) -> tuple[tuple[Finding, ...], FailureClass | None]:
    """Check address and clock, and if the system responds run the checks of the adapter."""
    started = time.monotonic()
    answer = await probe(url, seconds, rule)
    if isinstance(answer, ConnectFailure):
        return (build_unreachable_finding(_ADDRESS, answer, url, "base_url", seconds),), FailureClass.UNREACHABLE
    left = max(0.0, seconds - (time.monotonic() - started))
    findings = (*_build_reached_findings(url, answer), *await run_adapter_check(port, left))
    return findings, None if all(each.ok for each in findings) else FailureClass.INCOMPLETE


def _build_reached_findings(url: str, answer: Reached) -> tuple[Finding, ...]:
    reached = Finding(subject=_ADDRESS, ok=True, message=f"{url} is reachable.")
    return (reached,) if answer.clock_ahead is None else (reached, check_clock(answer.clock_ahead))


def check_clock(ahead: timedelta) -> Finding:
    """Return the finding about the difference between this machine's clock and the system's."""
    seconds = round(abs(ahead).total_seconds())
    where = "ahead of" if ahead > timedelta() else "behind"
    if abs(ahead) <= MAX_CLOCK_SKEW:
        return Finding(subject="clock", ok=True, message="The clocks of this machine and the system agree.")
    message = f"This machine's clock is {seconds} s {where} the system's."
    return build_failed_finding(
        "clock", message, "Synchronise this machine's clock (NTP): vendors reject signed assertions otherwise."
    )


async def run_adapter_check(port: SystemPort, seconds: float) -> tuple[Finding, ...]:
    """Run the adapter's checks; each call ends at the deadline, so that earlier findings are kept."""
    try:
        async with asyncio.timeout(seconds + _GRACE):
            with apply_deadline(time.monotonic() + seconds):
                return tuple(await port.check())
    except TimeoutError:
        remedy = "Check whether the system is slow, or raise the timeout with `psgw check --seconds`."
        return (build_failed_finding("system", "The check did not finish in time.", remedy),)
    except ConfigurationError as error:
        return tuple(
            build_failed_finding("settings", f"{each}.", "Correct the settings of the connection.")
            for each in error.findings
        )
    except Exception as error:  # noqa: BLE001 -- an adapter must not raise; one that does must not hide other findings
        message = f"The adapter's check failed with {type(error).__name__}."
        return (build_failed_finding("system", message, "This is a bug of the adapter; report it to its authors."),)
