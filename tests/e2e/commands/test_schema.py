"""psgw schema: prints, compares and checks the contract."""

import asyncio
from asyncio.subprocess import PIPE
from pathlib import Path

from tests.e2e.commands.running import run_psgw
from tests.fixtures.demo import PSGW

CONTRACT = Path(__file__).parents[3] / "canonical_schema.graphql"


async def test_the_printed_contract_is_the_committed_one(tmp_path: Path) -> None:
    printed = await run_psgw("schema", "print")
    result = await run_psgw("schema", "print", "--json")
    written = await run_psgw("schema", "print", "--output", str(tmp_path / "contract.graphql"))
    checked = await run_psgw("schema", "check", "--against", str(tmp_path / "contract.graphql"), "--json")

    text = CONTRACT.read_text(encoding="utf-8")
    assert (printed.code, printed.out, printed.err) == (0, text, "")
    assert result.json == {"sdl": text}
    assert (written.code, written.out) == (0, "")
    assert (tmp_path / "contract.graphql").read_text(encoding="utf-8") == text
    assert (checked.code, checked.json) == (0, {"same": True, "against": str(tmp_path / "contract.graphql")})


async def test_a_closed_pipe_ends_the_output_quietly() -> None:
    process = await asyncio.create_subprocess_shell(f"{PSGW} schema print | head -1", stdout=PIPE, stderr=PIPE)
    out, err = await process.communicate()

    assert out.decode().splitlines() == CONTRACT.read_text(encoding="utf-8").splitlines()[:1]
    assert err == b""


async def test_a_breaking_change_ends_with_4_and_is_named(tmp_path: Path) -> None:
    old = CONTRACT.read_text(encoding="utf-8").replace("type Query {", "type Query {\n  gone: String\n", 1)
    (tmp_path / "old.graphql").write_text(old, encoding="utf-8")
    options = ("--against", str(tmp_path / "old.graphql"))

    result = await run_psgw("schema", "diff", *options, "--json")
    checked = await run_psgw("schema", "check", *options)

    assert result.code == 4
    assert [(each["kind"], each["change"]) for each in result.json] == [("breaking", "FIELD_REMOVED")]
    assert (checked.code, checked.out) == (4, "")
    assert "run psgw schema print --output" in checked.message


async def test_a_missing_or_invalid_contract_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "odd.graphql").write_text("this is no schema", encoding="utf-8")

    missing = await run_psgw("schema", "diff", home=tmp_path)
    odd = await run_psgw("schema", "diff", "--against", str(tmp_path / "odd.graphql"))

    assert (missing.code, odd.code, missing.out, odd.out) == (2, 2, "", "")
    assert "canonical_schema.graphql cannot be read; name a contract with --against" in missing.message
    assert "the contract cannot be read: Syntax Error" in odd.message
