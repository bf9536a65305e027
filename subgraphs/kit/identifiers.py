"""Vendors' ids that are whole numbers, and the batches that a list of them is asked for in."""

from collections.abc import Iterator, Sequence


def only_ids(texts: Sequence[str]) -> list[str]:
    """Return the distinct texts that have the form of an id: digits."""
    return [text for text in dict.fromkeys(texts) if text.isascii() and text.isdigit() and len(text) <= 18]  # noqa: PLR2004 -- 64 bits


def batches(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Yield the ids in their order, at most `size` at a time; none of none."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
