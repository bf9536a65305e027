"""psgw: the command."""

import asyncio
from typing import Annotated

import typer

from gateway.app import application, open_gateway
from gateway.cli import check, demo, schema, systems, token
from gateway.cli.options import Json, SettingsFile, settings_of
from gateway.cli.output import PEOPLE, Exit, data, data_json, failures
from gateway.cli.serving import listen
from gateway.net.documents import fetch_document
from gateway.ports.discovery import discover
from gateway.settings import Settings, json_schema

app = typer.Typer(
    help="One graph and one process layer over the systems of a professional-services firm.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(schema.app, name="schema")
app.add_typer(systems.identities, name="identities")
app.command("check")(check.check)
app.command("sync")(systems.sync)
app.command("demo")(demo.demo)
app.add_typer(token.app, name="token")

config = typer.Typer(help="Settings.", no_args_is_help=True)
adapters = typer.Typer(help="Vendors.", no_args_is_help=True)
app.add_typer(config, name="config")
app.add_typer(adapters, name="adapters")


@app.command()
def serve(settings: SettingsFile = None) -> None:
    """Serve the graph until stopped; the card index is kept up to date meanwhile."""
    with failures():
        asyncio.run(_serve(settings_of(settings)))


async def _serve(settings: Settings) -> None:
    async with open_gateway(settings) as gateway:
        PEOPLE.print(f"http://{settings.serve.host}:{settings.serve.port}/graphql")
        await listen(settings.serve.host, settings.serve.port, application(gateway))


@app.command()
def health(url: Annotated[str, typer.Option(help="What to ask.")] = "http://127.0.0.1:8000/livez") -> None:
    """Exit 0 when a served gateway answers; for container health checks."""
    try:
        asyncio.run(fetch_document(url))
    except Exception:  # noqa: BLE001 -- whatever it is, there is no healthy answer
        healthy = False
    else:
        healthy = True
    raise typer.Exit(Exit.OK if healthy else Exit.UNREACHABLE)


@config.command("schema")
def config_schema() -> None:
    """Print the JSON Schema of the settings file."""
    data_json(json_schema())


@adapters.command("list")
def adapters_list(settings: SettingsFile = None, json: Json = False) -> None:
    """List the vendors that were found, and the roles that each can play."""
    with failures():
        given = settings_of(settings)
        found = discover([given.home / folder for folder in given.adapters.folders])
    if json:
        data_json({name: list(manifest.roles) for name, manifest in found.items()})
    else:
        for name, manifest in sorted(found.items()):
            data(f"{name}: {', '.join(manifest.roles)} ({manifest.api_version})")
