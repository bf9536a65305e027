"""psgw adapters: list the vendors, write a vendor folder or a further role of one, verify the folders."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from gateway.canonical.roles import SystemRole
from gateway.cli.further_role import AddedRole, add_role
from gateway.cli.options import Json, SettingsFile, load_effective_settings
from gateway.cli.output import STDERR, Exit, handle_errors, print_data, print_json
from gateway.cli.scaffold import write_vendor
from gateway.errors import ConfigurationError
from gateway.ports.base import Finding
from gateway.ports.discovery import Manifest, discover
from gateway.ports.verification import verify as verify_manifest

app = typer.Typer(help="List, create and verify vendor folders.", no_args_is_help=True)

NEXT = """\
Next steps, in this order; each is done when its tests pass:
  1. options.py, failures.py: log in at a sandbox tenant
  2. wire.py, mapping.py, adapter.py, system.py, lineage.py: every NotImplementedYetError says what its method has to do
  3. conformance.py, twin/: an imitation of the vendor, for tests without a tenant
{run}
The chapter "Add a vendor in one folder" of CONTRIBUTING.md describes each step.
"""
_IN_TREE = """\
Against the twin:   python -m pytest tests/contract -k {name}
Against a tenant:   PSGW_CONTRACT_SETTINGS=psgw.toml python -m pytest tests/contract -k {name}
The folder:         psgw adapters verify {name}"""
_OUTSIDE = """\
In the settings, name the folder:  [adapters] folders = ["{folder}"]
In a checkout of the product:
  against a tenant: PSGW_CONTRACT_SETTINGS=/path/to/psgw.toml python -m pytest tests/contract -k {name}
  against the twin: PSGW_CONTRACT_FOLDERS={folder} python -m pytest tests/contract -k {name}
The folder:         psgw adapters verify {name}"""


class VendorRole(StrEnum):
    """The roles that a vendor can play; the gateway itself plays the one that is missing here."""

    CRM = "CRM"
    PSA = "PSA"
    HCM = "HCM"
    ERP = "ERP"


@app.command("list")
def list_(settings: SettingsFile = None, json: Json = False) -> None:
    """List the installed vendors and their roles.

    Exit 2: a folder that the settings name cannot be read.
    """
    with handle_errors():
        manifests = _discover(settings)
    if json:
        print_json({name: list(manifest.roles) for name, manifest in manifests.items()})
    else:
        for name, manifest in sorted(manifests.items()):
            print_data(f"{name}: {', '.join(manifest.roles)} ({manifest.api_version})")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the vendor, as in its folder and manifest.")],
    role: Annotated[VendorRole, typer.Option(help="Role of the system.")],
    folder: Annotated[
        Path | None,
        typer.Option(help="Parent of the new vendor folder; in a checkout the default is subgraphs/ROLE."),
    ] = None,
    settings: SettingsFile = None,
) -> None:
    """Write a new vendor folder, or add a role to an existing one.

    The gateway finds the folder at once. Every method raises an error that says what to implement.

    Exit 2: the name is invalid, the vendor plays the role already, or the folder cannot be written; nothing is written.
    """
    with handle_errors():
        manifests = _discover(settings, folder)
        if name in manifests:
            _print_added_role(add_role(manifests[name], SystemRole(role)))
            return
        home = write_vendor(name, SystemRole(role), folder, manifests)
    print_data(str(home))
    run = _IN_TREE if folder is None else _OUTSIDE
    _print_hint(NEXT.format(run=run.format(name=name, folder=home.parent.resolve())))


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Vendors to verify; default: all.")] = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Verify that each vendor folder contains what its manifest declares; no vendor is called.

    Exit 2: there is no such vendor; 4: a folder is incomplete.
    """
    with handle_errors():
        manifests = _discover(settings)
        findings = {name: verify_manifest(manifests[name]) for name in _select(names or [], manifests)}
    if json:
        print_json({name: [msgspec.structs.asdict(each) for each in found] for name, found in findings.items()})
    else:
        for name, found in findings.items():
            for each in found:
                print_data(_format(name, each))
    failed = any(not each.ok for found in findings.values() for each in found)
    raise typer.Exit(Exit.FINDINGS if failed else Exit.OK)


def _discover(path: Path | None, folder: Path | None = None) -> dict[str, Manifest]:
    """Return the installed vendors, those of the folders that the settings name, and those of `folder`."""
    settings = load_effective_settings(path)
    folders = [settings.home / each for each in settings.adapters.folders]
    if folder is not None and folder.is_dir() and folder.resolve() not in [each.resolve() for each in folders]:
        folders.append(folder.resolve())
    return discover(folders)


def _select(names: list[str], manifests: dict[str, Manifest]) -> list[str]:
    known = ", ".join(sorted(manifests))
    unknown = [f"NAME: there is no adapter for {name}; choose from {known}" for name in names if name not in manifests]
    if unknown:
        raise ConfigurationError(unknown)
    return list(dict.fromkeys(names)) or sorted(manifests)


def _format(name: str, finding: Finding) -> str:
    remedy = f" — {finding.remedy}" if finding.remedy and not finding.ok else ""
    return f"{'✓' if finding.ok else '✗'} {name}: {finding.subject}: {finding.message}{remedy}"


def _print_added_role(added: AddedRole) -> None:
    for path in added.written:
        print_data(str(path))
    lines = [f"Edited {each}" for each in added.edited] + [f"To do: {each}" for each in added.left]
    _print_hint("\n".join(lines))


def _print_hint(text: str) -> None:
    STDERR.print(text, highlight=False, markup=False, soft_wrap=True)
