"""Where commands write to may be gone or full, and what they are about may not be there: they say so in words, and leave nothing behind."""

import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.e2e.commands.running import run_psgw
from tests.fixtures.demo import PSGW


def list_files(folder: Path) -> list[Path]:
    """Return what lies in a folder."""
    return list(folder.iterdir())


async def test_the_version_is_told() -> None:
    told = await run_psgw("--version")

    assert (told.code, told.out, told.err) == (0, f"psgw {version('psgw')}\n", "")


@pytest.mark.parametrize("words", [("schema", "print"), ("config", "schema"), ("adapters", "verify")])
def test_a_reader_that_has_gone_gets_no_stack_trace(words: tuple[str, ...]) -> None:
    with subprocess.Popen((PSGW, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 -- our own command
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        told = process.stderr.read()

    assert told == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_disk_that_is_full_is_told_in_words() -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run((PSGW, "schema", "print"), stdout=full, stderr=subprocess.PIPE, check=False)  # noqa: S603 -- our own command

    assert (ended.returncode, ended.stderr.decode()) == (
        1,
        "✗ standard output cannot be written: No space left on device\n",
    )


@pytest.mark.parametrize("words", [("sync",), ("identities", "match")])
async def test_without_a_connection_there_is_nothing_to_do_and_no_store_is_made(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    ended = await run_psgw(*words, home=tmp_path)

    assert (ended.code, ended.out) == (2, "")
    assert ended.message == "✗ connections: there is none; name the file with --settings"
    assert list_files(tmp_path) == []


@pytest.mark.parametrize("words", [("sync",), ("identities", "match"), ("serve",)])
async def test_a_store_of_another_kind_is_told_without_its_password(tmp_path: Path, words: tuple[str, ...]) -> None:
    settings = tmp_path / "psgw.toml"
    settings.write_text(
        '[store]\nurl = "mysql://psgw:hush@db/psgw"\n'
        '[[connections]]\nname = "psa"\nrole = "PSA"\nvendor = "kantata"\nbase_url = "http://127.0.0.1:9"\n'
        'region = "EU"\nsecrets = { token = "t" }\n',
        encoding="utf-8",
    )

    ended = await run_psgw(*words, home=tmp_path)

    assert (ended.code, ended.out) == (2, "")
    assert ended.message.startswith("✗ store.url: is of no database that the gateway can use; set it to ")
    assert "hush" not in ended.err


async def test_a_gateway_that_is_not_there_is_told_in_words() -> None:
    ended = await run_psgw("health", "--url", "http://127.0.0.1:9/livez")

    assert (ended.code, ended.out) == (3, "")
    assert ended.message.startswith("✗ http://127.0.0.1:9/livez gives no good answer: ")
