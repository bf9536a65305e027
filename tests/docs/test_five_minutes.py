"""A stranger's first five minutes are what the page says: its commands run in a fresh clone, and their answers are the ones that it shows."""

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
from tests.fixtures.demo import at_a_terminal, wait_for
from tests.fixtures.ports import free_port

PAGE = DOCS / "start" / "five-minutes.md"
BLOCKS = list(parse_blocks(PAGE))
DEMO = "make demo\n"
START_SECONDS = 900
READY = ["-o", ".venv/.installed", "-o", "gateway/console/static/.vite/manifest.json"]
"""What make takes for made where the environment of the tests is used instead of a new one."""


class Newcomer:
    """Somebody with a folder and a shell. What differs from the page: the address of the repository, and the ports, which may be taken."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {"8000": str(free_port()), "8001": str(free_port())}
        self.variables = {**os.environ, "REPOSITORY": str(ROOT)}

    @property
    def clone(self) -> Path:
        return self.folder / "psgw"

    def run_block(self, block: Block) -> str:
        """Run a block where the page has led to; return what it prints."""
        where = self.clone if self.clone.exists() else self.folder
        words = ["bash", "-e", "-c", self.replace_ports(block.text)]
        ran = subprocess.run(  # noqa: S603 -- a block of the page
            words, cwd=where, env=self.variables, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, f"{format_location(block)}: {ran.stderr}"
        return ran.stdout

    def replace_ports(self, text: str) -> str:
        return text.replace("127.0.0.1:8000", f"127.0.0.1:{self.ports['8000']}")

    @contextmanager
    def run_demo(self, *more: str) -> Iterator[Path]:
        """Run `make demo` in the background; give the file of what it prints."""
        options = f"--port {self.ports['8000']} --identity-port {self.ports['8001']}"
        printed = self.folder / "printed"
        with printed.open("wb") as file:
            process = subprocess.Popen(  # noqa: S603 -- the page's command; the process is alone when it forks
                ["make", *more, "demo", f"DEMO_ARGS={options}"],  # noqa: S607 -- make from the path
                cwd=self.clone,
                env={**self.variables, "PYTHON": sys.executable},
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=at_a_terminal,  # noqa: PLW1509 -- no thread runs beside it
            )
        try:
            wait_for(self.replace_ports("http://127.0.0.1:8000/readyz"), process, START_SECONDS)
            yield printed
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(60)


def follow_page(newcomer: Newcomer, *more: str) -> int:
    """Follow the page to its end; return how many answers were compared."""
    clone, start, shown, *rest = BLOCKS
    newcomer.run_block(clone)
    assert (newcomer.clone / "README.md").is_file()
    if more:
        (newcomer.clone / ".venv").symlink_to(Path(sys.executable).parents[1])
    assert start.text == DEMO
    compared = 0
    with newcomer.run_demo(*more) as printed:
        told = printed.read_text(encoding="utf-8").splitlines()
        assert [line for line in newcomer.replace_ports(shown.text).splitlines() if line not in told] == []
        for command, answer in pairwise(rest):
            if command.language == "sh":
                assert json.loads(newcomer.run_block(command)) == json.loads(answer.text), format_location(command)
                compared += 1
    return compared


def count_languages(blocks: list[Block]) -> Mapping[str, int]:
    return {language: sum(block.language == language for block in blocks) for language in ("sh", "text", "json")}


@pytest.mark.timeout(300)
def test_the_page_is_followed_to_its_end(tmp_path: Path) -> None:
    assert count_languages(BLOCKS) == {"sh": 5, "text": 1, "json": 3}

    assert follow_page(Newcomer(tmp_path), *READY) == 3


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_the_page_is_followed_on_a_machine_that_has_nothing_of_ours_yet(tmp_path: Path) -> None:
    assert follow_page(Newcomer(tmp_path)) == 3
