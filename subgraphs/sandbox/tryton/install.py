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


def cache_folder() -> Path:
    """Return where servers and seeded databases are kept between runs: PSGW_CACHE, else the user's cache folder (XDG base directories)."""
    named = os.environ.get("PSGW_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "psgw"


def digest(*texts: str) -> str:
    """Return a short name for exactly these texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]


def kept(name: str, fill: Callable[[Path], object]) -> Path:
    """Return the folder of this name in the cache; `fill` it first when it is not there yet.

    It is built aside and moved into place when it is whole: whoever is interrupted leaves nothing that looks finished.
    """
    home = cache_folder() / name
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
        # Another process was quicker; its copy is as good.
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return home


def packages(pins: Path, into: Path, *options: str) -> None:
    """Install a requirements file with hashes into a folder, with these options of pip besides. Raises CalledProcessError when the package index cannot be reached or a hash does not fit."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--target", str(into)]
    subprocess.run([*command, *options, "--requirement", str(pins)], check=True)  # noqa: S603 -- constant words


def installed(tell: Callable[[str], object]) -> Path:
    """Return the folder that holds the server's packages, installing them first when these pins have not been installed yet, which `tell` is told.

    A folder of packages, unlike a virtual environment, can be built aside and moved. Raises CalledProcessError as `packages` does.
    """

    def fill(building: Path) -> None:
        tell("Tryton: installing the server from the package index")
        with as_file(_PINS) as pins:
            packages(pins, building)

    return kept(f"tryton-{digest(_PINS.read_text(encoding='utf-8'), sys.version)}", fill)


def environment(home: Path, **extra: str) -> dict[str, str]:
    """Return the environment in which the server's modules are found, and none of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PYTHONPATH": str(home), "PYTHONSAFEPATH": "1", **extra}
