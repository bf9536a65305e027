"""What it means that nobody answers at an address, and what to do."""

from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from gateway.checks.report import build_failed_finding
from gateway.net.probe import Unreached
from gateway.ports.base import Finding


class _FindingText(NamedTuple):
    message: str
    remedy: str


_TEXTS: Final[Mapping[Unreached, _FindingText]] = {
    Unreached.DNS: _FindingText(
        "The name {host} is not known.", "Correct `{key}`, or let this machine's name server know the name."
    ),
    Unreached.REFUSED: _FindingText(
        "Nothing answers at {place}.", "Correct `{key}`, start what should listen there, or open the way to it."
    ),
    Unreached.TIMEOUT: _FindingText(
        "{place} did not answer within {seconds:g} s.",
        "Let the firewall pass calls to {place}; `psgw check --seconds` gives it longer.",
    ),
    Unreached.CERTIFICATE: _FindingText(
        "The certificate of {host} is not to be trusted: it has expired, is for another name, or comes from an unknown authority.",
        "Correct `{key}`, have the certificate renewed, or let calls to {host} past the proxy that opens them.",
    ),
    Unreached.TLS: _FindingText(
        "{place} does not speak TLS as it should.", "Correct the scheme and port of `{key}`, or what listens there."
    ),
    Unreached.FORBIDDEN: _FindingText(
        "{host} has an address that may not be called.",
        "Correct `{key}`; set `allow_private` where the system really is in your own network.",
    ),
    Unreached.INTERRUPTED: _FindingText(
        "{place} breaks the connection before it answers.", "Look at what listens there, and at proxies in between."
    ),
}


def build_unreachable_finding(subject: str, cause: Unreached, url: str, key: str, seconds: float) -> Finding:
    """Return the finding that nobody answers at an address; `key` is the setting that holds it."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443}.get(parts.scheme, 80)
    facts = {"host": parts.hostname, "place": f"{parts.hostname}:{port}", "key": key, "seconds": seconds}
    words = _TEXTS[cause]
    return build_failed_finding(subject, words.message.format(**facts), words.remedy.format(**facts))
