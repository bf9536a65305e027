"""Serves the gateway's web application."""

import uvicorn
from starlette.types import ASGIApp

DRAIN_SECONDS = 15


async def listen(host: str, port: int, served: ASGIApp) -> None:
    """Serve an application until it is told to stop; requests in flight get 15 seconds to end."""
    config = uvicorn.Config(
        served,
        host=host,
        port=port,
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    await uvicorn.Server(config).serve()
