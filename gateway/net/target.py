"""Where calls of one connection may go. Pure; the rules stand against server-side request forgery through settings, mapping files and vendors' answers."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, NamedTuple
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.message import Request

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_TRAVERSAL: Final = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_UNFIT: Final = re.compile(r"[\x00-\x20\x7f\\]")


@dataclass(frozen=True, kw_only=True)
class Target:
    """One connection's base URL and the limits of every call to it.

    `hosts` are the manifest's patterns (`*` stands for one label or more): absolute URLs may go to the base URL's own origin or to them, by https. Without
    `allow_private` only https to public addresses is allowed; with it private addresses too, and http to those.
    """

    connection: str
    base_url: str
    hosts: Sequence[str] = ()
    allow_private: bool = False
    timeout: float = 30.0
    body_cap: int = 32 * 1024 * 1024
    pending: int = 256


class Origin(NamedTuple):
    """Scheme, host and port of a URL."""

    scheme: str
    host: str
    port: int


def findings(target: Target) -> list[str]:
    """Return what is wrong with a target's base URL, one line each."""
    try:
        parts = urlsplit(target.base_url)
        origin = _origin(parts)
    except ValueError as broken:
        return [f"base_url is not a URL: {broken}"]
    found = []
    if parts.username or parts.password or parts.query or parts.fragment:
        found.append("base_url must not hold credentials, a query or a fragment")
    if origin.scheme == "http" and not target.allow_private:
        found.append("base_url must use https (http needs allow_private = true and a private address)")
    if target.hosts and not target.allow_private and not _matches(origin.host, target.hosts):
        found.append(f"the host {origin.host} is not one of the vendor's: {', '.join(target.hosts)}")
    literal = _literal(origin.host)
    if literal is not None and not may_reach(literal, origin.scheme, allow_private=target.allow_private):
        found.append(f"the address {origin.host} may not be called")
    return found


def address_of(target: Target, request: Request) -> str:
    """Return the absolute URL of a request; raise SourceError(CONTRACT_MISMATCH) when it leads out of the connection.

    A relative path is appended to the base URL's path. What a vendor's answer names as its next address goes through here like everything else.
    """
    if _UNFIT.search(request.path):
        raise _stray(request, "holds characters that no URL has")
    if request.path.lower().startswith(("http://", "https://")):
        url = request.path
        _require_allowed(target, request)
    else:
        url = f"{target.base_url.rstrip('/')}/{request.path.lstrip('/')}"
    if _TRAVERSAL.search(urlsplit(url).path):
        raise _stray(request, "climbs out of its folder")
    if not request.query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(request.query, quote_via=quote)}"


def may_reach(address: str, scheme: str, *, allow_private: bool) -> bool:
    """Say whether an IP address may be connected to: never link-local (where clouds keep metadata), multicast or unspecified ones."""
    found = _embedded(ipaddress.ip_address(address))
    if found.is_link_local or found.is_multicast or found.is_unspecified or found.is_reserved:
        return False
    public = found.is_global
    if scheme == "http":
        return allow_private and not public
    return public or allow_private


def scheme_of(target: Target) -> str:
    """Return the scheme of the base URL, lower case."""
    return urlsplit(target.base_url).scheme.lower()


def _embedded(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the IPv4 address inside an IPv6 one that only wraps it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _require_allowed(target: Target, request: Request) -> None:
    base = _origin(urlsplit(target.base_url))
    try:
        parts = urlsplit(request.path)
        origin = _origin(parts)
    except ValueError:
        raise _stray(request, "is not a URL") from None
    if parts.username or parts.password:
        raise _stray(request, "holds credentials")
    if origin == base:
        return
    literal = _literal(origin.host) is not None
    if literal or origin.scheme != "https" or origin.port != base.port or not _matches(origin.host, target.hosts):
        raise _stray(request, "is not on a host of the connection")


def _origin(parts: SplitResult) -> Origin:
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError("scheme and host are needed")
    return Origin(scheme, parts.hostname.lower().rstrip("."), parts.port or _DEFAULT_PORTS[scheme])


def _matches(host: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(host, pattern.lower()) for pattern in patterns)


def _literal(host: str) -> str | None:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return None
    return host


def _stray(request: Request, why: str) -> SourceError:
    return SourceError(FaultCode.CONTRACT_MISMATCH, f"the address for {request.operation!r} {why}")
