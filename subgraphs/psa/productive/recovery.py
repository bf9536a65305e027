"""Reads a document resource by resource, after it could not be decoded as a whole."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from gateway.ports.unreadable import UnreadableRecord, report_unreadable
from subgraphs.kit.decoding import decode
from subgraphs.kit.failures import build_mismatch
from subgraphs.psa.productive.wire import Document, Id, Link, Resource


def recover_document(body: bytes, resource: str) -> Document:
    """Return a document without the resources that cannot be read; those of the list are reported.

    Raises SourceError(CONTRACT_MISMATCH) if the body is no document.
    """
    raw = decode(body, Any)
    if not isinstance(raw, dict) or not isinstance(raw.get("data"), list):
        raise build_mismatch(f"{resource}: no document")
    included = raw.get("included", [])
    try:
        document = msgspec.convert({**raw, "data": [], "included": []}, Document)
    except msgspec.ValidationError:
        raise build_mismatch(f"{resource}: the document") from None
    return msgspec.structs.replace(
        document,
        data=tuple(_recover_list(raw["data"], resource)),
        included=tuple(each for each in map(_recover, included) if each) if isinstance(included, list) else (),
    )


def _recover_list(rows: list[Any], resource: str) -> Iterator[Resource]:
    for each in rows:
        found = _recover(each)
        if found is None:
            report_unreadable(UnreadableRecord(object=resource, id=None))
        else:
            yield found


def _recover(raw: Any) -> Resource | None:
    """Return a resource; None if its type or id cannot be read."""
    if not isinstance(raw, dict):
        return None
    try:
        kind, identifier = msgspec.convert(raw.get("type"), str), msgspec.convert(raw.get("id"), Id)
    except msgspec.ValidationError:
        return None
    attributes, links = raw.get("attributes", {}), raw.get("relationships", {})
    readable = isinstance(attributes, dict) and isinstance(links, dict)
    return Resource(
        type=kind,
        id=identifier,
        attributes=attributes if readable else None,
        relationships=_recover_links(links) if readable else {},
    )


def _recover_links(links: Mapping[str, Any]) -> dict[str, Link | None]:
    return {name: _recover_link(link) for name, link in links.items()}


def _recover_link(link: Any) -> Link | None:
    try:
        return msgspec.convert(link, Link)
    except msgspec.ValidationError:
        return None
