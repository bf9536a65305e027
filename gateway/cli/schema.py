"""psgw schema: print the GraphQL contract from the code, and compare it with a committed one."""

from pathlib import Path
from typing import Annotated

import typer
from graphql import GraphQLError, build_schema, find_schema_changes

from gateway.cli.options import Json
from gateway.cli.output import STDERR, Exit, handle_errors, print_data, print_error, print_json
from gateway.errors import ConfigurationError
from gateway.loaders.catalogue import LOADERS
from gateway.schema.build import build_graph

app = typer.Typer(help="Print the GraphQL contract, and compare it with a committed one.", no_args_is_help=True)

CONTRACT = Path("canonical_schema.graphql")
Against = Annotated[Path, typer.Option("--against", help="Contract file to compare with.")]


def format_contract() -> str:
    """Return the contract as text."""
    return build_graph(LOADERS).sdl.rstrip() + "\n"


@app.command("print")
def print_(
    output: Annotated[Path | None, typer.Option("--output", help="Write to this file instead of stdout.")] = None,
    json: Json = False,
) -> None:
    """Print the contract from the code.

    Exit 2: the file cannot be written.
    """
    with handle_errors():
        text = format_contract()
        if output is not None:
            _write(output, text)
        elif json:
            print_json({"sdl": text})
        else:
            print_data(text.rstrip())


@app.command()
def diff(against: Against = CONTRACT, json: Json = False) -> None:
    """List the changes since a committed contract: breaking, dangerous and safe ones.

    Exit 0: no breaking change; 2: the contract to compare with cannot be read; 4: breaking changes.
    """
    with handle_errors():
        changes = find_contract_changes(_read(against), format_contract())
    if json:
        print_json([{"kind": kind, "change": name, "description": text} for kind, name, text in changes])
    else:
        for kind, _, text in changes:
            print_data(f"{kind}: {text}")
    raise typer.Exit(Exit.FINDINGS if any(kind == "breaking" for kind, _, _ in changes) else Exit.OK)


@app.command()
def check(against: Against = CONTRACT, json: Json = False) -> None:
    """Check that a committed contract is exactly what the code prints.

    Exit 0: it is; 2: the contract cannot be read; 4: it differs.
    """
    with handle_errors():
        same = _read(against) == format_contract()
    if json:
        print_json({"same": same, "against": str(against)})
    elif not same:
        print_error(f"{against} differs from the code; run psgw schema print --output {against}")
    raise typer.Exit(Exit.OK if same else Exit.FINDINGS)


def _read(against: Path) -> str:
    try:
        return against.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError([f"{against} cannot be read; name a contract with --against"]) from None


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError([f"{output} cannot be written: {error.strerror}"]) from None
    STDERR.print(f"wrote {output}", soft_wrap=True, highlight=False)


def find_contract_changes(before: str, after: str) -> list[tuple[str, str, str]]:
    """Return (breaking | dangerous | safe, kind of change, description) per difference between two contracts.

    Raises ConfigurationError for a text that is not a schema.
    """
    try:
        old, new = (build_schema(text, assume_valid_sdl=True) for text in (before, after))
    except GraphQLError as error:
        raise ConfigurationError([f"the contract cannot be read: {error.message}"]) from None
    return [(_classify(change), change.type.name, change.description) for change in find_schema_changes(old, new)]


def _classify(change: object) -> str:
    """Return the severity; graphql-core names the classes BreakingChange, DangerousChange and SafeChange."""
    return type(change).__name__.removesuffix("Change").lower()
