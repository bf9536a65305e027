"""Writes a vendor folder from the templates that come with the product."""

import importlib.util
import keyword
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from gateway.canonical.roles import SystemRole
from gateway.errors import ConfigurationError
from gateway.ports.discovery import INSTALLED
from gateway.ports.verification import PORTS

_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
_SUFFIX = ".tmpl"
_TEMPLATES = "templates/adapter"


def write(name: str, role: SystemRole, folder: Path | None, taken: Collection[str]) -> Path:
    """Write the folder whole or not at all; return it.

    Without `folder` it goes where the tree has vendors of that role, which takes a checkout. Raises ConfigurationError for a name that is invalid or taken, a
    role that vendors do not play, and a folder that is there already.
    """
    home, package = _place(name, role, folder)
    findings = list(_objections(name, role, home, package, taken))
    if findings:
        raise ConfigurationError(findings)
    words = {
        "vendor": name,
        "Vendor": "".join(part.capitalize() for part in name.split("_")),
        "host": name.replace("_", "-"),
        "role": role.value,
        "package": package,
    }
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=f".{name}-") as beside:
        made = Path(beside) / name
        for source, target in _files(role):
            path = made / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(Template(source.read_text(encoding="utf-8")).substitute(words), encoding="utf-8")
        shutil.move(made, home)
    return home


def _place(name: str, role: SystemRole, folder: Path | None) -> tuple[Path, str]:
    if folder is not None:
        return folder / name, name
    root = Path(INSTALLED)
    spec = importlib.util.find_spec(INSTALLED)
    places = [Path(place).resolve() for place in (spec.submodule_search_locations or ())] if spec else []
    if root.resolve() not in places:
        raise ConfigurationError(
            ["--folder: this folder is no checkout of the product; say where the vendor folder is to lie"]
        )
    return root / role.lower() / name, f"{INSTALLED}.{role.lower()}.{name}"


def _objections(name: str, role: SystemRole, home: Path, package: str, taken: Collection[str]) -> Iterator[str]:
    if role not in PORTS:
        yield f"--role: vendors play {', '.join(PORTS)}"
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        yield f"NAME: {name!r} is no name of a vendor: two to forty small letters, digits and underscores, a letter first"
    elif name in taken:
        yield f"NAME: there is an adapter for {name} already"
    elif "." not in package and importlib.util.find_spec(name) is not None:
        yield f"NAME: {name} is a module of Python's already, and would hide behind it"
    if home.exists():
        yield f"--folder: {home} is there already"


def _files(role: SystemRole) -> Iterator[tuple[Traversable, Path]]:
    """Yield the templates with their targets: what all roles share, then the role's own."""
    root = files("gateway.cli").joinpath(_TEMPLATES)
    for at, below in ((root, Path()), (root / "twin", Path("twin")), (root / role.value, Path())):
        for each in sorted(at.iterdir(), key=lambda entry: entry.name):
            if each.is_file() and each.name.endswith(_SUFFIX):
                yield each, below / each.name.removesuffix(_SUFFIX)
