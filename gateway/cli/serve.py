"""psgw serve: the graph, until stopped."""

import asyncio
import logging
import socket
from typing import Final

from gateway.app import application, open_gateway
from gateway.cli.logs import log_json_lines
from gateway.cli.options import SettingsFile, settings_of
from gateway.cli.output import PEOPLE, failures
from gateway.cli.serving import listen
from gateway.errors import ConfigurationError
from gateway.settings import Settings

_LOG: Final = logging.getLogger(__name__)


def serve(settings: SettingsFile = None) -> None:
    """Serve the graph until stopped, with a log of JSON lines on stderr; the card index is kept up to date meanwhile.

    Exit 2: the settings cannot work, the store cannot be opened, or the port is taken; 130: stopped by Ctrl-C.
    """
    log_json_lines()
    with failures():
        asyncio.run(_serve(settings_of(settings)))


async def _serve(settings: Settings) -> None:
    require_free(settings.serve.host, settings.serve.port)
    async with open_gateway(settings) as gateway:
        address = f"http://{settings.serve.host}:{settings.serve.port}/graphql"
        if PEOPLE.is_terminal:
            PEOPLE.print(f"The graph:  {address}", highlight=False)
        else:
            _LOG.info("the graph is served at %s", address)
        await listen(settings.serve.host, settings.serve.port, application(gateway))


def require_free(host: str, port: int) -> None:
    """Raise ConfigurationError when nobody can listen there."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        raise ConfigurationError([f"cannot listen on {host}:{port}: {error.strerror}; choose another port"]) from None
