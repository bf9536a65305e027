import socket

import pytest
from aiohttp.abc import AbstractResolver

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.hosts import HostRule
from gateway.net.message import UpstreamRequest
from gateway.net.transport import HttpTransport, PinnedResolver


class FakeResolver(AbstractResolver):
    """A resolver with fixed addresses."""

    def __init__(self, *addresses):
        self.addresses = addresses
        self.closed = False

    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):
        return [
            {"hostname": host, "host": address, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}
            for address in self.addresses
        ]

    async def close(self):
        self.closed = True


async def resolve_hosts(rule, *addresses):
    results = await PinnedResolver(rule, FakeResolver(*addresses)).resolve("erp.example", 443)
    return [each["host"] for each in results]


async def test_only_allowed_addresses_are_resolved():
    rule = HostRule("https://erp.example", ())

    assert await resolve_hosts(rule, "10.0.0.1", "93.184.215.14", "127.0.0.1") == ["93.184.215.14"]


async def test_a_host_name_with_only_forbidden_addresses_is_refused():
    rule = HostRule("https://erp.example", ())

    with pytest.raises(SourceError) as refused:
        await resolve_hosts(rule, "169.254.169.254")

    assert (refused.value.code, refused.value.retryable) == (FaultCode.CONTRACT_MISMATCH, False)


async def test_closing_closes_the_inner_resolver():
    resolver = FakeResolver()

    await PinnedResolver(HostRule("https://erp.example", ()), resolver).close()

    assert resolver.closed


async def test_a_host_name_that_resolves_to_loopback_is_never_connected_to(vendor):
    port = vendor.base_url.rpartition(":")[2]
    rule = HostRule(f"https://erp.example:{port}", ())
    transport = HttpTransport(rule, 1000, FakeResolver("127.0.0.1"))

    with pytest.raises(SourceError) as refused:
        await transport.exchange(rule.resolve("x"), UpstreamRequest(method="GET", path="x", operation="x"))

    await transport.aclose()
    assert refused.value.code is FaultCode.CONTRACT_MISMATCH


async def test_an_allowed_private_host_is_reached_by_name(vendor):
    rule = HostRule(vendor.base_url.replace("127.0.0.1", "localhost"), ())
    transport = HttpTransport(rule, 1000)

    response = await transport.exchange(rule.resolve("x"), UpstreamRequest(method="GET", path="x", operation="x"))

    await transport.aclose()
    assert response.status == 200


async def test_a_closed_transport_reopens_for_the_next_request(vendor):
    rule = HostRule(vendor.base_url, ())
    transport = HttpTransport(rule, 1000)
    request = UpstreamRequest(method="GET", path="x", operation="x")

    await transport.exchange(rule.resolve("x"), request)
    await transport.aclose()
    await transport.aclose()
    await transport.exchange(rule.resolve("x"), request)
    await transport.aclose()

    assert len(vendor.seen) == 2
