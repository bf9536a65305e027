"""The gateway under attack: requests with tokens of the demo's roles, and a probe of its health."""

import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from tests.fixtures.demo import RunningDemo

REQUEST_SECONDS = 20.0
PROBE_INTERVAL_SECONDS = 0.05
PROBE_SECONDS = 2.0
"""The longest accepted answer of /livez: generous, since other processes may use the machine."""


class AttackedGateway:
    """Sends requests to the running demo. Every request has a timeout: a successful attack would never be answered."""

    def __init__(self, demo: RunningDemo) -> None:
        self.demo = demo
        self._client = httpx.Client(timeout=REQUEST_SECONDS)

    def post(
        self, role: str, body: Mapping[str, Any] | bytes, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send a GraphQL request with a token of a role; the body is sent as JSON, bytes as they are."""
        sent = {"Authorization": f"Bearer {self.demo.get_token(role)}", "Content-Type": "application/json"}
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        return self._client.post(self.demo.url, headers={**sent, **(headers or {})}, **content)

    def run(self, role: str, query: str, **variables: Any) -> dict[str, Any]:
        """Return the response to a query."""
        response: dict[str, Any] = self.post(role, {"query": query, "variables": variables}).json()
        return response

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class HealthProbe:
    """Asks for the health of a process in a thread of its own, and keeps the slowest answer."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.answers = 0
        self.slowest = 0.0
        self.failures: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def check(self) -> None:
        """Raise AssertionError unless every answer was 200 and in time."""
        assert self.failures == []
        assert self.answers > 0
        assert self.slowest < PROBE_SECONDS

    def _run(self) -> None:
        with httpx.Client(timeout=2 * PROBE_SECONDS) as client:
            while True:
                started = time.monotonic()
                try:
                    status = client.get(self._url).status_code
                except httpx.HTTPError as error:
                    self.failures.append(type(error).__name__)
                else:
                    self.answers += 1
                    if status != httpx.codes.OK:
                        self.failures.append(str(status))
                self.slowest = max(self.slowest, time.monotonic() - started)
                if self._ended.wait(PROBE_INTERVAL_SECONDS):
                    return
