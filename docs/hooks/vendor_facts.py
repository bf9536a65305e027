"""What an adapter says of itself, printed for the connections of a guide's example: where values come from, limits, what there is no place for."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from code_blocks import blocks_of
from pydantic import SecretStr
from tables import table

from gateway.ports.base import SystemPort
from gateway.ports.discovery import connect, discover
from gateway.ports.lineage import COMMON, Absent, Supplied
from gateway.settings import ConnectionSettings, Settings

_WORDS: Final = {
    "read_batch": "ids in one read",
    "parent_batch": "parents in one read of children",
    "page_cap": "rows in one answer",
    "concurrency": "calls at once, unless the connection's options say otherwise",
    "daily_quota": "calls a day, where the connection's options say so",
}


def facts(vendor: str, guide: Path) -> str:
    """Return the facts of every connection to a vendor in its guide's example, as Markdown below level two."""
    return "\n".join(_facts(port) for port in example_ports(vendor, guide))


def example_ports(vendor: str, guide: Path) -> Iterator[SystemPort]:
    """Open the connections of a guide's example, without a call and without its secrets."""
    titled = {block.title: tomllib.loads(block.text) for block in blocks_of(guide) if block.language == "toml"}
    manifest = discover()[vendor]
    for configured in Settings.model_validate(titled["psgw.toml"]).connections:
        if configured.vendor == vendor:
            mapping = titled[str(configured.mapping)] if configured.mapping else {}
            yield connect(_without_secrets(configured), manifest, mapping)


def _without_secrets(configured: ConnectionSettings) -> ConnectionSettings:
    return configured.model_copy(update={"secrets": dict.fromkeys(configured.secrets, SecretStr("example"))})


def _facts(port: SystemPort) -> str:
    parts = [f"### As {port.role.value}: where values come from\n"]
    for record, origins in port.lineage.items():
        rows = [
            (f"`{name}`", f"`{origin.object}.{origin.field}`", origin.transformation or "")
            for name, origin in origins.items()
            if isinstance(origin, Supplied) and name not in COMMON
        ]
        if rows:
            parts.append(f"**{record.__name__}**\n\n{table(('attribute', 'source', 'what is done to it'), rows)}")
    parts += [f"### As {port.role.value}: limits\n", _limits(port)]
    missing = list(_missing(port.lineage))
    if missing:
        parts += [
            f"### As {port.role.value}: no place for\n",
            table(("attribute", "reason that callers are shown"), missing),
        ]
    return "\n".join(parts)


def _limits(port: SystemPort) -> str:
    rows = [
        (words, str(value)) for name, words in _WORDS.items() if (value := getattr(port.capabilities, name)) is not None
    ]
    filters = [
        (f"filters of `{relation}` that the vendor applies", ", ".join(f"`{each}`" for each in sorted(names)))
        for relation, names in sorted(port.capabilities.filters.items())
    ]
    return table(("what", "how much"), [*rows, *filters])


def _missing(lineage: Mapping[Any, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for record, origins in lineage.items():
        absent = {name: origin.reason for name, origin in origins.items() if isinstance(origin, Absent)}
        if len(absent) == len(origins) and len(set(absent.values())) == 1:
            yield f"`{record.__name__}`, all of it", next(iter(absent.values()))
        else:
            yield from ((f"`{record.__name__}.{name}`", reason) for name, reason in absent.items())
