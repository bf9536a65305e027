"""Vendors' ids: their forms, their order, and the batches in which they are read."""

from collections.abc import Callable, Iterator, Sequence

IdKey = tuple[int, int, str]
"""Sorts ids of any form; no two different ids have the same key."""


def is_whole_number(text: str) -> bool:
    """Return whether a text is an id that is a whole number of at most 18 digits (64 bits)."""
    return text.isascii() and text.isdigit() and len(text) <= 18  # noqa: PLR2004 -- 64 bits


def build_sort_key(identifier: str) -> IdKey:
    """Return the key that sorts ids: whole numbers by value, then all others (UUIDs, `r3-1`) as text."""
    return (0, int(identifier), identifier) if is_whole_number(identifier) else (1, 0, identifier)


def select_ids(texts: Sequence[str], is_id: Callable[[str], bool] = is_whole_number) -> list[str]:
    """Return the distinct texts that have the form of the vendor's ids, in order: no other can have a record."""
    return [text for text in dict.fromkeys(texts) if is_id(text)]


def split_batches(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Yield the ids in order, at most `size` at a time; nothing for no ids."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
