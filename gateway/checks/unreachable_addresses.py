"""Findings about unreachable addresses: the cause and what to do."""

from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from gateway.checks.report import build_failed_finding
from gateway.net.probe import ConnectFailure
from gateway.ports.base import Finding


class _FindingText(NamedTuple):
    message: str
    remedy: str


_TEXTS: Final[Mapping[ConnectFailure, _FindingText]] = {
    ConnectFailure.DNS: _FindingText(
        "The host name {host} cannot be resolved.", "Correct `{key}` or the DNS configuration of this machine."
    ),
    ConnectFailure.REFUSED: _FindingText(
        "{place} refuses the connection.",
        "Correct `{key}`, start the service, or allow the connection in the firewall.",
    ),
    ConnectFailure.TIMEOUT: _FindingText(
        "{place} did not answer within {seconds:g} s.",
        "Allow connections to {place} in the firewall, or raise the timeout with `psgw check --seconds`.",
    ),
    ConnectFailure.CERTIFICATE: _FindingText(
        "The certificate of {host} is not trusted: expired, for another name, or from an unknown authority.",
        "Correct `{key}`, renew the certificate, or exempt {host} from the proxy that intercepts TLS.",
    ),
    ConnectFailure.TLS: _FindingText(
        "The TLS handshake with {place} failed.",
        "Correct scheme and port of `{key}`, or the TLS settings of the service.",
    ),
    ConnectFailure.FORBIDDEN: _FindingText(
        "{host} resolves to a forbidden address.",
        "Correct `{key}`, or set `allow_private` if the system is in your own network.",
    ),
    ConnectFailure.INTERRUPTED: _FindingText(
        "{place} closed the connection before it sent a response.", "Check the service and the proxies in front of it."
    ),
}


def build_unreachable_finding(subject: str, cause: ConnectFailure, url: str, key: str, seconds: float) -> Finding:
    """Return the finding about an unreachable URL; `key` is the setting that holds it."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443}.get(parts.scheme, 80)
    values = {"host": parts.hostname, "place": f"{parts.hostname}:{port}", "key": key, "seconds": seconds}
    text = _TEXTS[cause]
    return build_failed_finding(subject, text.message.format(**values), text.remedy.format(**values))
