"""Builds the seeded databases once per set of pins and seed, and keeps them beside the server."""

import inspect
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from subgraphs.sandbox.firm.model import Firm
from subgraphs.sandbox.firm.small import FIRM
from subgraphs.sandbox.tryton import billing, books, customers, deals, delivery, finance, organisation, people
from subgraphs.sandbox.tryton.install import cache_folder, digest, environment, installed
from subgraphs.sandbox.tryton.rpc import Rpc
from subgraphs.sandbox.tryton.server import command, configure, copy, remove, serving

ADMINISTRATOR, PASSWORD = "admin", "sandbox-administrator"
MODULES = ("project_invoice", "project_revenue", "sale_opportunity", "timesheet_cost")
"""What is activated, with all that it depends on."""

SEEDS: Mapping[str, Callable[[Rpc, Firm], Mapping[str, str]]] = {
    "crm": deals.seed,
    "psa": delivery.seed,
    "hcm": people.seed,
}
DATABASES: Mapping[str, str] = {"crm": "crm", "psa": "psa", "erp": "psa", "hcm": "hcm"}
"""Which database each connection is to: projects and the books are in one, as in most firms that run Tryton."""
_EMPTY, _KEYS = "empty", "keys.json"


@dataclass(frozen=True)
class Databases:
    """The server's packages, per database its file, and per connection the key of who reads there."""

    home: Path
    files: Mapping[str, Path]
    keys: Mapping[str, str]


def nothing(_: str) -> None:
    """Tell nobody."""


def seeded(tell: Callable[[str], object] = nothing) -> Databases:
    """Return the databases of the small firm, building them first when this seed has not been built yet: about half a minute.

    `tell` is told what takes time.
    """
    home = installed(tell)
    code = "".join(
        inspect.getsource(module)
        for module in (organisation, customers, deals, delivery, billing, books, finance, people)
    )
    folder = cache_folder() / f"firm-{digest(home.name, code, repr(FIRM), *MODULES)}"
    if not folder.exists():
        tell("Tryton: filling its databases, about half a minute")
        _build(home, folder)
    keys = msgspec.json.decode((folder / _KEYS).read_bytes(), type=dict[str, str])
    return Databases(home, {name: folder / f"{name}.sqlite" for name in SEEDS}, keys)


def _build(home: Path, folder: Path) -> None:
    empty = _empty(home)
    building = Path(tempfile.mkdtemp(prefix="firm-", dir=folder.parent))
    try:
        for name in SEEDS:
            copy(empty, building / f"{name}.sqlite")
        with serving(home, building, *SEEDS) as base_url:
            keys = {connection: key for name in SEEDS for connection, key in _seed(base_url, name).items()}
        (building / _KEYS).touch(mode=0o600)
        (building / _KEYS).write_bytes(msgspec.json.encode(keys))
        building.rename(folder)
    except OSError:
        if not folder.exists():
            raise
        # Another process was quicker; its databases are as good.
    finally:
        remove(building)


def _empty(home: Path) -> Path:
    """Return a database with the modules active and nothing in it; making one takes the server some twenty seconds."""
    kept = cache_folder() / f"{_EMPTY}-{digest(home.name, *MODULES)}.sqlite"
    if not kept.exists():
        with tempfile.TemporaryDirectory(prefix="empty-", dir=kept.parent) as name:
            _create_empty(home, Path(name))
            (Path(name) / f"{_EMPTY}.sqlite").rename(kept)
    return kept


def _create_empty(home: Path, folder: Path) -> None:
    password = folder / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    (folder / f"{_EMPTY}.sqlite").touch()
    words = ("-d", _EMPTY, "-u", *MODULES, "--activate-dependencies", "--email", "admin@meridian.example")
    subprocess.run(  # noqa: S603 -- constant words
        command(home, "trytond-admin", configure(folder), *words),
        check=True,
        env=environment(home, TRYTONPASSFILE=os.fspath(password)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _seed(base_url: str, database: str) -> Mapping[str, str]:
    rpc = Rpc(base_url, database, ADMINISTRATOR, PASSWORD)
    try:
        return SEEDS[database](rpc, FIRM)
    finally:
        rpc.close()
