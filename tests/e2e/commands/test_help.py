"""What a stranger meets: help on every command, what to do about a word that is not known, and no colour where none is wanted."""

import re

from tests.e2e.commands.running import run_psgw
from tests.fixtures.commands import commands

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]")


def test_every_command_says_in_a_sentence_what_it_does_and_every_option_what_it_is() -> None:
    found = dict(commands())

    assert {"demo", "check", "token inspect", "sandbox break", "schema diff", "config show", "health"} <= found.keys()
    for words, command in found.items():
        sentence = (command.help or "").strip().split("\n\n")[0]
        assert sentence.endswith("."), words
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{words} {parameter.name}"


def test_every_command_that_can_fail_says_how_it_ends() -> None:
    found = dict(commands())
    groups = {words for words, command in found.items() if words and hasattr(command, "list_commands")}

    silent = {words for words, command in found.items() if "Exit" not in (command.help or "")}

    assert silent - groups == {"config schema"}


async def test_a_word_that_is_not_known_ends_with_2_and_the_way_to_help() -> None:
    command = await run_psgw("chek")
    option = await run_psgw("check", "--fast")

    assert (command.code, command.out, option.code, option.out) == (2, "", 2, "")
    assert "No such command 'chek'" in command.message
    assert "--help" in command.message
    assert "No such option: --fast" in option.message


async def test_no_colour_where_none_is_wanted() -> None:
    coloured = await run_psgw("sandbox", "--help", env={"FORCE_COLOR": "1"})
    plain = await run_psgw("sandbox", "--help", env={"FORCE_COLOR": "1", "NO_COLOR": "1"})
    piped = await run_psgw("sandbox", "--help")

    assert COLOUR.search(coloured.out)
    assert not COLOUR.search(plain.out)
    assert "\x1b" not in piped.out
