"""Mapping files shown in pages, decoded with the vendor's strict struct."""

import importlib
import tomllib
from pathlib import PurePath

import msgspec
from code_blocks import Block

from gateway.ports.discovery import discover
from subgraphs.kit.mapping_file import read_strictly


def read_mapping(block: Block) -> msgspec.Struct:
    """Return the mapping of a block titled `mappings/<vendor>[-role].toml`.

    Raise ConfigurationError for a key that the vendor's mapping does not define.
    """
    vendor = PurePath(block.title).stem.partition("-")[0]
    module, _, struct = (discover()[vendor].mapping or "").partition(":")
    kind: type[msgspec.Struct] = getattr(importlib.import_module(module), struct)
    return read_strictly(tomllib.loads(block.text), kind, block.title)
