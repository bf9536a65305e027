"""The commands of the page `five-minutes.md` run in a fresh clone and print the answers that it shows."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from code_blocks import Block, parse_blocks

from tests.docs.pages import DOCS, ROOT, format_location
from tests.fixtures.demo import restore_interrupt, wait_for
from tests.fixtures.ports import find_free_port

PAGE = DOCS / "start" / "five-minutes.md"
BLOCKS = list(parse_blocks(PAGE))
DEMO = "make demo\n"
START_SECONDS = 900
READY = ["-o", ".venv/.installed", "-o", "gateway/console/static/.vite/manifest.json"]
"""Options by which make treats these targets as up to date, so that the tests' environment is used."""


class Newcomer:
    """A reader with a folder and a shell; only the repository's address and the ports differ from the page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {"8000": str(find_free_port()), "8001": str(find_free_port())}
        self.variables = {**os.environ, "REPOSITORY": str(ROOT)}

    @property
    def clone(self) -> Path:
        return self.folder / "psgw"

    def run_block(self, block: Block) -> str:
        """Run a block in the clone, or before cloning in the folder; return its output."""
        folder = self.clone if self.clone.exists() else self.folder
        command = ["bash", "-e", "-c", self.replace_ports(block.text)]
        result = subprocess.run(  # noqa: S603 -- a block of the page
            command, cwd=folder, env=self.variables, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, f"{format_location(block)}: {result.stderr}"
        return result.stdout

    def replace_ports(self, text: str) -> str:
        return text.replace("127.0.0.1:8000", f"127.0.0.1:{self.ports['8000']}")

    @contextmanager
    def run_demo(self, *options: str) -> Iterator[Path]:
        """Run `make demo` in the background until it is ready; yield the file of its output."""
        ports = f"--port {self.ports['8000']} --identity-port {self.ports['8001']}"
        output = self.folder / "output"
        with output.open("wb") as file:
            process = subprocess.Popen(  # noqa: S603 -- the page's command; no other thread runs
                ["make", *options, "demo", f"DEMO_ARGS={ports}"],  # noqa: S607 -- make from the path
                cwd=self.clone,
                env={**self.variables, "PYTHON": sys.executable},
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=restore_interrupt,  # noqa: PLW1509 -- no other thread runs
            )
        try:
            wait_for(self.replace_ports("http://127.0.0.1:8000/readyz"), process, START_SECONDS)
            yield output
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)


def follow_page(newcomer: Newcomer, *options: str) -> int:
    """Run the page's commands; return the number of compared answers."""
    clone, start, shown, *rest = BLOCKS
    newcomer.run_block(clone)
    assert (newcomer.clone / "README.md").is_file()
    if options:
        (newcomer.clone / ".venv").symlink_to(Path(sys.executable).parents[1])
    assert start.text == DEMO
    compared = 0
    with newcomer.run_demo(*options) as output:
        lines = output.read_text(encoding="utf-8").splitlines()
        assert [line for line in newcomer.replace_ports(shown.text).splitlines() if line not in lines] == []
        for command, answer in pairwise(rest):
            if command.language == "sh":
                assert json.loads(newcomer.run_block(command)) == json.loads(answer.text), format_location(command)
                compared += 1
    return compared


def count_languages(blocks: list[Block]) -> Mapping[str, int]:
    return {language: sum(block.language == language for block in blocks) for language in ("sh", "text", "json")}


@pytest.mark.timeout(300)
def test_the_commands_of_the_page_print_what_it_shows(tmp_path: Path) -> None:
    assert count_languages(BLOCKS) == {"sh": 5, "text": 1, "json": 3}

    assert follow_page(Newcomer(tmp_path), *READY) == 3


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_the_commands_of_the_page_work_without_an_environment(tmp_path: Path) -> None:
    assert follow_page(Newcomer(tmp_path)) == 3
