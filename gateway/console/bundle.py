"""The built bundle: the files that a page links, and every file with its compressed variants."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

STATIC = Path(__file__).with_name("static")
MANIFEST = ".vite/manifest.json"
CODINGS = {".br": "br", ".gz": "gzip"}
"""Suffixes of compressed variants and their content codings (RFC 9110, 8.4.1), the smallest first."""


class _Chunk(msgspec.Struct, rename="camel"):
    """A chunk of vite's manifest."""

    file: str
    imports: list[str] = []
    css: list[str] = []


@dataclass(frozen=True)
class Entry:
    """The files that a page links, relative to the bundle: its script, the scripts that it imports, and styles."""

    script: str
    imports: tuple[str, ...]
    styles: tuple[str, ...]


class Bundle:
    """A folder written by vite."""

    def __init__(self, folder: Path, chunks: Mapping[str, _Chunk]) -> None:
        self._chunks = chunks
        files = [path for path in folder.rglob("*") if path.is_file() and path.parent != folder / ".vite"]
        plain = [path for path in files if path.suffix not in CODINGS]
        self.files = {path.relative_to(folder).as_posix(): _find_codings(path) for path in plain}
        """Paths per file that may be served, by content coding; "identity" is the uncompressed file."""

    def get_entry(self, source: str) -> Entry:
        """Return the files that the page of an entry links; raise KeyError for an unknown entry."""
        chunks: dict[str, _Chunk] = {}
        pending = [source]
        while pending:
            name = pending.pop()
            if name not in chunks:
                chunks[name] = self._chunks[name]
                pending.extend(chunks[name].imports)
        script = chunks.pop(source)
        styles = [style for chunk in (script, *chunks.values()) for style in chunk.css]
        return Entry(script.file, tuple(chunk.file for chunk in chunks.values()), tuple(dict.fromkeys(styles)))


def _find_codings(path: Path) -> dict[str, Path]:
    variants = {coding: path.with_name(path.name + suffix) for suffix, coding in CODINGS.items()}
    return {**{coding: variant for coding, variant in variants.items() if variant.exists()}, "identity": path}


def find_bundle(folder: Path = STATIC) -> Bundle | None:
    """Load the bundle; None if it has not been built."""
    manifest = folder / MANIFEST
    if not manifest.exists():
        return None
    return Bundle(folder, msgspec.json.decode(manifest.read_bytes(), type=dict[str, _Chunk]))
