"""Serve the bundle's files. File names contain a hash of the content, so browsers may cache them forever."""

from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".ttf": "font/ttf"}
CACHE_HEADERS = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}


class Assets:
    """Serves the files of the bundle; any other path is 404."""

    def __init__(self, files: Mapping[str, Mapping[str, Path]]) -> None:
        self._files = files

    async def __call__(self, request: Request) -> Response:
        """Send one file in the smallest content coding that the client accepts."""
        name = request.path_params["name"]
        codings = self._files.get(name)
        if codings is None:
            return PlainTextResponse("File not found.", status_code=404)
        accepted = parse_accept_encoding(request.headers.get("accept-encoding", ""))
        coding = next((each for each in codings if each in accepted), "identity")
        headers = CACHE_HEADERS if coding == "identity" else {**CACHE_HEADERS, "content-encoding": coding}
        media_type = MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")
        return FileResponse(codings[coding], headers=headers, media_type=media_type)


def parse_accept_encoding(header: str) -> frozenset[str]:
    """Return the content codings of an Accept-Encoding header, without those of weight 0 (RFC 9110, 12.5.3)."""
    codings = (part.replace(" ", "").partition(";") for part in header.lower().split(","))
    return frozenset(coding for coding, _, weight in codings if weight.rstrip("0.") != "q=")  # q=0, q=0.000
