"""Builds the seeded databases once per set of pins and seed, and caches them beside the server."""

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
from subgraphs.sandbox.tryton.install import build_environment, compute_digest, get_cache_folder, install_server
from subgraphs.sandbox.tryton.rpc import Rpc
from subgraphs.sandbox.tryton.server import build_command, configure, copy_database, remove_folder, serve_databases

ADMINISTRATOR, PASSWORD = "admin", "sandbox-administrator"
MODULES = ("project_invoice", "project_revenue", "sale_opportunity", "timesheet_cost")
"""The activated modules; their dependencies are activated too."""

SEEDS: Mapping[str, Callable[[Rpc, Firm], Mapping[str, str]]] = {
    "crm": deals.seed,
    "psa": delivery.seed,
    "hcm": people.seed,
}
DATABASES: Mapping[str, str] = {"crm": "crm", "psa": "psa", "erp": "psa", "hcm": "hcm"}
"""Connection -> database. Projects and the ledger share one, as in most firms that run Tryton."""
_EMPTY_NAME, _KEYS = "empty", "keys.json"


@dataclass(frozen=True)
class Databases:
    """The server's packages, the file of each database, and the reader's key of each connection."""

    home: Path
    files: Mapping[str, Path]
    keys: Mapping[str, str]


def ignore(_: str) -> None:
    """Ignore a progress message."""


def load_databases(report: Callable[[str], object] = ignore) -> Databases:
    """Return the databases of the small firm; build them first if this seed is not cached, in about half a minute.

    `report` receives a line before each slow step. Raise InstallationError if the server cannot be installed.
    """
    home = install_server(report)
    code = "".join(
        inspect.getsource(module)
        for module in (organisation, customers, deals, delivery, billing, books, finance, people)
    )
    folder = get_cache_folder() / f"firm-{compute_digest(home.name, code, repr(FIRM), *MODULES)}"
    if not folder.exists():
        report("Tryton: creating its databases, which takes about half a minute")
        _build(home, folder)
    keys = msgspec.json.decode((folder / _KEYS).read_bytes(), type=dict[str, str])
    return Databases(home, {name: folder / f"{name}.sqlite" for name in SEEDS}, keys)


def _build(home: Path, folder: Path) -> None:
    empty = _load_empty_database(home)
    building = Path(tempfile.mkdtemp(prefix="firm-", dir=folder.parent))
    try:
        for name in SEEDS:
            copy_database(empty, building / f"{name}.sqlite")
        with serve_databases(home, building, *SEEDS) as base_url:
            keys = {connection: key for name in SEEDS for connection, key in _seed(base_url, name).items()}
        (building / _KEYS).touch(mode=0o600)
        (building / _KEYS).write_bytes(msgspec.json.encode(keys))
        building.rename(folder)
    except OSError:
        if not folder.exists():
            raise
        # Another process was faster; its databases are equivalent.
    finally:
        remove_folder(building)


def _load_empty_database(home: Path) -> Path:
    """Return an empty database with the modules activated; creating one takes about twenty seconds."""
    file = get_cache_folder() / f"{_EMPTY_NAME}-{compute_digest(home.name, *MODULES)}.sqlite"
    if not file.exists():
        # Not a TemporaryDirectory: one that an interrupted caller leaves behind would warn in an unrelated test.
        folder = Path(tempfile.mkdtemp(prefix="empty-", dir=file.parent))
        try:
            _create_empty(home, folder)
            (folder / f"{_EMPTY_NAME}.sqlite").rename(file)
        finally:
            remove_folder(folder)
    return file


def _create_empty(home: Path, folder: Path) -> None:
    password = folder / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    (folder / f"{_EMPTY_NAME}.sqlite").touch()
    options = ("-d", _EMPTY_NAME, "-u", *MODULES, "--activate-dependencies", "--email", "admin@meridian.example")
    subprocess.run(  # noqa: S603 -- constant arguments
        build_command(home, "trytond-admin", configure(folder), *options),
        check=True,
        env=build_environment(home, TRYTONPASSFILE=os.fspath(password)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _seed(base_url: str, database: str) -> Mapping[str, str]:
    rpc = Rpc(base_url, database, ADMINISTRATOR, PASSWORD)
    try:
        return SEEDS[database](rpc, FIRM)
    finally:
        rpc.close()
