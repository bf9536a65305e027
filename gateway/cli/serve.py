"""psgw serve: serve the graph."""

import asyncio
import errno
import logging
import socket
from typing import Final

from gateway.cli.control import accept_requests, choose_address
from gateway.cli.logs import configure_logging
from gateway.cli.options import SettingsFile, load_effective_settings
from gateway.cli.output import STDERR, handle_errors
from gateway.cli.server import serve_application
from gateway.composition import create_application, open_gateway
from gateway.errors import ConfigurationError
from gateway.settings import Settings

_LOG: Final = logging.getLogger(__name__)


def serve(settings: SettingsFile = None) -> None:
    """Serve the graph until stopped, and keep the card index up to date; the log goes to stderr as JSON lines.

    Exit 2: the settings are invalid, the store cannot be opened, or the port is in use; 130: stopped by Ctrl-C.
    """
    configure_logging()
    with handle_errors():
        asyncio.run(_serve(load_effective_settings(settings)))


async def _serve(settings: Settings) -> None:
    require_free(settings.serve.host, settings.serve.port)
    control = choose_address(settings)
    async with open_gateway(settings, address=control) as gateway, accept_requests(gateway, control):
        address = f"http://{settings.serve.host}:{settings.serve.port}/graphql"
        if STDERR.is_terminal:
            STDERR.print(f"Graph:  {address}", highlight=False)
        else:
            _LOG.info("serving the graph at %s", address)
        await serve_application(settings.serve.host, settings.serve.port, create_application(gateway))


def require_free(host: str, port: int, option: str = "serve.port") -> None:
    """Raise ConfigurationError when no server can listen on the address."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        reason = "is already in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise ConfigurationError([f"Address {host}:{port} {reason}; choose another with {option}."]) from None
