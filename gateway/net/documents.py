"""Fetches small public documents, such as an issuer's key set."""

from collections.abc import Mapping, Sequence

import httpx

MAX_BYTES = 1024 * 1024
SECONDS = 5.0


async def fetch_document(url: str) -> bytes:
    """Return a document's bytes; raises httpx.HTTPError or ValueError. Follows no redirect and reads no more than 1 MiB."""
    async with (
        httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
        client.stream("GET", url) as answer,
    ):
        answer.raise_for_status()
        if answer.is_redirect:
            raise ValueError("a redirect")
        body = b""
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > MAX_BYTES:
                raise ValueError("too large")
        return body


async def post_form(url: str, form: Sequence[tuple[str, str]], headers: Mapping[str, str]) -> bytes:
    """Post a form and return the answer's bytes; raises httpx.HTTPError when it is not a success."""
    async with httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
        answer = await client.post(url, data=dict(form), headers=dict(headers))
        answer.raise_for_status()
        return answer.content


async def exchange(method: str, url: str, body: bytes | None = None) -> tuple[int, bytes]:
    """Send JSON, or nothing, and return status and body of whatever comes back; raises httpx.HTTPError when nothing does."""
    headers = {} if body is None else {"Content-Type": "application/json"}
    async with httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
        answer = await client.request(method, url, content=body, headers=headers)
        return answer.status_code, answer.content
