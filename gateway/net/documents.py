"""Fetch small documents, such as an issuer's key set, and send small requests to the gateway's own services."""

from collections.abc import Mapping, Sequence

import httpx

MAX_BYTES = 1024 * 1024
TIMEOUT_SECONDS = 5.0


async def fetch_document(url: str) -> bytes:
    """Return a document of at most 1 MiB, without following redirects; raise httpx.HTTPError or ValueError."""
    async with (
        httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client,
        client.stream("GET", url) as response,
    ):
        response.raise_for_status()
        if response.is_redirect:
            raise ValueError("a redirect")
        body = b""
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MAX_BYTES:
                raise ValueError("too large")
        return body


async def post_form(url: str, form: Sequence[tuple[str, str]], headers: Mapping[str, str]) -> bytes:
    """Post a form and return the response body; raise httpx.HTTPError unless the status is a success."""
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client:
        response = await client.post(url, data=dict(form), headers=dict(headers))
        response.raise_for_status()
        return response.content


async def send_json(method: str, url: str, body: bytes | None = None) -> tuple[int, bytes]:
    """Send JSON or an empty body and return status and body of the response; raise httpx.HTTPError if there is none."""
    headers = {} if body is None else {"Content-Type": "application/json"}
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client:
        response = await client.request(method, url, content=body, headers=headers)
        return response.status_code, response.content
