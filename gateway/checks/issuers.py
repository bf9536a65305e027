"""Whether the keys of every issuer of tokens can be had and used."""

from gateway.auth.jwks import usable_keys
from gateway.checks.addresses import build_unreachable_finding
from gateway.checks.report import Failure, build_failed_finding
from gateway.net.documents import fetch_document
from gateway.net.probe import Unreached, probe
from gateway.ports.base import Finding
from gateway.settings import IssuerSettings

_OK = 200


async def check_issuer(issuer: IssuerSettings, seconds: float) -> tuple[Finding, Failure | None]:
    """Fetch an issuer's key set once and tell which keys can be used."""
    subject = f"issuer {issuer.issuer}"
    answer = await probe(issuer.jwks_url, seconds)
    if isinstance(answer, Unreached):
        return build_unreachable_finding(subject, answer, issuer.jwks_url, "jwks_url", seconds), Failure.UNREACHABLE
    remedy = "Correct `jwks_url`: the provider tells it as jwks_uri in its discovery document."
    if answer.status != _OK:
        return build_failed_finding(
            subject, f"The address of its keys answers with HTTP {answer.status}.", remedy
        ), Failure.INCOMPLETE
    try:
        keys = usable_keys(await fetch_document(issuer.jwks_url))
    except Exception:  # noqa: BLE001 -- whatever it is, it is no key set
        return build_failed_finding(
            subject, "What is at the address of its keys is no key set.", remedy
        ), Failure.INCOMPLETE
    if not keys:
        remedy = "Let the provider publish a signing key that has a `kid`."
        return build_failed_finding(subject, "None of its keys can be used.", remedy), Failure.INCOMPLETE
    kinds = ", ".join(sorted({key.key_type for key in keys.values()}))
    number = "One key" if len(keys) == 1 else f"{len(keys)} keys"
    return Finding(subject=subject, ok=True, message=f"{number} can be used ({kinds})."), None
