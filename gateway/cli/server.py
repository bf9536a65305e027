"""Serves the gateway's web application."""

import socket

import uvicorn
from starlette.applications import Starlette

from gateway.http.header_limits import HeaderLimitProtocol
from gateway.http.request_body import MAX_BODY_BYTES

DRAIN_SECONDS = 15
PING_SECONDS = 20


class DrainingServer(uvicorn.Server):
    """A server that closes WebSockets with a close frame before it closes the other connections."""

    def __init__(self, config: uvicorn.Config, application: Starlette) -> None:
        super().__init__(config)
        self._application = application

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain the WebSockets, then shut down."""
        await self._application.state.drain()
        await super().shutdown(sockets)


async def serve_application(host: str, port: int, application: Starlette) -> None:
    """Serve an application until it is stopped; requests in flight get 15 seconds to finish."""
    config = uvicorn.Config(
        application,
        host=host,
        http=HeaderLimitProtocol,
        port=port,
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        ws="websockets-sansio",
        ws_max_size=MAX_BODY_BYTES,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        ws_per_message_deflate=False,
    )
    await DrainingServer(config, application).serve()
