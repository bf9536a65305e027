"""The reference pages are complete: every setting, command, role and scope."""

import command_line
import pytest
import roles_and_scopes
import settings_reference

from gateway.auth.scopes import SCOPES
from gateway.auth.user_roles import ROLES
from gateway.settings import build_json_schema
from tests.fixtures.commands import list_commands

SECTIONS = build_json_schema()["$defs"]


@pytest.mark.parametrize("section", sorted(name for name in SECTIONS if name.endswith("Settings")))
def test_every_setting_is_listed_with_its_description(section: str) -> None:
    page = settings_reference.render_page()

    for key, field in SECTIONS[section]["properties"].items():
        assert field.get("description"), f"{section}.{key} has no docstring"
        assert f"| `{key}` |" in page


def test_a_setting_is_listed_with_its_type_and_default() -> None:
    page = settings_reference.render_page()

    assert "| `port` | integer from 0 to 65535 | `8000` | The port to listen on. |" in page
    assert "| `deadline_seconds` | number over 0 to 60 | `10.0` |" in page
    assert "| `role` | `CRM`, `PSA`," in page
    assert "| `base_url` | string | required |" in page


def test_every_command_is_listed() -> None:
    page = command_line.render_page()
    names = [f"psgw {command}".strip() for command, _ in list_commands()]

    assert "psgw schema diff" in names
    assert [name for name in names if f"`{name}`\n" not in page] == []


def test_every_role_and_scope_is_listed() -> None:
    page = roles_and_scopes.render_page()

    assert [name for name in (*ROLES, *SCOPES) if f"`{name}`" not in page] == []
    assert "| `admin:audit` | `auditor` |" in page
