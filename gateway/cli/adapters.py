"""psgw adapters: the vendors that were found, a new one, and whether each folder holds what its manifest says."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from gateway.canonical.roles import SystemRole
from gateway.cli.options import Json, SettingsFile, load_settings
from gateway.cli.output import STDERR, Exit, print_data, print_json, handle_errors
from gateway.cli.scaffold import write
from gateway.errors import ConfigurationError
from gateway.ports.base import Finding
from gateway.ports.discovery import Manifest, discover
from gateway.ports.verification import verify as verified

app = typer.Typer(help="Vendors: those that were found, a new one, whether each is whole.", no_args_is_help=True)

NEXT = """\
Go on in this order; each step ends when its tests pass:
  1. wire.py, mapping.py: what the vendor sends, and records out of it
  2. twin/: a system that misbehaves as the vendor does, with the small firm in it; conformance.py tells its ids
  3. adapter.py, system.py, lineage.py: what raises UnbuiltError says what it wants
{run}
The chapter "Add a vendor in one folder" of CONTRIBUTING.md says what each step takes.
"""
_IN_TREE = """\
Run: python -m pytest tests/contract -k {name}
Then: psgw adapters verify {name}"""
_BESIDE = """\
Name the folder in the settings:  [adapters] folders = ["{folder}"]
Run, in a checkout: PSGW_CONTRACT_FOLDERS={folder} python -m pytest tests/contract -k {name}
Then: psgw adapters verify {name}"""


@app.command("list")
def list_(settings: SettingsFile = None, json: Json = False) -> None:
    """List the vendors that were found, and the roles that each can play.

    Exit 2: a folder that the settings name cannot be read.
    """
    with handle_errors():
        found = _found(settings)
    if json:
        print_json({name: list(manifest.roles) for name, manifest in found.items()})
    else:
        for name, manifest in sorted(found.items()):
            print_data(f"{name}: {', '.join(manifest.roles)} ({manifest.api_version})")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="The vendor, as its folder and manifest spell it.")],
    role: Annotated[SystemRole, typer.Option(help="What it plays.")],
    folder: Annotated[
        Path | None, typer.Option(help="Where the vendor folder is to lie; in a checkout, beside the others.")
    ] = None,
    settings: SettingsFile = None,
) -> None:
    """Write a vendor folder that is sound, found and unbuilt: every promise fails and says what to do next.

    Exit 2: the name is taken, or it cannot be written there; nothing is written.
    """
    with handle_errors():
        home = write(name, role, folder, _found(settings))
    print_data(str(home))
    run = _IN_TREE if folder is None else _BESIDE
    STDERR.print(
        NEXT.format(run=run.format(name=name, folder=home.parent.resolve())),
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="These vendors only.")] = None,
    settings: SettingsFile = None,
    json: Json = False,
) -> None:
    """Look whether each vendor folder holds what its manifest says, without reaching a vendor.

    Exit 2: there is no such vendor; 4: something is wrong.
    """
    with handle_errors():
        found = _found(settings)
        findings = {name: verified(found[name]) for name in _chosen(names or [], found)}
    if json:
        print_json({name: [msgspec.structs.asdict(each) for each in told] for name, told in findings.items()})
    else:
        for name, told in findings.items():
            for each in told:
                print_data(_line(name, each))
    wrong = any(not each.ok for told in findings.values() for each in told)
    raise typer.Exit(Exit.FINDINGS if wrong else Exit.OK)


def _found(settings: Path | None) -> dict[str, Manifest]:
    given = load_settings(settings)
    return discover([given.home / folder for folder in given.adapters.folders])


def _chosen(names: list[str], found: dict[str, Manifest]) -> list[str]:
    unknown = [
        f"NAME: no adapter for {name}; there are {', '.join(sorted(found))}" for name in names if name not in found
    ]
    if unknown:
        raise ConfigurationError(unknown)
    return list(dict.fromkeys(names)) or sorted(found)


def _line(name: str, finding: Finding) -> str:
    remedy = f" — {finding.remedy}" if finding.remedy and not finding.ok else ""
    return f"{'✓' if finding.ok else '✗'} {name}: {finding.subject}: {finding.message}{remedy}"
