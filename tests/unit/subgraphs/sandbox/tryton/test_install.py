"""What was installed once is there for good, whole or not at all."""

from pathlib import Path

import pytest

from subgraphs.sandbox.tryton.install import cache_folder, kept


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSGW_CACHE", str(tmp_path / "cache"))


def test_a_folder_is_filled_once() -> None:
    filled: list[Path] = []

    def fill(building: Path) -> None:
        filled.append(building)
        (building / "module.py").write_text("1")

    first, second = kept("client-a", fill), kept("client-a", fill)

    assert first == second == cache_folder() / "client-a"
    assert (first / "module.py").read_text() == "1"
    assert len(filled) == 1
    assert filled[0] != first


def test_what_fails_half_way_leaves_nothing() -> None:
    def fill(building: Path) -> None:
        (building / "module.py").write_text("1")
        raise RuntimeError("the index went away")

    with pytest.raises(RuntimeError, match="went away"):
        kept("client-b", fill)

    assert list(cache_folder().iterdir()) == []


def test_a_quicker_process_is_believed() -> None:
    def fill(building: Path) -> None:
        (building / "module.py").write_text("ours")
        theirs = cache_folder() / "client-c"
        theirs.mkdir()
        (theirs / "module.py").write_text("theirs")

    home = kept("client-c", fill)

    assert (home / "module.py").read_text() == "theirs"
    assert list(cache_folder().iterdir()) == [home]
