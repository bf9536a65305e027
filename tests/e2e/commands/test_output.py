"""Output that cannot be written, and settings or services that are missing, are reported without a stack trace."""

import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.e2e.commands.running import run_psgw
from tests.fixtures.demo import PSGW
from tests.fixtures.ports import find_free_port


def list_files(folder: Path) -> list[Path]:
    """Return the entries of a folder."""
    return list(folder.iterdir())


async def test_the_version_is_printed() -> None:
    result = await run_psgw("--version")

    assert (result.code, result.out, result.err) == (0, f"psgw {version('psgw')}\n", "")


@pytest.mark.parametrize("arguments", [("schema", "print"), ("config", "schema"), ("adapters", "verify")])
def test_a_closed_pipe_causes_no_stack_trace(arguments: tuple[str, ...]) -> None:
    with subprocess.Popen((PSGW, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603 -- the command under test
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        result = process.stderr.read()

    assert result == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_reported() -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run((PSGW, "schema", "print"), stdout=full, stderr=subprocess.PIPE, check=False)  # noqa: S603 -- the command under test

    assert (result.returncode, result.stderr.decode()) == (
        1,
        "✗ standard output cannot be written: No space left on device\n",
    )


@pytest.mark.parametrize("arguments", [("sync",), ("identities", "match")])
async def test_without_a_connection_the_command_fails_and_creates_no_store(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    result = await run_psgw(*arguments, home=tmp_path)

    assert (result.code, result.out) == (2, "")
    assert result.message == "✗ connections: there is none; name the file with --settings"
    assert list_files(tmp_path) == []


@pytest.mark.parametrize("arguments", [("sync",), ("identities", "match"), ("serve",)])
async def test_an_unsupported_store_is_reported_without_its_password(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    settings = tmp_path / "psgw.toml"
    settings.write_text(
        f'[serve]\nport = {find_free_port()}\n[store]\nurl = "mysql://psgw:hush@db/psgw"\n'
        '[[connections]]\nname = "psa"\nrole = "PSA"\nvendor = "kantata"\nbase_url = "http://127.0.0.1:9"\n'
        'region = "EU"\nsecrets = { token = "t" }\n',
        encoding="utf-8",
    )

    result = await run_psgw(*arguments, home=tmp_path)

    assert (result.code, result.out) == (2, "")
    assert result.message.startswith("✗ store.url: is not a supported database URL; use ")
    assert "hush" not in result.err


async def test_an_unreachable_gateway_is_reported() -> None:
    result = await run_psgw("health", "--url", "http://127.0.0.1:9/livez")

    assert (result.code, result.out) == (3, "")
    assert result.message.startswith("✗ http://127.0.0.1:9/livez is not healthy: ")
