"""Client of the REST interface (new in Tryton 8.2): one search is one call, however many relations its fields cross."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import msgspec

from gateway.net.message import UpstreamRequest
from gateway.ports.connection import Upstream
from subgraphs.kit.decoding import decode, decode_rows
from subgraphs.kit.failures import build_mismatch
from subgraphs.suite.tryton.domain import BY_ID, Domain, Order, encode
from subgraphs.suite.tryton.wire import Row, list_fields

RowT = TypeVar("RowT", bound=Row)

PAGE: Final = 500
# Archived records are included: time refers to employees who have left.
_CONTEXT: Final = base64.urlsafe_b64encode(msgspec.json.encode({"active_test": False})).decode()


class FieldDescription(msgspec.Struct, frozen=True):
    """A field of a model: its type, and the model that it relates to."""

    type: str
    relation: str | None = None


@dataclass(frozen=True)
class Page(Generic[RowT]):
    """The readable rows of one answer, and whether there may be more records after them."""

    rows: list[RowT]
    has_more: bool


class RestClient:
    """Searches one database. Raises SourceError as the upstream does, and CONTRACT_MISMATCH for undecodable answers."""

    def __init__(self, upstream: Upstream, database: str) -> None:
        self._upstream = upstream
        self._root = f"/{database}/rest/model/"

    async def search(
        self, model: str, row: type[RowT], domain: Domain, *, order: Order = BY_ID, most: int = PAGE
    ) -> list[RowT]:
        """Return at most `most` records of a domain, in order: one call. Rows that cannot be read are reported."""
        return (await self.search_page(model, row, domain, order=order, most=most)).rows

    async def search_page(
        self, model: str, row: type[RowT], domain: Domain, *, order: Order = BY_ID, most: int = PAGE
    ) -> Page[RowT]:
        """Return what `search` returns, and whether there may be more."""
        query = (("d", encode(domain)), ("o", encode(order)), ("s", str(most)), *(("f", f) for f in list_fields(row)))
        request = UpstreamRequest(
            method="GET",
            path=self._root + model,
            operation="search",
            query=query,
            headers={"X-Tryton-Context": _CONTEXT},
            safe=True,
        )
        kind: Any = list[row]  # type: ignore[valid-type]  # bound at run time
        body = (await self._upstream.fetch(request)).body
        rows: list[RowT] = decode_rows(body, kind, model)
        sent = len(rows) if len(rows) >= most else len(decode(body, list[msgspec.Raw]))
        return Page(rows, sent >= most)

    async def search_all(self, model: str, row: type[RowT], domain: Domain) -> list[RowT]:
        """Return all records of a domain, ordered by id: floor(records / 500) + 1 calls."""
        found: list[RowT] = []
        beyond: Domain = ()
        while True:
            page = await self.search_page(model, row, (*domain, *beyond))
            found += page.rows
            if not page.has_more:
                return found
            if not page.rows:
                raise build_mismatch(f"{model}: a page without a readable record")
            beyond = (["id", ">", page.rows[-1].id],)

    async def describe_fields(self, model: str, names: Sequence[str]) -> Mapping[str, FieldDescription]:
        """Return those of the named fields that a model has: one call.

        The REST interface reaches `fields_get` as an action.
        """
        request = UpstreamRequest(
            method="POST",
            path=f"{self._root}{model}/fields_get",
            operation="fields_get",
            headers={"X-Tryton-Context": _CONTEXT},
            json={"fields_names": list(names)},
            safe=True,
        )
        return decode((await self._upstream.fetch(request)).body, dict[str, FieldDescription])
