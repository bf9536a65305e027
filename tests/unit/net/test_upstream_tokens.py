import asyncio

import msgspec
import pytest
from starlette.responses import Response as Answer

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.auth import ClientCredentials
from gateway.net.ledger import counting
from gateway.net.message import Request, Response
from gateway.net.token_keeper import TokenKeeper
from gateway.resilience.deadline import until

READ = Request(method="GET", path="items", operation="items", safe=True)
WRITE = msgspec.structs.replace(READ, method="POST", safe=False)


@pytest.fixture
def auth():
    return ClientCredentials(token_url="/token", client_id="id", client_secret=lambda: "s")


def sent_tokens(vendor):
    return [seen.headers["authorization"] for seen in vendor.seen]


def accepting(*tokens):
    def answer(request, _number):
        return Answer("{}", 200 if request.headers["authorization"] in {f"Bearer {each}" for each in tokens} else 401)

    return answer


async def test_twenty_first_calls_share_one_token(vendor, reach, auth):
    vendor.hold = 0.05

    upstream = reach(auth, concurrency=20)
    with counting() as calls:
        await asyncio.gather(*(upstream.fetch(READ) for _ in range(20)))

    assert vendor.tokens == 1
    assert sent_tokens(vendor) == ["Bearer t1"] * 20
    assert calls == {"vendor-main": 20}
    assert calls.tokens == {"vendor-main": 1}


async def test_a_refused_token_is_renewed_once_for_everyone(vendor, reach, auth):
    vendor.answer = accepting("t2")
    upstream = reach(auth)

    await asyncio.gather(*(upstream.fetch(WRITE) for _ in range(5)))

    assert vendor.tokens == 2
    assert sorted(sent_tokens(vendor)) == ["Bearer t1"] * 5 + ["Bearer t2"] * 5


async def test_a_renewed_token_that_is_refused_too_ends_it(vendor, reach, auth):
    vendor.answer = accepting("none")

    with pytest.raises(SourceError) as refused:
        await reach(auth).fetch(READ)

    assert refused.value.code is FaultCode.AUTH_EXPIRED
    assert (vendor.tokens, len(vendor.seen)) == (2, 2)


async def test_a_static_credential_is_not_tried_twice(vendor, reach):
    vendor.answer = lambda _request, _number: Answer("{}", 401)

    with pytest.raises(SourceError) as refused:
        await reach().fetch(READ)

    assert refused.value.code is FaultCode.AUTH_EXPIRED
    assert (vendor.tokens, len(vendor.seen)) == (0, 1)


async def test_refused_client_credentials_send_no_data_call(vendor, reach, auth):
    vendor.token_status = 401

    with pytest.raises(SourceError) as refused:
        await reach(auth).fetch(READ)

    assert refused.value.code is FaultCode.AUTH_EXPIRED
    assert (vendor.tokens, len(vendor.seen)) == (1, 0)


async def test_a_broken_token_endpoint_is_tried_again_for_safe_calls(vendor, reach, auth):
    vendor.token_status = 503

    with pytest.raises(SourceError) as failed:
        await reach(auth).fetch(READ)

    assert failed.value.code is FaultCode.UNAVAILABLE
    assert (vendor.tokens, len(vendor.seen)) == (3, 0)


async def test_the_first_callers_deadline_does_not_end_the_others_token(vendor, reach, auth):
    vendor.hold = 0.3
    upstream = reach(auth)

    async def hurried():
        with until(asyncio.get_running_loop().time() + 0.1):
            return await upstream.fetch(READ)

    first = asyncio.create_task(hurried())
    await asyncio.sleep(0.02)
    second = await upstream.fetch(READ)

    assert second.status == 200
    assert vendor.tokens == 1
    with pytest.raises(SourceError) as late:
        await first
    assert late.value.code is FaultCode.TIMEOUT


class Endpoint:
    """A token endpoint in the test's own time."""

    def __init__(self, auth, life):
        self.now = 1000.0
        self.life = life
        self.asked = 0
        self.broken = False
        self.keeper = TokenKeeper(auth, self.send, lambda: self.now)

    async def send(self, _request):
        self.asked += 1
        if self.broken:
            raise SourceError(FaultCode.UNAVAILABLE, "broken")
        granted = {"access_token": f"t{self.asked}", "expires_in": self.life}
        return Response(status=200, headers={}, body=msgspec.json.encode(granted))

    async def value(self):
        return (await self.keeper.current()).value


async def test_a_token_is_renewed_at_four_fifths_of_its_life(auth):
    endpoint = Endpoint(auth, life=100)
    values = []
    for endpoint.now in (1000.0, 1079.9, 1080.0, 1159.0):
        values.append(await endpoint.value())

    assert values == ["t1", "t1", "t2", "t2"]


async def test_a_token_without_a_life_stays_until_it_is_refused(auth):
    endpoint = Endpoint(auth, life=None)
    token = await endpoint.keeper.current()
    endpoint.now += 1e9

    assert await endpoint.value() == "t1"
    assert (await endpoint.keeper.after_refusal(token)).value == "t2"


async def test_a_refusal_of_an_old_token_does_not_cost_the_new_one(auth):
    endpoint = Endpoint(auth, life=None)
    old = await endpoint.keeper.current()
    await endpoint.keeper.after_refusal(old)

    assert (await endpoint.keeper.after_refusal(old)).value == "t2"
    assert endpoint.asked == 2


async def test_a_renewal_that_fails_does_no_harm_while_the_token_lives(auth):
    endpoint = Endpoint(auth, life=100)
    await endpoint.value()
    endpoint.broken = True
    endpoint.now = 1085.0

    assert [await endpoint.value(), await endpoint.value()] == ["t1", "t1"]
    assert endpoint.asked == 2

    endpoint.now = 1100.0
    with pytest.raises(SourceError):
        await endpoint.value()


async def test_a_token_is_not_in_a_repr(auth):
    token = await Endpoint(auth, life=100).keeper.current()

    assert "t1" not in repr(token)
