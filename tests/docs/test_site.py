"""The site is built without a warning, holds together, and asks nothing of the outside."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import pytest

from tests.docs.pages import DOCS, PAGES, ROOT

EXTERNAL_HOSTS = {"github.com", "keepachangelog.com", "the-guild.dev"}
"""Hosts that pages may link to."""
MARKDOWN_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


class Page(HTMLParser):
    """What a page links to, loads, and offers as anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {given[key] or "" for key in ("id", "name") if key in given}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        if tag in {"script", "img", "iframe", "source"} and given.get("src"):
            self.loaded.append(given["src"] or "")
        if tag == "link" and given.get("href"):
            self.loaded.append(given["href"] or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}

    built = subprocess.run(build, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 -- fixed words

    assert (built.returncode, built.stdout, built.stderr) == (0, "", "")
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> Mapping[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


def test_every_written_page_and_every_error_code_has_a_page(site: Path, pages: Mapping[Path, Page]) -> None:
    written = {path.relative_to(DOCS).with_suffix(".html") for path in PAGES if path.is_relative_to(DOCS)}
    built = {path.relative_to(site) for path in pages}

    assert written <= built
    assert {Path("errors/FORBIDDEN.html"), Path("reference/settings.html"), Path("decisions/index.html")} <= built
    assert not (site / "hooks").exists()


def test_pages_load_nothing_from_outside(pages: Mapping[Path, Page]) -> None:
    assert [each for page in pages.values() for each in page.loaded if urlsplit(each).netloc] == []


def test_styles_load_nothing_from_outside(site: Path) -> None:
    styles = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]

    assert styles
    assert [found for text in styles for found in re.findall(r"url\(\s*['\"]?(?:https?:)?//[^)]+\)", text)] == []


def test_every_link_leads_to_a_page_and_an_anchor_that_are_there(pages: Mapping[Path, Page]) -> None:
    assert [
        f"{path.name}: {link}" for path, page in pages.items() for link in find_broken_links(path, page, pages)
    ] == []


def find_broken_links(path: Path, page: Page, pages: Mapping[Path, Page]) -> Iterator[str]:
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme in {"http", "https"}:
            if parts.hostname not in EXTERNAL_HOSTS:
                yield link
        # The page for what is not found is served for any address, and so links from the root.
        elif path.name != "404.html" and not link.startswith("javascript:") and not is_valid_link(path, parts, pages):
            yield link


def is_valid_link(path: Path, parts: SplitResult, pages: Mapping[Path, Page]) -> bool:
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    target = target / "index.html" if target.is_dir() else target
    offered = pages[target].anchors if target in pages else set()
    return target.is_file() and (not parts.fragment or unquote(parts.fragment) in offered)


def test_links_of_the_pages_at_the_top_lead_somewhere() -> None:
    top = [path for path in PAGES if path.parent == ROOT]
    links = [(path.name, link) for path in top for link in MARKDOWN_LINK.findall(path.read_text(encoding="utf-8"))]

    assert links
    assert [each for each in links if "://" not in each[1] and not (ROOT / each[1].partition("#")[0]).exists()] == []
    hosts = {urlsplit(link).hostname for _, link in links if "://" in link}
    assert hosts <= EXTERNAL_HOSTS


def test_generated_pages_are_not_kept() -> None:
    generated = ("errors", "reference", "decisions/index.md")

    assert [each for each in generated if (DOCS / each).exists()] == []


@pytest.mark.parametrize("picture", sorted((DOCS / "concepts" / "pictures").glob("*.svg")), ids=lambda path: path.stem)
def test_pictures_are_told_in_words_and_bring_their_own_ground(picture: Path) -> None:
    text = picture.read_text(encoding="utf-8")

    assert '<title id="title">' in text
    assert '<desc id="desc">' in text
    assert 'fill="#ffffff"/>' in text  # legible on a dark page as well
    assert "href" not in text
