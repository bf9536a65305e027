"""Runs the server over copies of seeded databases, on a free port of loopback."""

import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import httpx

from subgraphs.sandbox.tryton.install import build_environment

START_SECONDS = 60.0
STOP_SECONDS = 10.0

_CONFIGURATION = """\
[database]
uri = sqlite://
path = {folder}

[web]
listen = 127.0.0.1:{port}
"""


def build_command(home: Path, program: str, configuration: Path, *arguments: str) -> list[str]:
    """Return the command that runs one of the server's programs; `-S` hides our own packages."""
    return [sys.executable, "-S", str(home / "bin" / program), "-c", str(configuration), *arguments]


def configure(folder: Path, port: int = 0) -> Path:
    """Write the server's configuration for the databases of a folder; return the file."""
    file = folder / "trytond.conf"
    file.write_text(_CONFIGURATION.format(folder=folder, port=port), encoding="utf-8")
    return file


@contextmanager
def run_server(home: Path, databases: Mapping[str, Path]) -> Iterator[str]:
    """Serve copies of database files under their names while the block runs; yield the base URL. Writes are discarded.

    Raise RuntimeError with the end of the server's log if it does not start within a minute.
    """
    # Not a TemporaryDirectory: one that an interrupted caller leaves behind would warn in an unrelated test.
    folder = Path(tempfile.mkdtemp(prefix="psgw-tryton-"))
    try:
        for database, source in databases.items():
            copy_database(source, folder / f"{database}.sqlite")
        with serve_databases(home, folder, *databases) as base_url:
            yield base_url
    finally:
        remove_folder(folder)


@contextmanager
def serve_databases(home: Path, folder: Path, *databases: str) -> Iterator[str]:
    """Serve the databases of a folder in place."""
    port = _find_free_port()
    # Databases are named: if the first request fills the pool, the server answers it with KeyError.
    arguments = build_command(home, "trytond", configure(folder, port), "-d", *databases)
    log = folder / "trytond.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(arguments, env=build_environment(home), stdout=sink, stderr=sink)  # noqa: S603 -- constant arguments
        try:
            base_url = f"http://127.0.0.1:{port}"
            _wait_until_ready(process, base_url, log)
            yield base_url
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def copy_database(source: Path, target: Path) -> None:
    """Copy a database consistently, including its journal."""
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as duplicate:
        original.backup(duplicate)


def _wait_until_ready(process: subprocess.Popen[bytes], base_url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(base_url, timeout=1.0)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"Tryton did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def remove_folder(folder: Path) -> None:
    """Delete a folder of databases, if it exists."""
    shutil.rmtree(folder, ignore_errors=True)
