"""Serves the bundle's files: names carry a hash of what is in them, so that browsers keep them for ever."""

from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".ttf": "font/ttf"}
CACHE_HEADERS = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}


class Assets:
    """Answers for files that the bundle names; any other path is 404, whatever it looks like."""

    def __init__(self, files: Mapping[str, Mapping[str, Path]]) -> None:
        self._files = files

    async def __call__(self, request: Request) -> Response:
        """Send one file in the smallest coding that the client takes."""
        name = request.path_params["name"]
        codings = self._files.get(name)
        if codings is None:
            return PlainTextResponse("There is no such file.", status_code=404)
        taken = parse_accept_encoding(request.headers.get("accept-encoding", ""))
        coding = next((each for each in codings if each in taken), "identity")
        headers = CACHE_HEADERS if coding == "identity" else {**CACHE_HEADERS, "content-encoding": coding}
        media_type = MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")
        return FileResponse(codings[coding], headers=headers, media_type=media_type)


def parse_accept_encoding(header: str) -> frozenset[str]:
    """Return the codings that a client names and does not refuse by weight 0 (RFC 9110, 12.5.3)."""
    named = (part.replace(" ", "").partition(";") for part in header.lower().split(","))
    return frozenset(coding for coding, _, weight in named if weight.rstrip("0.") != "q=")  # q=0, q=0.000
