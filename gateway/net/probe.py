"""Test whether a URL is reachable, and if not, why. Sends no credentials and reads no body."""

import asyncio
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

import aiohttp

from gateway.errors import ConfigurationError, SourceError
from gateway.net.hosts import HostRule
from gateway.net.transport import USER_AGENT, PinnedResolver, get_ssl_context


class ConnectFailure(StrEnum):
    """Why a URL is unreachable."""

    DNS = "NAME"
    REFUSED = "REFUSED"
    TIMEOUT = "TIMEOUT"
    CERTIFICATE = "CERTIFICATE"
    TLS = "TLS"
    FORBIDDEN = "FORBIDDEN"
    INTERRUPTED = "BROKEN"


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A response arrived.

    `clock_ahead` is how far this machine's clock is ahead of the response's Date, to about a second; None without one.
    """

    status: int
    clock_ahead: timedelta | None


_FAILURES: Final[tuple[tuple[type[Exception], ConnectFailure], ...]] = (
    (TimeoutError, ConnectFailure.TIMEOUT),
    (aiohttp.ClientConnectorDNSError, ConnectFailure.DNS),
    (aiohttp.ClientConnectorCertificateError, ConnectFailure.CERTIFICATE),
    (ssl.SSLCertVerificationError, ConnectFailure.CERTIFICATE),
    (aiohttp.ClientSSLError, ConnectFailure.TLS),
    (SourceError, ConnectFailure.FORBIDDEN),
    (aiohttp.ClientConnectorError, ConnectFailure.REFUSED),
    (aiohttp.ClientError, ConnectFailure.INTERRUPTED),
    (OSError, ConnectFailure.INTERRUPTED),
)


async def probe(url: str, seconds: float, rule: HostRule | None = None) -> Reached | ConnectFailure:
    """Send one GET and return the result within `seconds`; `rule` limits the addresses that may be called."""
    try:
        async with asyncio.timeout(seconds), _open_session(rule or HostRule(url, (), allow_private=True)) as session:
            sent_at = time.time()
            async with session.get(url, allow_redirects=False) as response:
                midpoint = datetime.fromtimestamp((sent_at + time.time()) / 2, UTC)
                return Reached(
                    status=response.status,
                    clock_ahead=_measure_clock_ahead(response.headers.get("date", ""), midpoint),
                )
    except (TimeoutError, SourceError, ConfigurationError, aiohttp.ClientError, OSError) as error:
        return next((failure for kind, failure in _FAILURES if isinstance(error, kind)), ConnectFailure.INTERRUPTED)


def _open_session(rule: HostRule) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(resolver=PinnedResolver(rule), ssl=get_ssl_context())
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        headers={"user-agent": USER_AGENT},
        timeout=aiohttp.ClientTimeout(total=None),
    )


def _measure_clock_ahead(header: str, now: datetime) -> timedelta | None:
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return None
    return now - (date if date.tzinfo else date.replace(tzinfo=UTC))
