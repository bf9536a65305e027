"""The demo's state folder is private from its creation, also over an existing folder."""

import stat
from pathlib import Path

from subgraphs.sandbox.state import make_private_folder, write_private_file


def get_mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_is_accessible_to_its_owner_only(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "state")

    assert get_mode(tmp_path / "state") == 0o700


def test_an_earlier_demos_folder_becomes_private_and_other_folders_keep_their_mode(tmp_path: Path) -> None:
    for name in ("demo", "other"):
        (tmp_path / name).mkdir(mode=0o755)
    (tmp_path / "demo" / "psgw.toml").touch()

    for name in ("demo", "other"):
        make_private_folder(tmp_path / name, "psgw.toml")

    assert (get_mode(tmp_path / "demo"), get_mode(tmp_path / "other")) == (0o700, 0o755)


def test_a_secret_replaces_a_readable_file_privately_and_completely(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b"something longer than the secret")
    file.chmod(0o644)

    write_private_file(file, b"secret")

    assert (get_mode(file), file.read_bytes()) == (0o600, b"secret")
