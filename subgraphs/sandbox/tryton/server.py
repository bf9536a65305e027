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

from subgraphs.sandbox.tryton.install import environment

START_SECONDS = 60.0
STOP_SECONDS = 10.0

_CONFIGURATION = """\
[database]
uri = sqlite://
path = {folder}

[web]
listen = 127.0.0.1:{port}
"""


def command(home: Path, program: str, configuration: Path, *words: str) -> list[str]:
    """Return the command that runs one of the server's programs. Without `site`, packages of ours stay out of its sight."""
    return [sys.executable, "-S", str(home / "bin" / program), "-c", str(configuration), *words]


def configure(folder: Path, port: int = 0) -> Path:
    """Write the server's configuration for the databases that lie in a folder; return the file."""
    file = folder / "trytond.conf"
    file.write_text(_CONFIGURATION.format(folder=folder, port=port), encoding="utf-8")
    return file


@contextmanager
def running(home: Path, databases: Mapping[str, Path]) -> Iterator[str]:
    """Serve copies of database files under their names while the block runs; yield the base URL. What is written is gone afterwards.

    Raises RuntimeError with the end of the server's log when it does not come up within a minute.
    """
    with tempfile.TemporaryDirectory(prefix="psgw-tryton-") as name:
        folder = Path(name)
        for database, source in databases.items():
            copy(source, folder / f"{database}.sqlite")
        with serving(home, folder, *databases) as base_url:
            yield base_url


@contextmanager
def serving(home: Path, folder: Path, *databases: str) -> Iterator[str]:
    """Serve the databases of a folder in place."""
    port = _free_port()
    # Databases are named: a pool that is filled by the first request answers it with KeyError.
    words = command(home, "trytond", configure(folder, port), "-d", *databases)
    log = folder / "trytond.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(words, env=environment(home), stdout=sink, stderr=sink)  # noqa: S603 -- constant words
        try:
            base_url = f"http://127.0.0.1:{port}"
            _await(process, base_url, log)
            yield base_url
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def copy(source: Path, target: Path) -> None:
    """Copy a database as a whole, whatever state its journal is in."""
    with closing(sqlite3.connect(source)) as whole, closing(sqlite3.connect(target)) as fresh:
        whole.backup(fresh)


def _await(process: subprocess.Popen[bytes], base_url: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(base_url, timeout=1.0)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"Tryton did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def remove(folder: Path) -> None:
    """Delete a folder of databases, as far as it is there."""
    shutil.rmtree(folder, ignore_errors=True)
