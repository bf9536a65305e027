"""The guides' examples are complete: they load, match the systems, sign with their keys, and print what is shown."""

import subprocess
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from code_blocks import Block, parse_blocks

from gateway.cli.check import print_findings
from gateway.net.auth import ClientAssertion, JwtBearer
from gateway.net.message import UpstreamRequest
from gateway.ports.base import Finding
from gateway.ports.discovery import connect_all, discover
from gateway.settings import ConnectionSettings, Settings, load_settings
from tests.contract.systems import VENDOR_ROLES, open_port, start_system
from tests.docs.pages import DOCS, format_location

GUIDES = sorted(path for path in (DOCS / "connect").glob("*.md") if path.stem in discover())


class GuideExample(NamedTuple):
    """A connection of a guide's example, with the text of its mapping file."""

    guide: Path
    settings: ConnectionSettings
    mapping: str

    def __str__(self) -> str:
        return f"{self.guide.stem}-{self.settings.role}"


def load_examples() -> Iterator[GuideExample]:
    for guide in GUIDES:
        titled = {block.title: block.text for block in parse_blocks(guide)}
        for settings in Settings.model_validate(tomllib.loads(titled["psgw.toml"])).connections:
            yield GuideExample(guide, settings, titled[str(settings.mapping)])


def get_marks(vendor: str) -> tuple[pytest.MarkDecorator, ...]:
    return (pytest.mark.tryton,) if vendor == "tryton" else ()


EXAMPLES = [pytest.param(each, id=str(each), marks=get_marks(each.settings.vendor)) for each in load_examples()]
CHECKS = [
    pytest.param(block, id=format_location(block), marks=get_marks(guide.stem))
    for guide in GUIDES
    for block in parse_blocks(guide)
    if block.mark[0] == "check"
]
KEYS = {"salesforce": "salesforce.pem", "netsuite": "netsuite.pem"}


def write_files(guide: Path, folder: Path) -> Path:
    """Write a guide's files into a folder, with invalid secrets; return the settings file."""
    for block in parse_blocks(guide):
        if block.language == "toml":
            (folder / block.title).parent.mkdir(exist_ok=True)
            (folder / block.title).write_text(block.text, encoding="utf-8")
    (folder / "secrets").mkdir()
    for connection in load_settings(folder / "psgw.toml", {}).connections:
        for secret in connection.secrets.values():
            kind, _, rest = secret.get_secret_value().partition(":")
            if kind == "file":
                (folder / rest).write_text("invalid", encoding="utf-8")
    return folder / "psgw.toml"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
async def test_the_example_of_a_guide_connects_its_adapters(
    guide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for client in ("SALESFORCE", "WORKDAY", "NETSUITE"):
        monkeypatch.setenv(f"{client}_CLIENT_ID", "invalid")
    settings = load_settings(write_files(guide, tmp_path), {})

    ports = connect_all(settings)

    assert list(ports) == [connection.name for connection in settings.connections]
    assert {port.vendor for port in ports.values()} == {guide.stem}
    for port in ports.values():
        await port.aclose()


@asynccontextmanager
async def run_check(example: GuideExample, mapping: str) -> AsyncIterator[list[Finding]]:
    """Check a mapping file against the vendor's running system; yield the findings."""
    (played,) = (
        each
        for each in VENDOR_ROLES
        if (each.manifest.vendor, each.role) == (example.settings.vendor, example.settings.role)
    )
    async with start_system(played) as subject:
        connection = replace(subject.running.connection, mapping=tomllib.loads(mapping))
        async with open_port(played.manifest, connection) as port:
            yield list(await port.check())


@pytest.mark.parametrize("example", EXAMPLES)
async def test_the_mapping_file_of_a_guide_matches_the_sandbox(example: GuideExample) -> None:
    async with run_check(example, example.mapping) as findings:
        assert findings
        assert [finding for finding in findings if not finding.ok] == []


@pytest.mark.parametrize("shown", CHECKS)
async def test_the_check_prints_the_output_in_the_guide(shown: Block, capsys: pytest.CaptureFixture[str]) -> None:
    old, _, new = shown.mark[1].replace("\\n", "\n").partition(" => ")
    example = next(each for each in load_examples() if each.guide == shown.page and old in each.mapping)

    async with run_check(example, example.mapping.replace(old, new)) as findings:
        print_findings(example.settings.name, shown.page.stem, [finding for finding in findings if not finding.ok])

    assert capsys.readouterr().out.split() == shown.text.split()


@pytest.mark.parametrize("vendor", sorted(KEYS))
def test_the_key_of_a_guide_signs_the_vendors_token_request(vendor: str, tmp_path: Path) -> None:
    (key_block,) = (block for block in parse_blocks(DOCS / "connect" / f"{vendor}.md") if block.mark[0] == "run")
    command = ["bash", "-e", "-c", key_block.text]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)  # noqa: S603 -- a block of the page
    (connection,) = (each.settings for each in load_examples() if each.settings.vendor == vendor)

    assert build_token_request(vendor, connection.options, (tmp_path / KEYS[vendor]).read_text(encoding="utf-8")).form
    assert (tmp_path / KEYS[vendor]).stat().st_mode & 0o077 == 0


def build_token_request(vendor: str, options: Mapping[str, str], key: str) -> UpstreamRequest:
    token_url = "https://firm.example/token"
    if vendor == "salesforce":
        return JwtBearer(
            token_url=token_url,
            issuer="client",
            subject=options["username"],
            audience=options["audience"],
            private_key=lambda: key,
        ).build_token_request()
    return ClientAssertion(
        token_url=token_url,
        client_id="client",
        key_id=options["certificate_id"],
        private_key=lambda: key,
        algorithm=options["algorithm"],
    ).build_token_request()
