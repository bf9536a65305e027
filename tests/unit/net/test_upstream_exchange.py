import gzip
from decimal import Decimal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.responses import RedirectResponse
from starlette.responses import Response as Answer

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.net.call_counter import count_calls
from gateway.net.message import UpstreamRequest
from gateway.net.upstream import CallLimits
from gateway.observability.event import UpstreamCalled

GET = UpstreamRequest(method="GET", path="items", operation="items", safe=True)


def change(request, **changes):
    return msgspec.structs.replace(request, **changes)


async def test_paths_are_appended_to_the_base_url(vendor, connect):
    await connect(path="/db/rest/").fetch(change(GET, path="/model/party"))

    assert [seen.path for seen in vendor.seen] == ["/db/rest/model/party"]


async def test_an_absolute_url_on_the_own_host_is_called(vendor, connect):
    await connect().fetch(change(GET, path=f"{vendor.base_url}/next?cursor=a%2Bb", query=(("limit", "2"),)))

    assert vendor.seen[0].path == "/next"
    assert vendor.seen[0].query == [("cursor", "a+b"), ("limit", "2")]


@pytest.mark.parametrize(
    "path", ["https://evil.example/x", "http://127.0.0.1:1/x", "../admin", "a/%2e%2E/b", "a b", "a\r\nb: c"]
)
async def test_other_urls_are_refused_before_anything_is_sent(vendor, connect, path):
    with count_calls() as calls, pytest.raises(SourceError) as refused:
        await connect().fetch(change(GET, path=path))

    assert refused.value.code is FaultCode.CONTRACT_MISMATCH
    assert path not in str(refused.value)
    assert vendor.seen == []
    assert calls == {}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=4))
async def test_any_query_arrives_unchanged(vendor, connect, pairs):
    pairs = [
        (name.encode("utf-8", "replace").decode(), value.encode("utf-8", "replace").decode()) for name, value in pairs
    ]
    vendor.seen.clear()
    upstream = connect()
    try:
        await upstream.fetch(change(GET, query=pairs))
    finally:
        await upstream.aclose()

    assert vendor.seen[0].query == pairs


async def test_decimals_are_sent_digit_for_digit(vendor, connect):
    amount = Decimal("12345678901234567.10")

    await connect().fetch(change(GET, method="POST", json={"amount": amount}))

    assert vendor.seen[0].body == b'{"amount":12345678901234567.10}'
    assert vendor.seen[0].headers["content-type"] == "application/json"


async def test_forms_keep_order_and_repeated_names(vendor, connect):
    await connect().fetch(change(GET, method="POST", form=[("a", "1 & 2"), ("b", "é"), ("a", "3")]))

    assert vendor.seen[0].body == b"a=1+%26+2&b=%C3%A9&a=3"
    assert vendor.seen[0].headers["content-type"] == "application/x-www-form-urlencoded"


async def test_raw_content_is_sent_with_the_adapters_content_type(vendor, connect):
    await connect().fetch(change(GET, method="PUT", content=b"\x00\xff", headers={"Content-Type": "application/x-y"}))

    assert vendor.seen[0].body == b"\x00\xff"
    assert vendor.seen[0].headers["content-type"] == "application/x-y"


async def test_the_response_is_decompressed_and_has_lower_case_headers(vendor, connect):
    vendor.answer = lambda _request, _number: Answer(
        gzip.compress(b'{"ok": true}'),
        headers={"Content-Encoding": "gzip", "X-Limit": "3/5", "Content-Type": "Application/JSON; charset=utf-8"},
    )

    response = await connect().fetch(GET)

    assert (response.status, response.body) == (200, b'{"ok": true}')
    assert response.headers["x-limit"] == "3/5"
    assert response.media_type == "application/json"


async def test_redirects_are_not_followed(vendor, connect):
    vendor.answer = lambda _request, _number: RedirectResponse("/elsewhere", status_code=302)

    with pytest.raises(SourceError) as refused:
        await connect().fetch(GET)

    assert refused.value.status == 302
    assert len(vendor.seen) == 1


async def test_cookies_are_not_stored(vendor, connect):
    vendor.answer = lambda _request, _number: Answer("{}", headers={"Set-Cookie": "session=1"})
    upstream = connect()

    await upstream.fetch(GET)
    await upstream.fetch(GET)

    assert "cookie" not in vendor.seen[1].headers


async def test_the_correlation_id_is_sent(vendor, connect):
    upstream = connect()

    with count_calls("req-7"):
        await upstream.fetch(GET)
    await upstream.fetch(GET)

    assert [seen.headers.get("x-correlation-id") for seen in vendor.seen] == ["req-7", None]


async def test_every_attempt_is_counted_and_reported_without_content(vendor, connect):
    vendor.answer = lambda _request, number: Answer("secret", status_code=500 if number == 1 else 200)
    events: list[UpstreamCalled] = []

    with count_calls("req-8") as calls:
        await connect(observe=events.append).fetch(change(GET, path="people/jane", query=(("q", "jane"),)))

    assert calls == {"vendor-main": 2}
    assert calls.token_requests == {}
    assert [(each.operation, each.status, each.fault, each.correlation_id) for each in events] == [
        ("items", 500, FaultCode.UNAVAILABLE, "req-8"),
        ("items", 200, None, "req-8"),
    ]
    assert "jane" not in repr(events)


@pytest.mark.parametrize(
    ("_case", "headers", "body"),
    [
        ("large", {}, b"x" * 100_001),
        ("small when compressed", {"Content-Encoding": "gzip"}, gzip.compress(b"0" * 50_000_000, mtime=0)),
    ],
)
async def test_a_body_above_the_cap_is_a_contract_mismatch(vendor, connect, _case, headers, body):
    vendor.answer = lambda _request, _number: Answer(body, headers=headers)

    with pytest.raises(SourceError) as refused:
        await connect(limits=CallLimits(max_body_bytes=100_000)).fetch(GET)

    assert refused.value.code is FaultCode.CONTRACT_MISMATCH
    assert len(vendor.seen) == 1


async def test_a_body_of_exactly_the_cap_is_accepted(vendor, connect):
    vendor.answer = lambda _request, _number: Answer(
        gzip.compress(b"0" * 100_000), headers={"Content-Encoding": "gzip"}
    )

    assert len((await connect(limits=CallLimits(max_body_bytes=100_000)).fetch(GET)).body) == 100_000


@pytest.mark.parametrize(
    ("_case", "encoding", "body", "code"),
    [
        ("unrequested encoding", "br", b"\x0b\x02", FaultCode.CONTRACT_MISMATCH),
        ("not gzip", "gzip", b"<html>", FaultCode.CONTRACT_MISMATCH),
        ("truncated gzip", "gzip", gzip.compress(b"0123456789" * 50, mtime=0)[:20], FaultCode.UNAVAILABLE),
    ],
)
async def test_invalid_compression_and_truncation_have_different_codes(vendor, connect, _case, encoding, body, code):
    vendor.answer = lambda _request, _number: Answer(body, headers={"Content-Encoding": encoding})

    with pytest.raises(SourceError) as refused:
        await connect().fetch(change(GET, safe=False))

    assert refused.value.code is code
