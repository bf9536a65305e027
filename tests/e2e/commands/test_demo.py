"""psgw demo: the product over the demo firm."""

from pathlib import Path

from tests.e2e.commands.running import psgw


async def test_only_twins_grow(tmp_path: Path) -> None:
    refused = await psgw("demo", "--scale", "1", "--systems", "tryton", "--state", str(tmp_path / "none"))

    assert (refused.code, refused.out) == (2, "")
    assert "only twins grow" in refused.err
    assert not (tmp_path / "none").exists()
