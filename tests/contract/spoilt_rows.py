"""A proxy that spoils attributes of single rows in a system's answers."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.ports.connection import Connection
from subgraphs.kit.conformance import RunningSystem
from subgraphs.kit.twin.server import serve
from tests.contract.proxies import METHODS, forward
from tests.contract.systems import reroute

WRONG_TYPES: Final[Mapping[str, Any]] = {"a list": [["x"]], "an object": {"x": ["y"]}}
"""Values that no attribute of a row can hold."""
VALUES: Final[Mapping[str, Any]] = {
    **WRONG_TYPES,
    "a flag or a number": 7.5,
    "null": None,
    "an empty text": "",
    "a huge number": 10**40,
}

Path = tuple[str, ...]


class Spoiling(NamedTuple):
    """A value in place of one attribute of the row with a native id."""

    id: str
    path: Path
    name: str


class Spoiler:
    """Rewrites the answers at one address: the first that has rows with the `ids` that are given to `watch`.

    `paths` collects the attributes of the rows that it has seen, by native id; `objects` those that are objects.
    """

    def __init__(self) -> None:
        self.spoilings: Sequence[Spoiling] = ()
        self.watch(())

    def watch(self, ids: Iterable[str]) -> None:
        """Start again with the rows of other ids."""
        self.ids = frozenset(ids)
        self.address: str | None = None
        self.paths: dict[str, set[Path]] = {}
        self.objects: set[Path] = set()

    def rewrite(self, address: str, body: bytes) -> bytes:
        """Return a JSON body with the spoilings applied."""
        if self.address not in {None, address}:
            return body
        try:
            content = json.loads(body)
        except ValueError:
            return body
        rows = find_rows(content, self.ids)
        self.address = address if rows else self.address
        for id_, row in rows.items():
            self.paths.setdefault(id_, set()).update(_list_paths(row))
            self.objects |= {path for path in _list_paths(row) if isinstance(_get(row, path), dict)}
            for each in self.spoilings:
                if each.id == id_:
                    _replace(row, each.path, VALUES[each.name])
        return json.dumps(content).encode()


def find_rows(content: Any, ids: frozenset[str]) -> dict[str, dict[str, Any]]:
    """Return the rows of an answer by native id: of several objects with one id, the one with most attributes."""
    found: dict[str, dict[str, Any]] = {}
    for each in _find_objects(content):
        for name, value in each.items():
            id_ = value.get("id") if isinstance(value, dict) else value
            known = name.lower() in {"id", "worker"} and str(id_) in ids
            if known and _count(each) > _count(found.get(str(id_), {})):
                found[str(id_)] = each
    return found


def _count(row: Mapping[str, Any]) -> int:
    return len(list(_list_paths(row)))


def _find_objects(content: Any) -> Iterator[dict[str, Any]]:
    if isinstance(content, dict):
        yield content
    if isinstance(content, (dict, list)):
        for each in content.values() if isinstance(content, dict) else content:
            yield from _find_objects(each)


def _list_paths(row: Mapping[str, Any]) -> Iterator[Path]:
    for name, value in row.items():
        yield (name,)
        if isinstance(value, dict):
            yield from ((name, inner) for inner in value)


def _get(row: Mapping[str, Any], path: Path) -> Any:
    value: Any = row
    for each in path:
        value = value[each]
    return value


def _replace(row: dict[str, Any], path: Path, value: Any) -> None:
    *parents, name = path
    for each in parents:
        inner = row.get(each)
        if not isinstance(inner, dict):
            return
        row = inner
    row[name] = value


@asynccontextmanager
async def spoil_answers(running: RunningSystem) -> AsyncIterator[tuple[Connection, Spoiler]]:
    """Yield the connection through a proxy that forwards every call and spoils the answers."""
    spoiler = Spoiler()
    async with httpx.AsyncClient(base_url=running.connection.base_url, trust_env=False) as client:

        async def answer(request: Request) -> Response:
            response = await forward(client, request)
            if request.url.path == running.token_path or response.status_code != 200:
                return response
            body = spoiler.rewrite(request.url.path, bytes(response.body))
            return Response(body, response.status_code, media_type=response.headers.get("content-type"))

        app = Starlette(routes=[Route("/{path:path}", answer, methods=METHODS)])
        async with serve(app) as base_url:
            yield reroute(running.connection, base_url), spoiler
