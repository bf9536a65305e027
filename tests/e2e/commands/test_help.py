"""Help on every command, errors for unknown commands and options, and colour only where it is wanted."""

import re

from tests.e2e.commands.running import run_psgw
from tests.fixtures.commands import list_commands

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]")


def test_every_command_and_every_option_has_a_help_text() -> None:
    found = dict(list_commands())

    assert {
        "demo",
        "check",
        "token inspect",
        "sandbox inject",
        "sandbox clear",
        "schema diff",
        "config show",
        "health",
    } <= found.keys()
    for name, command in found.items():
        sentence = (command.help or "").strip().split("\n\n")[0]
        assert sentence.endswith("."), name
        for parameter in command.params:
            assert getattr(parameter, "help", None), f"{name} {parameter.name}"


def test_every_command_that_can_fail_documents_its_exit_codes() -> None:
    found = dict(list_commands())
    groups = {name for name, command in found.items() if name and hasattr(command, "list_commands")}

    undocumented = {name for name, command in found.items() if "Exit" not in (command.help or "")}

    assert undocumented - groups == {"config schema"}


async def test_an_unknown_command_or_option_ends_with_2_and_points_to_help() -> None:
    command = await run_psgw("chek")
    option = await run_psgw("check", "--fast")

    assert (command.code, command.out, option.code, option.out) == (2, "", 2, "")
    assert "No such command 'chek'" in command.message
    assert "--help" in command.message
    assert "No such option: --fast" in option.message


async def test_colour_is_off_with_no_color_and_in_pipes() -> None:
    coloured = await run_psgw("sandbox", "--help", env={"FORCE_COLOR": "1"})
    plain = await run_psgw("sandbox", "--help", env={"FORCE_COLOR": "1", "NO_COLOR": "1"})
    piped = await run_psgw("sandbox", "--help")

    assert COLOUR.search(coloured.out)
    assert not COLOUR.search(plain.out)
    assert "\x1b" not in piped.out
