"""The demo's state folder: its owner's alone from the moment it is there, also where something open was there before."""

import stat
from pathlib import Path

from subgraphs.sandbox.state import private_folder, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_cannot_be_entered_by_others(tmp_path: Path) -> None:
    private_folder(tmp_path / "state")

    assert mode(tmp_path / "state") == 0o700


def test_the_folder_of_an_earlier_demo_is_closed_and_a_strangers_is_left_alone(tmp_path: Path) -> None:
    for name in ("ours", "strangers"):
        (tmp_path / name).mkdir(mode=0o755)
    (tmp_path / "ours" / "psgw.toml").touch()

    for name in ("ours", "strangers"):
        private_folder(tmp_path / name, "psgw.toml")

    assert (mode(tmp_path / "ours"), mode(tmp_path / "strangers")) == (0o700, 0o755)


def test_a_secret_is_written_privately_over_an_open_file_and_nothing_of_that_is_left(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b"something longer than the secret")
    file.chmod(0o644)

    write_private(file, b"secret")

    assert (mode(file), file.read_bytes()) == (0o600, b"secret")
