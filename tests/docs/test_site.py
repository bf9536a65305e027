"""The site is built without warnings, has no broken links, and loads nothing from other hosts."""

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
"""External hosts that pages may link to."""
MARKDOWN_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


class Page(HTMLParser):
    """The links, loaded resources and anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.anchors |= {attributes[key] or "" for key in ("id", "name") if key in attributes}
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"] or "")
        if tag in {"script", "img", "iframe", "source"} and attributes.get("src"):
            self.loaded.append(attributes["src"] or "")
        if tag == "link" and attributes.get("href"):
            self.loaded.append(attributes["href"] or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}

    result = subprocess.run(  # noqa: S603 -- a fixed command
        build, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> Mapping[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


def test_every_markdown_page_and_error_code_has_a_page(site: Path, pages: Mapping[Path, Page]) -> None:
    sources = {path.relative_to(DOCS).with_suffix(".html") for path in PAGES if path.is_relative_to(DOCS)}
    built = {path.relative_to(site) for path in pages}

    assert sources <= built
    assert {Path("errors/FORBIDDEN.html"), Path("reference/settings.html"), Path("decisions/index.html")} <= built
    assert not (site / "hooks").exists()


def test_pages_load_nothing_from_other_hosts(pages: Mapping[Path, Page]) -> None:
    assert [each for page in pages.values() for each in page.loaded if urlsplit(each).netloc] == []


def test_styles_load_nothing_from_other_hosts(site: Path) -> None:
    styles = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]

    assert styles
    assert [url for text in styles for url in re.findall(r"url\(\s*['\"]?(?:https?:)?//[^)]+\)", text)] == []


def test_every_link_has_an_existing_page_and_anchor(pages: Mapping[Path, Page]) -> None:
    assert [
        f"{path.name}: {link}" for path, page in pages.items() for link in find_broken_links(path, page, pages)
    ] == []


def find_broken_links(path: Path, page: Page, pages: Mapping[Path, Page]) -> Iterator[str]:
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme in {"http", "https"}:
            if parts.hostname not in EXTERNAL_HOSTS:
                yield link
        # The 404 page is served at any URL, so its links are absolute.
        elif path.name != "404.html" and not link.startswith("javascript:") and not is_valid_link(path, parts, pages):
            yield link


def is_valid_link(path: Path, parts: SplitResult, pages: Mapping[Path, Page]) -> bool:
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    target = target / "index.html" if target.is_dir() else target
    anchors = pages[target].anchors if target in pages else set()
    return target.is_file() and (not parts.fragment or unquote(parts.fragment) in anchors)


def test_links_of_the_top_level_pages_are_valid() -> None:
    top = [path for path in PAGES if path.parent == ROOT]
    links = [(path.name, link) for path in top for link in MARKDOWN_LINK.findall(path.read_text(encoding="utf-8"))]

    assert links
    assert [each for each in links if "://" not in each[1] and not (ROOT / each[1].partition("#")[0]).exists()] == []
    hosts = {urlsplit(link).hostname for _, link in links if "://" in link}
    assert hosts <= EXTERNAL_HOSTS


def test_generated_pages_are_not_committed() -> None:
    generated = ("errors", "reference", "decisions/index.md")

    assert [each for each in generated if (DOCS / each).exists()] == []


@pytest.mark.parametrize("diagram", sorted((DOCS / "concepts" / "pictures").glob("*.svg")), ids=lambda path: path.stem)
def test_diagrams_have_a_title_a_description_and_a_background(diagram: Path) -> None:
    text = diagram.read_text(encoding="utf-8")

    assert '<title id="title">' in text
    assert '<desc id="desc">' in text
    assert 'fill="#ffffff"/>' in text  # legible on dark pages too
    assert "href" not in text
