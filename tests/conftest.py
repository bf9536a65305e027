"""Blocks sockets that leave this machine, and loads the shared fixtures."""

import ipaddress
import sys
from typing import Any

pytest_plugins = ["tests.fixtures.firm", "tests.fixtures.stores", "tests.fixtures.tryton"]


def _refuse_the_world(event: str, args: tuple[Any, ...]) -> None:
    """Refuse connections that leave loopback: tests start their own servers."""
    if event != "socket.connect":
        return
    address = args[1]
    host = address[0] if isinstance(address, tuple) else None
    if host is None or host == "localhost":
        return
    if not ipaddress.ip_address(host).is_loopback:
        raise PermissionError(f"tests may not connect to {host}")


sys.addaudithook(_refuse_the_world)
