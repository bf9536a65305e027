"""Where the calls of a connection may go: its own host, hosts of its vendor, addresses that the outside can have; nothing else.

The rules stand against server-side request forgery through settings, mapping files and what vendors answer. Pure.
"""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, NamedTuple
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from gateway.canonical.fault import FaultCode
from gateway.errors import ConfigurationError, SourceError

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_NAT64: Final = IPv6Network("64:ff9b::/96")
_CLIMBING: Final = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
_UNFIT: Final = re.compile(r"[\x00-\x20\x7f\\]")


class Origin(NamedTuple):
    """Scheme, host and port of a URL, in one spelling."""

    scheme: str
    host: str
    port: int


class HostRule:
    """Resolves paths against a base URL and refuses what the connection has no business with.

    `patterns` are the vendor's host names as its manifest tells them (`*` stands for any characters). Without `allow_private` a base URL is https on a
    public host of the vendor, or loopback; with it private networks and http inside them are allowed too. Raises ConfigurationError for a base URL that
    breaks this.
    """

    def __init__(self, base_url: str, patterns: Sequence[str], *, allow_private: bool = False) -> None:
        self._patterns = tuple(pattern.lower() for pattern in patterns)
        self._allow_private = allow_private
        try:
            parts = urlsplit(base_url)
            self._origin = _origin(parts)
        except ValueError:
            raise ConfigurationError(["base_url must be an http(s) address"]) from None
        self._loopback = _names_loopback(self._origin.host)
        findings = list(self._findings(parts))
        if findings:
            raise ConfigurationError(findings)
        self._base = base_url.rstrip("/")

    def resolve(self, path: str, query: Sequence[tuple[str, str]] = ()) -> str:
        """Return the absolute URL of a path below the base URL, or of an address that an answer named; raises SourceError(CONTRACT_MISMATCH) for others."""
        if _UNFIT.search(path):
            raise _stray("holds characters that no URL has")
        url = path
        if path.lower().startswith(("http://", "https://")):
            self._require_own(path)
        else:
            url = f"{self._base}/{path.lstrip('/')}"
        if _CLIMBING.search(urlsplit(url).path):
            raise _stray("climbs out of its folder")
        if not query:
            return url
        return f"{url}{'&' if '?' in url else '?'}{urlencode(query, quote_via=quote)}"

    def may_reach(self, address: str) -> bool:
        """Say whether an IP address may be connected to: never link-local (where clouds keep metadata), multicast or unspecified ones."""
        found = _unwrapped(ip_address(address))
        if found.is_link_local or found.is_multicast or found.is_unspecified:
            return False
        if found.is_global:
            return self._origin.scheme == "https"
        return self._allow_private or (self._loopback and found.is_loopback)

    def _findings(self, parts: SplitResult) -> Sequence[str]:
        found = []
        host = self._origin.host
        if parts.username or parts.password or parts.query or parts.fragment:
            found.append("base_url must not hold credentials, a query or a fragment")
        if self._origin.scheme == "http" and not (self._loopback or self._allow_private):
            found.append("base_url must be https")
        if self._patterns and not (self._loopback or self._allow_private or self._is_vendors(host)):
            found.append(f"{host} is not a host of the vendor; expected {', '.join(self._patterns)}")
        if _is_address(host) and not self.may_reach(host):
            found.append(f"{host} is an address that may not be called")
        return found

    def _require_own(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            origin = _origin(parts)
        except ValueError:
            raise _stray("is not a URL") from None
        if parts.username or parts.password:
            raise _stray("holds credentials")
        if origin == self._origin:
            return
        # What answers on loopback or in a private network has no word on where else to go.
        public = self._origin.scheme == "https" and not (self._loopback or self._allow_private)
        if (
            not public
            or origin.scheme != "https"
            or origin.port != self._origin.port
            or not self._is_vendors(origin.host)
        ):
            raise _stray("is not on a host of the connection")

    def _is_vendors(self, host: str) -> bool:
        return not _is_address(host) and any(fnmatchcase(host, pattern) for pattern in self._patterns)


def _origin(parts: SplitResult) -> Origin:
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("scheme and host are needed")
    return Origin(scheme, parts.hostname.lower().rstrip("."), parts.port or _DEFAULT_PORTS[scheme])


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address inside an IPv6 one that only wraps it."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _names_loopback(host: str) -> bool:
    return ip_address(host).is_loopback if _is_address(host) else host == "localhost"


def _stray(why: str) -> SourceError:
    return SourceError(FaultCode.CONTRACT_MISMATCH, f"an address that {why}")
