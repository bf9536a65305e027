"""Check whether the key set of every issuer can be fetched and used."""

import asyncio
import time
from collections.abc import Mapping

from joserfc.jwk import Key

from gateway.auth.jwks import ParsedKeys, parse_keys
from gateway.auth.metadata import find_jwks_uri
from gateway.checks.report import FailureClass, build_failed_finding
from gateway.checks.unreachable_addresses import build_unreachable_finding
from gateway.net.documents import fetch_document
from gateway.net.probe import ConnectFailure, probe
from gateway.ports.base import Finding
from gateway.settings import IssuerSettings

_OK = 200


async def check_issuer(issuer: IssuerSettings, seconds: float) -> tuple[Finding, FailureClass | None]:
    """Fetch an issuer's key set once, within `seconds`, and return which keys can be used."""
    subject = f"issuer {issuer.issuer}"
    deadline = time.monotonic() + seconds
    answer = await probe(issuer.jwks_url, seconds)
    if isinstance(answer, ConnectFailure):
        return build_unreachable_finding(
            subject, answer, issuer.jwks_url, "jwks_url", seconds
        ), FailureClass.UNREACHABLE
    problem = f"`jwks_url` answers with HTTP {answer.status}."
    if answer.status == _OK:
        try:
            keys = parse_keys(await fetch_document(issuer.jwks_url))
        except Exception:  # noqa: BLE001 -- any failure means that there is no key set
            problem = "The document at `jwks_url` is not a key set."
        else:
            return _build_key_finding(subject, keys)
    remedy = await _find_remedy(issuer.issuer, deadline - time.monotonic())
    return build_failed_finding(subject, problem, remedy), FailureClass.INCOMPLETE


def _build_key_finding(subject: str, found: ParsedKeys) -> tuple[Finding, FailureClass | None]:
    keys: Mapping[str, Key] = found.usable
    if found.refused:
        weak = "; ".join(f"{kid} is {reason}" for kid, reason in sorted(found.refused.items()))
        remedy = "Replace the weak key at the provider: tokens that it signs are rejected."
        return build_failed_finding(subject, f"The key set has a weak key: {weak}.", remedy), FailureClass.INCOMPLETE
    if not keys:
        remedy = "Configure the provider to publish a signing key with a `kid`."
        return build_failed_finding(subject, "The key set has no usable key.", remedy), FailureClass.INCOMPLETE
    types = ", ".join(sorted({key.key_type for key in keys.values()}))
    number = "1 key" if len(keys) == 1 else f"{len(keys)} keys"
    return Finding(subject=subject, ok=True, message=f"{number} can be used ({types})."), None


async def _find_remedy(issuer: str, seconds: float) -> str:
    """Return how to correct `jwks_url`, with the URL that the issuer's metadata publishes if it can be read."""
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            published = await find_jwks_uri(issuer, fetch_document)
    except TimeoutError:
        published = None
    if published is None:
        return "Correct `jwks_url`: the provider publishes it as `jwks_uri` in its metadata."
    return f"Set `jwks_url` to {published}, which the provider's metadata publishes as `jwks_uri`."
