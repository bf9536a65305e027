"""Renders what an adapter declares for the connections of a guide's example: sources, limits, unsupported fields."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from code_blocks import parse_blocks
from pydantic import SecretStr
from tables import render_table

from gateway.ports.base import SystemPort
from gateway.ports.discovery import connect, discover
from gateway.ports.lineage import COMMON_ATTRIBUTES, Supplied, Unsupported
from gateway.settings import ConnectionSettings, Settings

_WORDS: Final = {
    "read_batch": "ids in one read",
    "parent_batch": "parents in one read of children",
    "page_cap": "rows in one response",
    "concurrency": "concurrent calls, unless the connection's options set them",
    "daily_quota": "calls per day, if the connection's options set them",
}


def render_facts(vendor: str, guide: Path) -> str:
    """Return what the adapter declares for every connection of the vendor's guide, as Markdown of level three."""
    return "\n".join(_render_port(port) for port in open_example_ports(vendor, guide))


def open_example_ports(vendor: str, guide: Path) -> Iterator[SystemPort]:
    """Open the connections of a guide's example with placeholder secrets; no call is made."""
    titled = {block.title: tomllib.loads(block.text) for block in parse_blocks(guide) if block.language == "toml"}
    manifest = discover()[vendor]
    for configured in Settings.model_validate(titled["psgw.toml"]).connections:
        if configured.vendor == vendor:
            mapping = titled[str(configured.mapping)] if configured.mapping else {}
            yield connect(_replace_secrets(configured), manifest, mapping)


def _replace_secrets(configured: ConnectionSettings) -> ConnectionSettings:
    return configured.model_copy(update={"secrets": dict.fromkeys(configured.secrets, SecretStr("example"))})


def _render_port(port: SystemPort) -> str:
    parts = [f"### {port.role.value}: sources\n"]
    for record, origins in port.lineage.items():
        rows = [
            (f"`{name}`", f"`{origin.object}.{origin.field}`", origin.transformation or "")
            for name, origin in origins.items()
            if isinstance(origin, Supplied) and name not in COMMON_ATTRIBUTES
        ]
        if rows:
            parts.append(f"**{record.__name__}**\n\n{render_table(('attribute', 'source', 'transformation'), rows)}")
    parts += [f"### {port.role.value}: limits\n", _render_limits(port)]
    missing = list(_list_unsupported(port.lineage))
    if missing:
        parts += [
            f"### {port.role.value}: unsupported\n",
            render_table(("attribute", "reason"), missing),
        ]
    return "\n".join(parts)


def _render_limits(port: SystemPort) -> str:
    rows = [
        (words, str(value)) for name, words in _WORDS.items() if (value := getattr(port.capabilities, name)) is not None
    ]
    filters = [
        (f"filters of `{relation}` that the vendor applies", ", ".join(f"`{each}`" for each in sorted(names)))
        for relation, names in sorted(port.capabilities.filters.items())
    ]
    return render_table(("limit", "value"), [*rows, *filters])


def _list_unsupported(lineage: Mapping[Any, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for record, origins in lineage.items():
        absent = {name: origin.reason for name, origin in origins.items() if isinstance(origin, Unsupported)}
        if len(absent) == len(origins) and len(set(absent.values())) == 1:
            yield f"`{record.__name__}` (all attributes)", next(iter(absent.values()))
        else:
            yield from ((f"`{record.__name__}.{name}`", reason) for name, reason in absent.items())
