"""What a vendor folder's `conformance.py` gives to the tests that run over every adapter: a running system that holds the small firm.

The module offers `system(role)`, an asynchronous context manager that starts the vendor's twin, or a real server, and yields a `Running`; and
`unreached(role)`, the connection to a system that is not there, for `psgw adapters verify`.
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
from gateway.net.upstream import opener
from gateway.ports.connection import Connection

NOWHERE = "http://127.0.0.1:9"
"""An address where nobody answers (RFC 863's port)."""


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
    """One system that is up, with the small firm in it.

    `ids` holds, per record class that is read by id, all ids of the firm, worked out apart from the adapter; `references` one reference and the id that
    it leads to. `unknown_id` makes ids of the vendor's form that no record has. `limited` is how the vendor says "too many calls". `token_path` is where
    tokens are asked for, None for static credentials. `control` is the address of a twin's fault switches, None where there are none.
    """

    connection: Connection
    ids: Mapping[type[Record], tuple[str, ...]]
    references: Mapping[type[Record], tuple[str, str]]
    misnamed: Misnamed
    limited: Refusal
    unknown_id: Callable[[int], str]
    token_path: str | None = None
    control: str | None = None


def mapping_of(name: str) -> dict[str, Any]:
    """Return a mapping file of the sandbox by its name, such as `kantata`."""
    return tomllib.loads((files("subgraphs.sandbox") / "mappings" / f"{name}.toml").read_text(encoding="utf-8"))


def connection_to(
    base_url: str,
    role: SystemRole,
    vendor: str,
    mapping: Mapping[str, Any],
    secrets: Mapping[str, str],
    options: Mapping[str, Any] | None = None,
) -> Connection:
    """Return a connection to a running twin, in a region that asks for nothing."""
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
        open_upstream=opener(name, base_url, ()),
    )


class Conformance(Protocol):
    """The module."""

    def unreached(self, role: SystemRole) -> Connection:
        """Return the connection that `system` makes, to `NOWHERE`: a port can be opened over it, and says what it promises without a call."""

    def system(self, role: SystemRole) -> AbstractAsyncContextManager[Running]:
        """Start the system and fill it with the small firm; raises ConfigurationError for a role that the vendor does not play."""
