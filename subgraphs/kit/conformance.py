"""The interface of a vendor's `conformance.py`, used by the contract tests: a running system with the small firm.

The module has `run_system(role)`, an asynchronous context manager that starts the vendor's twin, or a real server, and
yields a `RunningSystem`; and `build_unreachable(role)`, a connection to a system that does not run, for
`psgw adapters verify`.
"""

import tomllib
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import Any, Protocol

from gateway.canonical.records.base import Record
from gateway.canonical.roles import DataRegion, SystemRole
from gateway.net.upstream import create_opener
from gateway.ports.connection import Connection

UNREACHABLE_URL = "http://127.0.0.1:9"
"""An address where nothing answers (the discard port of RFC 863)."""


@dataclass(frozen=True, kw_only=True)
class ErrorAnswer:
    """An error answer of the vendor, byte for byte."""

    status: int
    body: bytes = b""
    media_type: str = "application/json"


@dataclass(frozen=True, kw_only=True)
class InvalidMapping:
    """A mapping file that names `name`, which the tenant does not have; `check` must report it."""

    mapping: Mapping[str, Any]
    name: str


@dataclass(frozen=True, kw_only=True)
class RunningSystem:
    """A running system with the small firm.

    `ids`: record class that is read by id -> all ids of the firm, determined without the adapter. `references`: record
    class -> one reference and its record's id. `build_unknown_id` builds ids of the vendor's form that no record has.
    `rate_limit` is the vendor's answer to too many calls. `token_path` is the path of the token endpoint, None
    for static credentials. `control` is the URL of a twin's control endpoint, None for a real server.
    """

    connection: Connection
    ids: Mapping[type[Record], tuple[str, ...]]
    references: Mapping[type[Record], tuple[str, str]]
    invalid_mapping: InvalidMapping
    rate_limit: ErrorAnswer
    build_unknown_id: Callable[[int], str]
    token_path: str | None = None
    control: str | None = None


def read_sandbox_mapping(name: str) -> dict[str, Any]:
    """Return a mapping file of the sandbox, such as `kantata`."""
    return tomllib.loads((files("subgraphs.sandbox") / "mappings" / f"{name}.toml").read_text(encoding="utf-8"))


def build_twin_connection(
    base_url: str,
    role: SystemRole,
    vendor: str,
    mapping: Mapping[str, Any],
    secrets: Mapping[str, str],
    options: Mapping[str, Any] | None = None,
) -> Connection:
    """Return a connection to a running twin, in a region without restrictions."""
    name = f"{vendor}-main"
    return Connection(
        name=name,
        role=role,
        vendor=vendor,
        base_url=base_url,
        region=DataRegion.US,
        options=options or {},
        mapping=mapping,
        secrets={key: partial(str, value) for key, value in secrets.items()},
        open_upstream=create_opener(name, base_url, ()),
    )


class Conformance(Protocol):
    """The module's functions."""

    def build_unreachable(self, role: SystemRole) -> Connection:
        """Return a connection to `UNREACHABLE_URL`: its port reports capabilities and lineage without a call."""

    def run_system(self, role: SystemRole) -> AbstractAsyncContextManager[RunningSystem]:
        """Start the system with the small firm; raise ConfigurationError for a role that the vendor does not have."""
