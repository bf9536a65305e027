"""Mapping files as pages show them, read by the vendor's own strict struct."""

import importlib
import tomllib
from pathlib import PurePath

import msgspec
from code_blocks import Block

from gateway.ports.discovery import discover
from subgraphs.kit.mapping_file import read_strictly


def read_mapping(block: Block) -> msgspec.Struct:
    """Return the mapping of a block titled `mappings/<vendor>[-role].toml`; raises ConfigurationError for a key that its vendor does not know."""
    vendor = PurePath(block.title).stem.partition("-")[0]
    module, _, struct = (discover()[vendor].mapping or "").partition(":")
    kind: type[msgspec.Struct] = getattr(importlib.import_module(module), struct)
    return read_strictly(tomllib.loads(block.text), kind, block.title)
