"""A cached folder is created once, completely or not at all."""

from pathlib import Path

import pytest

from subgraphs.sandbox.tryton.install import ensure_folder, get_cache_folder


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSGW_CACHE", str(tmp_path / "cache"))


def test_a_folder_is_created_once() -> None:
    filled: list[Path] = []

    def fill(building: Path) -> None:
        filled.append(building)
        (building / "module.py").write_text("1")

    first, second = ensure_folder("client-a", fill), ensure_folder("client-a", fill)

    assert first == second == get_cache_folder() / "client-a"
    assert (first / "module.py").read_text() == "1"
    assert len(filled) == 1
    assert filled[0] != first


def test_a_failed_creation_leaves_no_folder() -> None:
    def fill(building: Path) -> None:
        (building / "module.py").write_text("1")
        raise RuntimeError("index unreachable")

    with pytest.raises(RuntimeError, match="unreachable"):
        ensure_folder("client-b", fill)

    assert list(get_cache_folder().iterdir()) == []


def test_the_folder_of_a_faster_process_is_used() -> None:
    def fill(building: Path) -> None:
        (building / "module.py").write_text("ours")
        theirs = get_cache_folder() / "client-c"
        theirs.mkdir()
        (theirs / "module.py").write_text("theirs")

    home = ensure_folder("client-c", fill)

    assert (home / "module.py").read_text() == "theirs"
    assert list(get_cache_folder().iterdir()) == [home]
