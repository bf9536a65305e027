"""Installs the pinned server into a folder of its own, once per set of pins."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

_PINS = files(__package__) / "requirements.txt"


class InstallationError(RuntimeError):
    """Packages could not be installed."""


def get_cache_folder() -> Path:
    """Return the folder that caches servers and seeded databases: PSGW_CACHE, else the user's XDG cache folder."""
    named = os.environ.get("PSGW_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "psgw"


def compute_digest(*texts: str) -> str:
    """Return a short hash of the texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def ensure_folder(name: str, fill: Callable[[Path], object]) -> Path:
    """Return the cached folder of this name; create it with `fill` if it is missing.

    It is built in a temporary folder and renamed when complete: an interrupted run leaves no partial folder.
    """
    home = get_cache_folder() / name
    if home.exists():
        return home
    home.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=home.parent))
    try:
        fill(building)
        building.rename(home)
    except OSError:
        if not home.exists():
            raise
        # Another process was faster; its copy is equivalent.
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return home


def install_packages(pins: Path, into: Path, *options: str) -> None:
    """Install a requirements file with hashes into a folder, with more options of pip.

    Raise InstallationError with pip's errors if the package index is unreachable or a hash differs.
    """
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--target", str(into)]
    arguments = [*command, *options, "--requirement", str(pins)]
    ended = subprocess.run(arguments, check=False, capture_output=True, text=True)  # noqa: S603 -- constant arguments
    if ended.returncode:
        errors = [line for line in ended.stderr.splitlines() if line.startswith("ERROR")] or [ended.stderr.strip()]
        raise InstallationError("; ".join(errors[-3:]))


def install_server(report: Callable[[str], object]) -> Path:
    """Return the folder of the server's packages; install them first if these pins are not cached, and `report` it.

    A package folder, unlike a virtual environment, can be built elsewhere and moved. Raise InstallationError as
    `install_packages` does.
    """

    def fill(building: Path) -> None:
        report("Tryton: installing the server from the package index, which takes a minute or more")
        with as_file(_PINS) as pins:
            install_packages(pins, building)

    return ensure_folder(f"tryton-{compute_digest(_PINS.read_text(encoding='utf-8'), sys.version)}", fill)


def build_environment(home: Path, **extra: str) -> dict[str, str]:
    """Return the environment variables with which Python finds the server's modules and none of ours."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**inherited, "PYTHONPATH": str(home), "PYTHONSAFEPATH": "1", **extra}
