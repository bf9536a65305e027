"""The socket beside a SQLite store: its owner runs the commands of other processes of the same user.

One JSON line per message. The client sends a request; the owner answers with lines of progress, and one line with the
result, the findings or an error.
"""

import asyncio
import os
import socket
import struct
import tempfile
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from gateway.cli.requests import AnyRequest, Progress
from gateway.composition import Gateway, open_gateway
from gateway.errors import ConfigurationError, PsgwError
from gateway.identity.sync import FeedResult
from gateway.settings import Settings
from gateway.store.file import find_sqlite_file
from gateway.store.owner import StoreOwner, find_owner

Result = TypeVar("Result")

_LONGEST_ADDRESS: Final = 100
"""Linux allows 107 bytes in the path of a socket."""
_LIMIT: Final = 64 << 20
"""Bytes of one message."""


class _Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the owner; `result` is JSON."""

    progress: FeedResult | None = None
    result: str | None = None
    findings: list[str] = []
    error: str | None = None


def choose_address(settings: Settings) -> str | None:
    """Return the path of the socket for a SQLite store; None for other stores."""
    file = find_sqlite_file(settings.store.url)
    if file is None:
        return None
    beside = f"{file.resolve()}.sock"
    if len(os.fsencode(beside)) <= _LONGEST_ADDRESS:
        return beside
    return str(Path(tempfile.mkdtemp(prefix="psgw-")) / "psgw.sock")


@asynccontextmanager
async def accept_requests(gateway: Gateway, address: str | None) -> AsyncIterator[None]:
    """Run the requests of other processes during the block; only this user and root can connect."""
    if address is None:
        yield
        return
    _remove_socket(address)  # of an owner that was killed: this process holds the lock now
    mask = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(
            lambda reader, writer: _serve(gateway, reader, writer), address, limit=_LIMIT
        )
    except OSError as error:
        raise ConfigurationError([f"the socket {address} cannot be created: {error.strerror}"]) from None
    finally:
        os.umask(mask)
    try:
        yield
    finally:
        server.close()
        _remove_socket(address)


def _remove_socket(address: str) -> None:
    with suppress(FileNotFoundError):
        Path(address).unlink()


async def _serve(gateway: Gateway, reader: StreamReader, writer: StreamWriter) -> None:
    def send(answer: _Answer) -> None:
        writer.write(msgspec.json.encode(answer) + b"\n")

    with suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
        if _is_allowed(writer):
            request = msgspec.json.decode(await reader.readuntil(b"\n"), type=AnyRequest)
            send(await _answer(gateway, request, lambda result: send(_Answer(progress=result))))
            await writer.drain()
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


async def _answer(gateway: Gateway, request: AnyRequest, progress: Progress) -> _Answer:
    try:
        return _Answer(result=msgspec.json.encode(await request.run(gateway, progress)).decode())
    except ConfigurationError as error:
        return _Answer(findings=error.findings)
    except PsgwError as error:
        return _Answer(error=str(error))


def _is_allowed(writer: StreamWriter) -> bool:
    """Return whether the peer runs as this user or root; the permissions of the socket demand the same."""
    peer: Any = writer.get_extra_info("socket")
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return user in {0, os.geteuid()}


async def run_request(settings: Settings, request: AnyRequest, kind: type[Result], progress: Progress) -> Result:
    """Run a request in the process that owns the store, else in this process with a gateway of its own.

    Raises ConfigurationError if another command owns the store.
    """
    owner = find_owner(find_sqlite_file(settings.store.url))
    if owner is not None and owner.socket is not None:
        return await _send(owner, owner.socket, request, kind, progress)
    async with open_gateway(settings) as gateway:
        result: Result = await request.run(gateway, progress)
        return result


async def _send(owner: StoreOwner, address: str, request: AnyRequest, kind: type[Result], progress: Progress) -> Result:
    name = f"process {owner.pid} ({owner.command}), which uses the store,"
    try:
        reader, writer = await asyncio.open_unix_connection(address, limit=_LIMIT)
    except PermissionError:
        raise ConfigurationError([f"{name} belongs to another user; run the command as that user"]) from None
    except OSError:
        raise ConfigurationError([f"{name} does not accept commands yet; try again"]) from None
    try:
        writer.write(msgspec.json.encode(request) + b"\n")
        async for line in reader:
            answer = msgspec.json.decode(line, type=_Answer)
            if answer.progress is not None:
                progress(answer.progress)
            elif answer.result is not None:
                return msgspec.json.decode(answer.result, type=kind)
            elif answer.findings:
                raise ConfigurationError(answer.findings)
            else:
                raise PsgwError(answer.error or f"{name} refused the command")
    except ConnectionError:
        pass
    finally:
        writer.close()
    raise PsgwError(f"{name} ended before it had answered")
