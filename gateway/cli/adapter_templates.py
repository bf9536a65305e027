"""Renders the templates of a vendor folder."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from typing import Final

from gateway.canonical.roles import SystemRole

_SUFFIX: Final = ".tmpl"
_TEMPLATES: Final = "templates/adapter"
ROLE_FILES: Final = ("adapter.py", "lineage.py", "system.py")
"""The files that each role has of its own; all others are shared."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """The names that a vendor folder uses for itself. `suffix` is that of a further role's files, such as `_erp`."""

    vendor: str
    role: str
    package: str
    suffix: str
    mapping: str
    """The class of the mapping file."""
    mapping_module: str
    """Its module, relative to the package."""

    def as_substitutions(self) -> dict[str, str]:
        """Return the placeholders of the templates."""
        title = to_title(self.vendor)
        part = f"{title}{self.role.title()}" if self.suffix else title
        own = {Path(name).stem: f"{Path(name).stem}{self.suffix}" for name in ROLE_FILES}
        return {
            **asdict(self),
            **{f"{stem}_module": module for stem, module in own.items()},
            "Vendor": title,
            "Part": part,
            "host": self.vendor.replace("_", "-"),
        }


def to_title(vendor: str) -> str:
    """Return a vendor's name as the start of a class name."""
    return "".join(part.capitalize() for part in vendor.split("_"))


def build_names(vendor: str, role: SystemRole, package: str) -> Names:
    """Return the names of a new vendor folder."""
    mapping = f"{to_title(vendor)}Mapping"
    return Names(vendor=vendor, role=role.value, package=package, suffix="", mapping=mapping, mapping_module="mapping")


def render(role: SystemRole, names: Names) -> Mapping[Path, str]:
    """Return the text of every file: those that all roles share, then the role's own."""
    substitutions = names.as_substitutions()
    return {
        _add_suffix(target, names.suffix): Template(source.read_text(encoding="utf-8")).substitute(substitutions)
        for source, target in _list_templates(role)
    }


def _add_suffix(target: Path, suffix: str) -> Path:
    return target.with_stem(f"{target.stem}{suffix}") if target.name in ROLE_FILES else target


def _list_templates(role: SystemRole) -> Iterator[tuple[Traversable, Path]]:
    root = files("gateway.cli").joinpath(_TEMPLATES)
    for at, below in ((root, Path()), (root / "twin", Path("twin")), (root / role.value, Path())):
        for each in sorted(at.iterdir(), key=lambda entry: entry.name):
            if each.is_file() and each.name.endswith(_SUFFIX):
                yield each, below / each.name.removesuffix(_SUFFIX)
