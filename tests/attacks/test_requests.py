"""Requests that are expensive or ambiguous before any document is read, and one caller that asks too much."""

import socket
import threading
from urllib.parse import urlsplit

import pytest

from tests.attacks.attacked_gateway import REQUEST_SECONDS, AttackedGateway

BODIES = {
    "a mebibyte of lists": (b'{"query": "{__typename}", "variables": {"a": [' + b"[]," * 340_000 + b"1]}}", 400),
    "a mebibyte of nested lists": (b'{"query": "{__typename}", "variables": {"a": ' + b"[" * 10**6 + b"}}", 400),
    "a mebibyte of quotes": (b'{"query": "' + b'\\"' * 500_000 + b'"}', 200),
    "a mebibyte of an unfinished string": (b'{"query": "' + b'\\"' * 500_000, 400),
    "a mebibyte of digits": (b'{"query": "{__typename}", "variables": {"a": ' + b"9" * 10**6 + b"}}", 400),
    "a mebibyte of keys": (
        b'{"query": "{__typename}", "variables": {' + b",".join(b'"%d": 1' % n for n in range(70_000)) + b"}}",
        400,
    ),
    "an invalid byte": (b'{"query": "{__typename} #\xff"}', 400),
    "more than a mebibyte": (b'{"query": "' + b" " * 2**20 + b'"}', 413),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_large_or_malformed_body_is_refused(gateway: AttackedGateway, case: str) -> None:
    body, status = BODIES[case]

    response = gateway.post("finance", body)

    assert response.status_code == status
    assert "data" not in response.json()


def test_two_hosts_are_refused(gateway: AttackedGateway) -> None:
    parts = urlsplit(gateway.demo.origin)
    hosts = b"Host: a.example\r\nHost: b.example\r\n"
    request = b"POST /graphql HTTP/1.1\r\n" + hosts + b"Content-Length: 0\r\nConnection: close\r\n\r\n"
    with socket.create_connection((parts.hostname, parts.port), REQUEST_SECONDS) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"AMBIGUOUS_HOST" in answer


def test_clients_that_leave_cost_nothing(gateway: AttackedGateway) -> None:
    parts = urlsplit(gateway.demo.origin)
    token = gateway.demo.get_token("finance")
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
    )
    for _ in range(50):
        with socket.create_connection((parts.hostname, parts.port), REQUEST_SECONDS) as connection:
            connection.sendall(head.encode())

    assert gateway.run("finance", "{__typename}") == {"data": {"__typename": "Query"}}


def test_one_caller_that_asks_too_much_gets_429_before_another_one_feels_it(gateway: AttackedGateway) -> None:
    """The demo of this folder allows each caller a cost of 300,000 per minute."""
    rows = "nodes{code name status customer{name} tasks(first: 100){nodes{name}} timeEntries(first: 100){nodes{hours}}}"
    query = {"query": f"{{a: projects(first: 100){{{rows}}} b: projects(first: 100){{{rows}}}}}"}
    refused = threading.Event()
    waits: list[int] = []

    def attack() -> None:
        while not refused.is_set():
            response = gateway.post("auditor", query)
            if response.status_code == 429:
                waits.append(int(response.headers["retry-after"]))
                refused.set()

    attackers = [threading.Thread(target=attack) for _ in range(4)]
    for each in attackers:
        each.start()
    assert refused.wait(30)
    for each in attackers:
        each.join()

    assert min(waits) >= 1
    assert gateway.run("finance", "{__typename}") == {"data": {"__typename": "Query"}}
