"""Blocks sockets that leave this machine, and loads the shared fixtures."""

import ipaddress
import os
import sys
from typing import Any

from hypothesis import settings

pytest_plugins = ["tests.fixtures.firm", "tests.fixtures.stores", "tests.fixtures.tryton"]


def _refuse_remote_connections(event: str, args: tuple[Any, ...]) -> None:
    """Refuse connections that leave loopback: tests start their own servers. Contract tests of a live tenant may."""
    if event != "socket.connect" or "PSGW_CONTRACT_SETTINGS" in os.environ:
        return
    address = args[1]
    host = address[0] if isinstance(address, tuple) else None
    if host is None or host == "localhost":
        return
    if not ipaddress.ip_address(host).is_loopback:
        raise PermissionError(f"tests may not connect to {host}")


sys.addaudithook(_refuse_remote_connections)

# An example may take long on a busy machine; pytest's timeout bounds the whole test.
settings.register_profile("psgw", deadline=None)
settings.load_profile("psgw")
