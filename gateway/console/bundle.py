"""The built bundle: what a page has to link, and its files with their compressed twins."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

STATIC = Path(__file__).with_name("static")
MANIFEST = ".vite/manifest.json"
CODINGS = {".br": "br", ".gz": "gzip"}
"""Endings of compressed twins and their content codings (RFC 9110, 8.4.1), the smallest first."""


class _Chunk(msgspec.Struct, rename="camel"):
    """A chunk of vite's manifest."""

    file: str
    imports: list[str] = []
    css: list[str] = []


@dataclass(frozen=True)
class Entry:
    """What a page links, relative to the bundle: its script, the scripts that this one imports, and styles."""

    script: str
    imports: tuple[str, ...]
    styles: tuple[str, ...]


class Bundle:
    """A folder that vite has written."""

    def __init__(self, folder: Path, chunks: Mapping[str, _Chunk]) -> None:
        self._chunks = chunks
        files = [path for path in folder.rglob("*") if path.is_file() and path.parent != folder / ".vite"]
        plain = [path for path in files if path.suffix not in CODINGS]
        self.files = {path.relative_to(folder).as_posix(): _find_codings(path) for path in plain}
        """Path per content coding, per file that may be served; the key of a file as it is, is "identity"."""

    def get_entry(self, source: str) -> Entry:
        """Return what the page of an entry links; raises KeyError for a source that is no entry."""
        reached: dict[str, _Chunk] = {}
        waiting = [source]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached[name] = self._chunks[name]
                waiting.extend(reached[name].imports)
        script = reached.pop(source)
        styles = [style for chunk in (script, *reached.values()) for style in chunk.css]
        return Entry(script.file, tuple(chunk.file for chunk in reached.values()), tuple(dict.fromkeys(styles)))


def _find_codings(path: Path) -> dict[str, Path]:
    twins = {coding: path.with_name(path.name + ending) for ending, coding in CODINGS.items()}
    return {**{coding: twin for coding, twin in twins.items() if twin.exists()}, "identity": path}


def find_bundle(folder: Path = STATIC) -> Bundle | None:
    """Read the bundle; None where none has been built."""
    manifest = folder / MANIFEST
    if not manifest.exists():
        return None
    return Bundle(folder, msgspec.json.decode(manifest.read_bytes(), type=dict[str, _Chunk]))
