"""What every test lives by: no socket beyond this machine."""

import ipaddress
import os
import sys
from typing import Any

pytest_plugins = ["tests.fixtures.firm", "tests.fixtures.stores"]


def _refuse_the_world(event: str, args: tuple[Any, ...]) -> None:
    """Refuse connections that leave loopback, as tests bring their own servers; the contract tests of a live tenant need them."""
    if event != "socket.connect" or "PSGW_CONTRACT_SETTINGS" in os.environ:
        return
    address = args[1]
    host = address[0] if isinstance(address, tuple) else None
    if host is None or host == "localhost":
        return
    if not ipaddress.ip_address(host).is_loopback:
        raise PermissionError(f"tests may not connect to {host}")


sys.addaudithook(_refuse_the_world)
