"""Cursors of the graph: a cursor belongs to one list with its filter and order; every other list refuses it.

A cursor is the digest of its list, followed by the cursor of the system or of the card index.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any, Final

import msgspec

from gateway.canonical.page import Page
from gateway.errors import BadInputError
from gateway.loaders.declaration import Loader

POSITION_ARGUMENTS: Final = frozenset({"first", "last", "after", "before"})
CURSOR_ARGUMENTS: Final = ("after", "before")
_DIGEST_BYTES: Final = 6
_DIGEST_CHARACTERS: Final = 8

Args = Mapping[str, Any]


def compute_list_digest(name: str, parent: Any, args: Args) -> str:
    """Return the digest of a list: its name, its parent, and the arguments that select and sort its rows.

    Every list in an argument is a set of alternatives, so its order does not count.
    """
    selection = {key: value for key, value in args.items() if key not in POSITION_ARGUMENTS}
    parts = [name, parent, _sort_lists(msgspec.to_builtins(selection, str_keys=True))]
    digest = blake2b(msgspec.json.encode(parts, order="sorted"), digest_size=_DIGEST_BYTES).digest()
    return base64.urlsafe_b64encode(digest).decode()


def _sort_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sort_lists(item) for key, item in value.items()}
    return sorted(value) if isinstance(value, list) else value


def seal_cursor(digest: str, cursor: str) -> str:
    """Return the cursor of the graph for a cursor of a source."""
    return digest + cursor


def open_cursor(digest: str, args: Args) -> dict[str, Any]:
    """Return the arguments with the source's own cursor. Raise BadInputError for a cursor of another list."""
    opened = dict(args)
    for field in CURSOR_ARGUMENTS:
        cursor = args.get(field)
        if cursor is None:
            continue
        if not cursor.startswith(digest):
            message = "The cursor does not belong to this list; use a cursor of the same list, filter and order."
            raise BadInputError(message, field=field)
        opened[field] = cursor[_DIGEST_CHARACTERS:]
    return opened


def bind_cursors(loader: Loader) -> Loader:
    """Return the loader of a paged list whose cursors belong to the list."""

    async def call(sources: Any, keys: Sequence[Any], args: Args) -> Mapping[Any, Any]:
        digests = {key: compute_list_digest(loader.name, key, args) for key in keys}
        refused: dict[Any, Any] = {}
        opened = args
        for key, digest in digests.items():
            try:
                opened = open_cursor(digest, args)
            except BadInputError as error:
                refused[key] = error
        accepted = [key for key in keys if key not in refused]
        found = await loader.call(sources, accepted, opened) if accepted else {}
        return refused | {key: _seal_page(digests[key], value) for key, value in found.items()}

    return replace(loader, call=call)


def _seal_page(digest: str, value: Any) -> Any:
    if not isinstance(value, Page):
        return value
    end = value.end_cursor
    return msgspec.structs.replace(
        value,
        cursors=tuple(seal_cursor(digest, cursor) for cursor in value.cursors),
        end_cursor=None if end is None else seal_cursor(digest, end),
    )
