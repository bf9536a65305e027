"""Writes a new vendor folder."""

import importlib.util
import keyword
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from gateway.canonical.roles import SystemRole
from gateway.cli.adapter_templates import build_names, render
from gateway.errors import ConfigurationError
from gateway.ports.discovery import INSTALLED_PACKAGE
from gateway.ports.verification import PORTS

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")


def write_vendor(name: str, role: SystemRole, folder: Path | None, known: Collection[str]) -> Path:
    """Write a complete vendor folder or nothing; return the folder.

    Without `folder` it goes beside the vendors of its role, which takes a checkout. Raises ConfigurationError for a
    name that is invalid or `known`, a role that no vendor plays, and a folder that exists.
    """
    home, package = _choose_place(name, role, folder)
    findings = list(_find_mistakes(name, role, home, package, known))
    if findings:
        raise ConfigurationError(findings)
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=f".{name}-") as beside:
        made = Path(beside) / name
        for target, text in render(role, build_names(name, role, package)).items():
            path = made / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        shutil.move(made, home)
    return home


def _choose_place(name: str, role: SystemRole, folder: Path | None) -> tuple[Path, str]:
    """Return the folder and its package."""
    if folder is not None:
        return folder / name, name
    root = Path(INSTALLED_PACKAGE)
    spec = importlib.util.find_spec(INSTALLED_PACKAGE)
    places = [Path(place).resolve() for place in (spec.submodule_search_locations or ())] if spec else []
    if root.resolve() not in places:
        raise ConfigurationError(["--folder is missing: this directory is not a checkout of the product"])
    return root / role.lower() / name, f"{INSTALLED_PACKAGE}.{role.lower()}.{name}"


def _find_mistakes(name: str, role: SystemRole, home: Path, package: str, known: Collection[str]) -> Iterator[str]:
    if role not in PORTS:
        yield f"--role: a vendor plays one of {', '.join(PORTS)}"
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        yield (
            f"NAME: {name!r} is not a valid name; use 2 to 40 lower-case letters, digits and underscores, "
            "a letter first"
        )
    elif name in known:
        yield f"NAME: an adapter for {name} exists already"
    elif "." not in package and importlib.util.find_spec(name) is not None:
        yield f"NAME: {name} is an importable Python module already; choose another name"
    if home.exists():
        yield f"--folder: {home} exists already"
