"""The probe tells a reachable URL from an unreachable one, with the reason; on real sockets."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.net.hosts import HostRule
from gateway.net.probe import ConnectFailure, Reached, probe

Answer = Callable[[], bytes]


@asynccontextmanager
async def listen(answer: Answer | None, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Listen on loopback; with None, accept the connection and never respond."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1024)
        if answer is None:
            await reader.read()
        else:
            writer.write(answer())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]
        # A handshake that the client aborted ends here a moment later.
        await asyncio.sleep(0.05)


def respond_dated(ago: timedelta) -> Answer:
    return lambda: (
        b"HTTP/1.1 302 Found\r\nlocation: http://elsewhere.invalid/\r\nconnection: close\r\ncontent-length: 0\r\ndate: "
        + format_datetime(datetime.now(UTC) - ago, usegmt=True).encode()
        + b"\r\n\r\n"
    )


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """TLS with a self-signed certificate."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1)
    )
    names = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    certificate = builder.add_extension(names, critical=False).sign(key, SHA256())
    file = tmp_path / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def test_any_response_counts_as_reached_and_redirects_are_not_followed() -> None:
    async with listen(lambda: b"HTTP/1.1 503 Later\r\nconnection: close\r\ncontent-length: 0\r\n\r\n") as port:
        assert await probe(f"http://127.0.0.1:{port}", 5) == Reached(status=503, clock_ahead=None)
    async with listen(respond_dated(timedelta())) as port:
        answer = await probe(f"http://127.0.0.1:{port}", 5)
    assert isinstance(answer, Reached)
    assert answer.status == 302


@pytest.mark.parametrize("ago", [timedelta(seconds=95), timedelta(seconds=-95)])
async def test_the_clock_difference_is_computed_from_the_date_header(ago: timedelta) -> None:
    async with listen(respond_dated(ago)) as port:
        answer = await probe(f"http://127.0.0.1:{port}", 5)

    assert isinstance(answer, Reached)
    assert answer.clock_ahead is not None
    assert abs(answer.clock_ahead - ago) < timedelta(seconds=10)


async def test_a_port_without_a_listener_refuses_the_connection() -> None:
    async with listen(None) as port:
        pass

    assert await probe(f"http://127.0.0.1:{port}", 5) is ConnectFailure.REFUSED


async def test_a_listener_that_never_responds_times_out() -> None:
    async with listen(None) as port:
        assert await probe(f"http://127.0.0.1:{port}", 0.2) is ConnectFailure.TIMEOUT


async def test_a_connection_closed_before_the_response_is_interrupted() -> None:
    async with listen(lambda: b"") as port:
        assert await probe(f"http://127.0.0.1:{port}", 5) is ConnectFailure.INTERRUPTED


async def test_an_unknown_host_name_is_a_dns_failure() -> None:
    assert await probe("http://nobody.invalid", 20) is ConnectFailure.DNS


async def test_a_self_signed_certificate_is_not_trusted(self_signed: ssl.SSLContext) -> None:
    async with listen(respond_dated(timedelta()), self_signed) as port:
        assert await probe(f"https://127.0.0.1:{port}", 5) is ConnectFailure.CERTIFICATE


async def test_https_to_a_plain_http_server_is_a_tls_failure() -> None:
    async with listen(respond_dated(timedelta())) as port:
        assert await probe(f"https://127.0.0.1:{port}", 5) is ConnectFailure.TLS


async def test_a_forbidden_address_is_not_called() -> None:
    async with listen(respond_dated(timedelta())) as port:
        rule = HostRule(f"https://localhost.vendor.example:{port}", ("*.vendor.example",))
        assert await probe(f"http://localhost:{port}", 5, rule) is ConnectFailure.FORBIDDEN
