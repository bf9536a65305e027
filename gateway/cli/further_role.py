"""Adds a role to an existing vendor folder: its own files, missing shared files, and the edits of the manifest."""

import importlib.util
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from gateway.canonical.roles import SystemRole
from gateway.cli.adapter_templates import ROLE_FILES, Names, render, to_title
from gateway.errors import ConfigurationError
from gateway.ports.discovery import MANIFEST, Manifest

_ROLES: Final = "roles.py"
_SHARED: Final = ("failures.py", "mapping.py", "options.py")
"""The shared files that a role's own files import."""
_HEADER: Final = '"""Opens a connection in the role that the settings give it."""\n'


class AddedRole(NamedTuple):
    """A folder with a new role: the new files, the edits that were made, and the edits that are left to do."""

    home: Path
    written: Sequence[Path]
    edited: Sequence[str]
    left: Sequence[str]


def add_role(manifest: Manifest, role: SystemRole) -> AddedRole:
    """Add a role to a vendor folder; existing files stay, but for the manifest and a generated roles.py.

    Raises ConfigurationError when the vendor plays the role already, or a file of the role exists.
    """
    package = manifest.adapter.partition(":")[0].rpartition(".")[0]
    home = _find_folder(manifest, package)
    names = _build_names(manifest, role, package)
    files = {home / target: text for target, text in render(role, names).items()}
    own = {home / f"{Path(name).stem}_{role.lower()}.py" for name in ROLE_FILES}
    findings = [f"--role: {path} exists already" for path in sorted(own) if path.exists()]
    if role in manifest.roles:
        findings = [f"NAME: an adapter for {manifest.vendor} in the role {role} exists already: {home}"]
    if findings:
        raise ConfigurationError(findings)
    # conformance.py and the twin stay as they are: they serve another role, and only their author can extend them.
    needed = own | {home / name for name in _SHARED}
    new = {path: text for path, text in files.items() if path in needed and not path.exists()}
    manifest_text, edited = _edit_manifest(home / MANIFEST, manifest, role, package)
    dispatch = _build_dispatch(manifest, role, package, home)
    left = [f"conformance.py: let run_system() serve {role} too"]
    if dispatch is None:
        left.insert(0, f"{_ROLES}: let connect() open adapter_{role.lower()} for {role}")
    else:
        new[home / _ROLES] = dispatch
    for path, text in {**new, home / MANIFEST: manifest_text}.items():
        path.write_text(text, encoding="utf-8")
    return AddedRole(home, sorted(new), edited, left)


def _find_folder(manifest: Manifest, package: str) -> Path:
    spec = importlib.util.find_spec(package) if package else None
    for root in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(root) / MANIFEST).exists():
            return Path(root)
    raise ConfigurationError([f"NAME: the folder of {manifest.vendor} has no {MANIFEST} beside its adapter module"])


def _build_names(manifest: Manifest, role: SystemRole, package: str) -> Names:
    module, _, mapping = (manifest.mapping or "").partition(":")
    return Names(
        vendor=manifest.vendor,
        role=role.value,
        package=package,
        suffix=f"_{role.lower()}",
        mapping=mapping or f"{to_title(manifest.vendor)}Mapping",
        mapping_module=module.removeprefix(f"{package}.") or "mapping",
    )


def _edit_manifest(path: Path, manifest: Manifest, role: SystemRole, package: str) -> tuple[str, Sequence[str]]:
    """Return the text with the role and the dispatching adapter, and what was changed; comments stay."""
    roles = ", ".join(f'"{each}"' for each in (*manifest.roles, role))
    keys = {"roles": f"[{roles}]", "adapter": f'"{package}.roles:connect"'}
    text, edited = path.read_text(encoding="utf-8"), []
    for key, value in keys.items():
        line = f"{key} = {value}"
        changed = re.sub(rf"(?m)^{key}\s*=\s*(?:\[[^\]]*\]|.*$)", line, text, count=1)
        if changed != text:
            edited.append(f"{MANIFEST}: {line}")
        text = changed
    if manifest.mapping is None:
        line = f'mapping = "{package}.mapping:{to_title(manifest.vendor)}Mapping"'
        text, edited = f"{text.rstrip()}\n{line}\n", [*edited, f"{MANIFEST}: {line}"]
    return text, edited


def _build_dispatch(manifest: Manifest, role: SystemRole, package: str, home: Path) -> str | None:
    """Return the text of roles.py; None when it was edited by hand, as it is then left alone."""
    place = home / _ROLES
    if not place.exists():
        module, _, name = manifest.adapter.partition(":")
        return _format_dispatch(f"from .{module.removeprefix(f'{package}.')} import {name} as connect_first", [role])
    text = place.read_text(encoding="utf-8")
    first = re.search(r"(?m)^from \.\S+ import \w+ as connect_first$", text)
    known = [SystemRole(each.upper()) for each in re.findall(r"(?m)^from \.adapter_(\w+) import connect as", text)]
    if first is None or text != _format_dispatch(first[0], known):
        return None
    return _format_dispatch(first[0], [*known, role])


def _format_dispatch(first: str, roles: Sequence[SystemRole]) -> str:
    imports: Mapping[str, str] = {
        f"adapter_{role.lower()}": f"from .adapter_{role.lower()} import connect as connect_{role.lower()}"
        for role in roles
    }
    lines = sorted([first, *imports.values()], key=lambda line: line.split(" ")[1])
    entries = "".join(f"    SystemRole.{role}: connect_{role.lower()},\n" for role in roles)
    return (
        f"{_HEADER}\n"
        "from collections.abc import Callable, Mapping\n\n"
        "from gateway.canonical.roles import SystemRole\n"
        "from gateway.ports.base import SystemPort\n"
        "from gateway.ports.connection import Connection\n\n"
        f"{chr(10).join(lines)}\n\n"
        f"_FURTHER: Mapping[SystemRole, Callable[[Connection], SystemPort]] = {{\n{entries}}}\n\n\n"
        "def connect(connection: Connection) -> SystemPort:\n"
        '    """Open a connection; raise ConfigurationError for options or a mapping file that cannot work."""\n'
        "    return _FURTHER.get(connection.role, connect_first)(connection)\n"
    )
