"""Which URLs a connection may call: its own host, hosts of its vendor, and public addresses.

The rules prevent server-side request forgery through settings, mapping files and vendor responses. Pure.
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
_DOT_SEGMENT: Final = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
_INVALID_CHARACTER: Final = re.compile(r"[\x00-\x20\x7f\\]")


class Origin(NamedTuple):
    """Normalised scheme, host and port of a URL."""

    scheme: str
    host: str
    port: int


class HostRule:
    """Resolves paths against a base URL and refuses other hosts.

    `patterns` are the vendor's host names from its manifest (`*` matches any characters). Without `allow_private` a
    base URL is https on a public host of the vendor, or loopback; with it, private networks and http inside them are
    allowed too. Raise ConfigurationError for any other base URL.
    """

    def __init__(self, base_url: str, patterns: Sequence[str], *, allow_private: bool = False) -> None:
        self._patterns = tuple(pattern.lower() for pattern in patterns)
        self._allow_private = allow_private
        try:
            parts = urlsplit(base_url)
            self._origin = _parse_origin(parts)
        except ValueError:
            raise ConfigurationError(["base_url must be an http(s) address"]) from None
        self._loopback = _is_loopback(self._origin.host)
        findings = list(self._find_violations(parts))
        if findings:
            raise ConfigurationError(findings)
        self._base = base_url.rstrip("/")

    def resolve(self, path: str, query: Sequence[tuple[str, str]] = ()) -> str:
        """Return the absolute URL of a path below the base URL, or of an allowed absolute URL from a response.

        Raise SourceError(CONTRACT_MISMATCH) for any other.
        """
        if _INVALID_CHARACTER.search(path):
            raise _build_url_error("contains invalid characters")
        url = path
        if path.lower().startswith(("http://", "https://")):
            self._require_allowed_host(path)
        else:
            url = f"{self._base}/{path.lstrip('/')}"
        if _DOT_SEGMENT.search(urlsplit(url).path):
            raise _build_url_error("contains dot segments")
        if not query:
            return url
        return f"{url}{'&' if '?' in url else '?'}{urlencode(query, quote_via=quote)}"

    def is_allowed_address(self, address: str) -> bool:
        """Return whether an IP address may be called.

        Never a link-local (cloud metadata services), multicast or unspecified one.
        """
        found = _unwrap_ipv4(ip_address(address))
        if found.is_link_local or found.is_multicast or found.is_unspecified:
            return False
        if found.is_global:
            return self._origin.scheme == "https"
        return self._allow_private or (self._loopback and found.is_loopback)

    def _find_violations(self, parts: SplitResult) -> Sequence[str]:
        found = []
        host = self._origin.host
        if parts.username or parts.password or parts.query or parts.fragment:
            found.append("base_url must not contain credentials, a query or a fragment")
        if self._origin.scheme == "http" and not (self._loopback or self._allow_private):
            found.append("base_url must be https")
        if self._patterns and not (self._loopback or self._allow_private or self._is_vendor_host(host)):
            found.append(f"{host} is not a host of the vendor; expected {', '.join(self._patterns)}")
        if _is_address(host) and not self.is_allowed_address(host):
            found.append(f"{host} is a forbidden address")
        return found

    def _require_allowed_host(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            origin = _parse_origin(parts)
        except ValueError:
            raise _build_url_error("is not a URL") from None
        if parts.username or parts.password:
            raise _build_url_error("contains credentials")
        if origin == self._origin:
            return
        # A system on loopback or in a private network must not direct calls elsewhere.
        public = self._origin.scheme == "https" and not (self._loopback or self._allow_private)
        if (
            not public
            or origin.scheme != "https"
            or origin.port != self._origin.port
            or not self._is_vendor_host(origin.host)
        ):
            raise _build_url_error("is not on a host of the connection")

    def _is_vendor_host(self, host: str) -> bool:
        return not _is_address(host) and any(fnmatchcase(host, pattern) for pattern in self._patterns)


def _parse_origin(parts: SplitResult) -> Origin:
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("scheme and host are required")
    return Origin(scheme, parts.hostname.lower().rstrip("."), parts.port or _DEFAULT_PORTS[scheme])


def _unwrap_ipv4(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address embeds, otherwise the address itself."""
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


def _is_loopback(host: str) -> bool:
    return ip_address(host).is_loopback if _is_address(host) else host == "localhost"


def _build_url_error(problem: str) -> SourceError:
    return SourceError(FaultCode.CONTRACT_MISMATCH, f"a URL {problem}")
