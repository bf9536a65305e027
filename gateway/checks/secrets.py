"""Check that the secrets of a connection can be read, and files only by their owner. Values are never shown."""

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import SecretStr

from gateway.checks.report import FailureClass, build_failed_finding
from gateway.errors import ConfigurationError
from gateway.ports.base import Finding
from gateway.settings import build_secret_reader
from gateway.store.file import GROUP_AND_OTHERS


def check_secrets(secrets: Mapping[str, SecretStr], home: Path) -> Iterator[tuple[Finding, FailureClass | None]]:
    """Yield one finding per secret that is read from a file or an environment variable."""
    for name, secret in secrets.items():
        kind, _, place = secret.get_secret_value().partition(":")
        if kind in {"file", "env"}:
            yield _check_secret(name, secret, home, kind, place)


def _check_secret(
    name: str, secret: SecretStr, home: Path, kind: str, place: str
) -> tuple[Finding, FailureClass | None]:
    subject = f"secret {name}"
    try:
        value = build_secret_reader(secret, home)()
    except ConfigurationError as error:
        remedy = f"Write the secret to {home / place}." if kind == "file" else f"Set the environment variable {place}."
        return build_failed_finding(subject, f"{error.findings[0]}.", remedy), FailureClass.CONFIGURATION
    if not value:
        return build_failed_finding(
            subject, f"{place} is empty.", f"Write the secret to {place}."
        ), FailureClass.CONFIGURATION
    mode = stat.S_IMODE((home / place).stat().st_mode) if kind == "file" else 0
    if mode & GROUP_AND_OTHERS:
        return build_failed_finding(
            subject, f"{place} is accessible to other users ({mode:04o}).", f"Run `chmod 600 {home / place}`."
        ), FailureClass.INCOMPLETE
    message = f"{place} can be read{' by its owner only' if mode else ''}."
    return Finding(subject=subject, ok=True, message=message), None
