"""psgw schema: the contract, printed from the code and compared with what was printed before."""

from pathlib import Path
from typing import Annotated

import typer
from graphql import build_schema, find_schema_changes

from gateway.cli.options import Json
from gateway.cli.output import PEOPLE, Exit, data, data_json, failures
from gateway.loaders.catalogue import LOADERS
from gateway.schema.build import build

app = typer.Typer(help="The contract.", no_args_is_help=True)

CONTRACT = Path("canonical_schema.graphql")
Against = Annotated[Path, typer.Option("--against", help="The contract to compare with.")]


def printed() -> str:
    """Return the contract as text."""
    return build(LOADERS).sdl.rstrip() + "\n"


@app.command("print")
def print_(output: Annotated[Path | None, typer.Option("--output", help="Write to a file instead.")] = None) -> None:
    """Print the contract from the code."""
    with failures():
        text = printed()
        if output is None:
            data(text.rstrip())
        else:
            output.write_text(text, encoding="utf-8")
            PEOPLE.print(f"wrote {output}")


@app.command()
def diff(against: Against = CONTRACT, json: Json = False) -> None:
    """List what changed, by kind; exit 4 when something breaks clients."""
    with failures():
        changes = contract_changes(against.read_text(encoding="utf-8"), printed())
    if json:
        data_json([{"kind": kind, "change": name, "description": words} for kind, name, words in changes])
    else:
        for kind, _, words in changes:
            data(f"{kind}: {words}")
    raise typer.Exit(Exit.FINDINGS if any(kind == "breaking" for kind, _, _ in changes) else Exit.OK)


@app.command()
def check(against: Against = CONTRACT) -> None:
    """Exit 4 unless the committed contract is exactly what the code prints."""
    with failures():
        same = against.read_text(encoding="utf-8") == printed()
    if not same:
        PEOPLE.print(f"{against} is not what the code prints; run psgw schema print --output {against}")
    raise typer.Exit(Exit.OK if same else Exit.FINDINGS)


def contract_changes(before: str, after: str) -> list[tuple[str, str, str]]:
    """Return (breaking | dangerous | safe, kind of change, description) for every difference between two contracts."""
    old, new = (build_schema(text, assume_valid_sdl=True) for text in (before, after))
    return [(_severity(change), change.type.name, change.description) for change in find_schema_changes(old, new)]


def _severity(change: object) -> str:
    """graphql-core names the classes BreakingChange, DangerousChange and SafeChange."""
    return type(change).__name__.removesuffix("Change").lower()
