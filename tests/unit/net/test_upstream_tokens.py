import asyncio

import msgspec
import pytest
from starlette.responses import Response as Answer

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.auth import ClientCredentials
from gateway.net.call_counter import count_calls
from gateway.net.message import UpstreamRequest, UpstreamResponse
from gateway.net.token_cache import TokenCache
from gateway.resilience.deadline import apply_deadline
from tests.fixtures.unwrapping import unwrap

READ = UpstreamRequest(method="GET", path="items", operation="items", safe=True)
WRITE = msgspec.structs.replace(READ, method="POST", safe=False)


@pytest.fixture
def auth():
    return ClientCredentials(token_url="/token", client_id="id", client_secret=lambda: "s")


def list_sent_tokens(vendor):
    return [seen.headers["authorization"] for seen in vendor.seen]


def respond_accepting(*tokens):
    def answer(request, _number):
        return Answer("{}", 200 if request.headers["authorization"] in {f"Bearer {each}" for each in tokens} else 401)

    return answer


async def test_twenty_concurrent_calls_share_one_token_request(vendor, connect, auth):
    vendor.hold = 0.05

    upstream = connect(auth, concurrency=20)
    with count_calls() as calls:
        await asyncio.gather(*(upstream.fetch(READ) for _ in range(20)))

    assert vendor.tokens == 1
    assert list_sent_tokens(vendor) == ["Bearer t1"] * 20
    assert calls == {"vendor-main": 20}
    assert calls.token_requests == {"vendor-main": 1}


async def test_a_rejected_token_is_renewed_once_for_all_calls(vendor, connect, auth):
    vendor.answer = respond_accepting("t2")
    upstream = connect(auth)

    await asyncio.gather(*(upstream.fetch(WRITE) for _ in range(5)))

    assert vendor.tokens == 2
    assert sorted(list_sent_tokens(vendor)) == ["Bearer t1"] * 5 + ["Bearer t2"] * 5


async def test_a_rejected_renewed_token_is_not_renewed_again(vendor, connect, auth):
    vendor.answer = respond_accepting("none")

    with pytest.raises(SourceError) as refused:
        await connect(auth).fetch(READ)

    assert refused.value.code is FaultCode.AUTH_EXPIRED
    assert (vendor.tokens, len(vendor.seen)) == (2, 2)


async def test_a_rejected_static_credential_is_not_retried(vendor, connect):
    vendor.answer = lambda _request, _number: Answer("{}", 401)

    with pytest.raises(SourceError) as refused:
        await connect().fetch(READ)

    assert refused.value.code is FaultCode.AUTH_EXPIRED
    assert (vendor.tokens, len(vendor.seen)) == (0, 1)


async def test_without_a_token_no_data_call_is_sent(vendor, connect, auth):
    vendor.token_status = 401

    with pytest.raises(SourceError) as refused:
        await connect(auth).fetch(READ)

    assert refused.value.code is FaultCode.AUTH_EXPIRED
    assert (vendor.tokens, len(vendor.seen)) == (1, 0)


async def test_an_unavailable_token_endpoint_is_retried_for_safe_calls(vendor, connect, auth):
    vendor.token_status = 503

    with pytest.raises(SourceError) as failed:
        await connect(auth).fetch(READ)

    assert failed.value.code is FaultCode.UNAVAILABLE
    assert (vendor.tokens, len(vendor.seen)) == (3, 0)


async def test_the_deadline_of_one_caller_does_not_cancel_the_shared_token_request(vendor, connect, auth):
    vendor.hold = 0.3
    upstream = connect(auth)

    async def fetch_with_short_deadline():
        with apply_deadline(asyncio.get_running_loop().time() + 0.1):
            return await upstream.fetch(READ)

    first = asyncio.create_task(fetch_with_short_deadline())
    await asyncio.sleep(0.02)
    second = await upstream.fetch(READ)

    assert second.status == 200
    assert vendor.tokens == 1
    with pytest.raises(SourceError) as late:
        await first
    assert late.value.code is FaultCode.TIMEOUT


class Endpoint:
    """A token endpoint with a clock that the test sets."""

    def __init__(self, auth, life):
        self.now = 1000.0
        self.life = life
        self.requests = 0
        self.unavailable = False
        self.cache = TokenCache(auth, self.send, lambda: self.now)

    async def send(self, _request):
        self.requests += 1
        if self.unavailable:
            raise SourceError(FaultCode.UNAVAILABLE, "unavailable")
        granted = {"access_token": f"t{self.requests}", "expires_in": self.life}
        return UpstreamResponse(status=200, headers={}, body=msgspec.json.encode(granted))

    async def get_value(self):
        return (await self.cache.get_token()).value


async def test_a_token_is_renewed_at_80_percent_of_its_lifetime(auth):
    endpoint = Endpoint(auth, life=100)
    values = []
    for endpoint.now in (1000.0, 1079.9, 1080.0, 1159.0):
        values.append(await endpoint.get_value())

    assert values == ["t1", "t1", "t2", "t2"]


async def test_a_token_without_a_lifetime_is_used_until_it_is_rejected(auth):
    endpoint = Endpoint(auth, life=None)
    token = await endpoint.cache.get_token()
    endpoint.now += 1e9

    assert await endpoint.get_value() == "t1"
    assert unwrap(await endpoint.cache.replace_rejected(token)).value == "t2"


async def test_a_rejection_of_an_old_token_does_not_discard_the_new_one(auth):
    endpoint = Endpoint(auth, life=None)
    old = await endpoint.cache.get_token()
    await endpoint.cache.replace_rejected(old)

    assert unwrap(await endpoint.cache.replace_rejected(old)).value == "t2"
    assert endpoint.requests == 2


async def test_a_failed_renewal_keeps_the_token_until_it_expires(auth):
    endpoint = Endpoint(auth, life=100)
    await endpoint.get_value()
    endpoint.unavailable = True
    endpoint.now = 1085.0

    assert [await endpoint.get_value(), await endpoint.get_value()] == ["t1", "t1"]
    assert endpoint.requests == 2

    endpoint.now = 1100.0
    with pytest.raises(SourceError):
        await endpoint.get_value()


async def test_repr_shows_no_token(auth):
    token = await Endpoint(auth, life=100).cache.get_token()

    assert "t1" not in repr(token)
