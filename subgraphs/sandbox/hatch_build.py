"""Builds psgw-sandbox from exactly the files that the root's pyproject.toml excludes from the wheel of psgw."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface
from pathspec import GitIgnoreSpec

TREE = Path(__file__).parents[2]


class SandboxMetadata(MetadataHookInterface):
    """Takes the version from the root; the sandbox works with the gateway of the same version only."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set version and dependencies."""
        version = _load_root()["project"]["version"]
        metadata["version"] = version
        metadata["dependencies"] = [f"psgw=={version}"]


class SandboxFiles(BuildHookInterface[Any]):
    """Selects the files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- hatchling's signature
        """Name every file of the distribution."""
        build_data["force_include"] = {str(TREE / name): name for name in _list_files()}


def _list_files() -> Iterator[str]:
    excluded = GitIgnoreSpec.from_lines(_load_root()["tool"]["hatch"]["build"]["targets"]["wheel"]["exclude"])
    files = (path.relative_to(TREE) for path in sorted((TREE / "subgraphs").rglob("*")) if path.is_file())
    return excluded.match_files(path.as_posix() for path in files if _is_shipped(path))


def _is_shipped(path: Path) -> bool:
    return "__pycache__" not in path.parts and path.name not in {"hatch_build.py", "pyproject.toml"}


def _load_root() -> dict[str, Any]:
    return tomllib.loads((TREE / "pyproject.toml").read_text(encoding="utf-8"))
