"""Where calls may go: the connection's own host, hosts of its vendor, https outside of loopback; nothing else (SSRF)."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

from gateway.errors import ConfigurationError

LOOPBACK_NAMES = frozenset({"localhost"})


class HostRule:
    """Resolves paths against a base URL and refuses hosts that the connection has no business with."""

    def __init__(self, name: str, base_url: str, patterns: Sequence[str], *, allow_private: bool = False) -> None:
        parts = urlsplit(base_url)
        host = parts.hostname or ""
        loopback = _is_loopback(host)
        findings = []
        if parts.scheme not in {"https", "http"} or not host:
            findings.append(f"{name}: base_url must be an http(s) address")
        if parts.scheme == "http" and not (loopback or allow_private):
            findings.append(f"{name}: base_url must be https")
        allowed_pattern = any(fnmatchcase(host, pattern) for pattern in patterns)
        if patterns and not (loopback or allow_private or allowed_pattern):
            findings.append(f"{name}: {host} is not a host of the vendor; expected {', '.join(patterns)}")
        if findings:
            raise ConfigurationError(findings)
        self._base = base_url.rstrip("/") + "/"
        self._origin = (parts.scheme, parts.netloc)
        self._patterns = tuple(patterns)

    def resolve(self, path: str) -> str:
        """Return the absolute address of a path; raises ConfigurationError when it leads elsewhere."""
        url = path if "://" in path else urljoin(self._base, path.lstrip("/"))
        parts = urlsplit(url)
        same = (parts.scheme, parts.netloc) == self._origin
        vendor = parts.scheme == "https" and any(fnmatchcase(parts.hostname or "", each) for each in self._patterns)
        if not (same or vendor):
            raise ConfigurationError([f"a call to {parts.hostname} is not allowed for this connection"])
        return url


def _is_loopback(host: str) -> bool:
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
