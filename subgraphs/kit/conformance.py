"""What a vendor folder's `conformance.py` gives to the tests that run over every adapter: a running system that holds the small firm.

The module offers `system(role)`, an asynchronous context manager that starts the vendor's twin, or a real server, and yields a `Running`.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from gateway.canonical.roles import SystemRole


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An answer by which the vendor refuses, byte for byte."""

    status: int
    body: bytes = b""
    media_type: str = "application/json"


@dataclass(frozen=True, kw_only=True)
class Misnamed:
    """A mapping file that names something the tenant does not have; `check` must tell `name`."""

    mapping: Mapping[str, Any]
    name: str


@dataclass(frozen=True, kw_only=True)
class Running:
    """One running system in one role: how to connect to it, and what the vendor alone knows about its refusals.

    `token_path` is where tokens are asked for, None for static credentials. `unknown_id` makes ids of the vendor's form that no record has.
    """

    base_url: str
    secrets: Mapping[str, str] = field(repr=False)
    mapping: Mapping[str, Any]
    misnamed: Misnamed
    limited: Refusal
    unknown_id: Callable[[int], str]
    token_path: str | None = None
    time_zone: str = "UTC"
    options: Mapping[str, Any] = field(default_factory=dict)


class Conformance(Protocol):
    """The module."""

    def system(self, role: SystemRole) -> AbstractAsyncContextManager[Running]:
        """Start the system and fill it with the small firm."""
