"""Looks whether anybody answers at an address, and if nobody does, why. Sends no credentials and reads no body."""

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
from gateway.net.transport import AGENT, PinnedResolver, trusted_authorities


class Unreached(StrEnum):
    """Why nobody answers."""

    NAME = "NAME"
    REFUSED = "REFUSED"
    TIMEOUT = "TIMEOUT"
    CERTIFICATE = "CERTIFICATE"
    TLS = "TLS"
    FORBIDDEN = "FORBIDDEN"
    BROKEN = "BROKEN"


@dataclass(frozen=True, kw_only=True)
class Reached:
    """Somebody answers. `ahead` is how far this machine's clock is ahead of the answer's Date, to about a second; None without a Date."""

    status: int
    ahead: timedelta | None


_CAUSES: Final[tuple[tuple[type[Exception], Unreached], ...]] = (
    (TimeoutError, Unreached.TIMEOUT),
    (aiohttp.ClientConnectorDNSError, Unreached.NAME),
    (aiohttp.ClientConnectorCertificateError, Unreached.CERTIFICATE),
    (ssl.SSLCertVerificationError, Unreached.CERTIFICATE),
    (aiohttp.ClientSSLError, Unreached.TLS),
    (SourceError, Unreached.FORBIDDEN),
    (aiohttp.ClientConnectorError, Unreached.REFUSED),
    (aiohttp.ClientError, Unreached.BROKEN),
    (OSError, Unreached.BROKEN),
)


async def probe(url: str, seconds: float, rule: HostRule | None = None) -> Reached | Unreached:
    """Ask for an address once and tell what happens within so many seconds; `rule` holds the addresses that may be called."""
    try:
        async with asyncio.timeout(seconds), _session(rule or HostRule(url, (), allow_private=True)) as session:
            asked = time.time()
            async with session.get(url, allow_redirects=False) as answer:
                between = datetime.fromtimestamp((asked + time.time()) / 2, UTC)
                return Reached(status=answer.status, ahead=_ahead(answer.headers.get("date", ""), between))
    except (TimeoutError, SourceError, ConfigurationError, aiohttp.ClientError, OSError) as error:
        return next((cause for kind, cause in _CAUSES if isinstance(error, kind)), Unreached.BROKEN)


def _session(rule: HostRule) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(resolver=PinnedResolver(rule), ssl=trusted_authorities())
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        headers={"user-agent": AGENT},
        timeout=aiohttp.ClientTimeout(total=None),
    )


def _ahead(told: str, now: datetime) -> timedelta | None:
    try:
        date = parsedate_to_datetime(told)
    except ValueError:
        return None
    return now - (date if date.tzinfo else date.replace(tzinfo=UTC))
