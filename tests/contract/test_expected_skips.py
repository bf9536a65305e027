"""The table of what may be left out is held to: nothing unlisted is left out, nothing listed stays there for no reason."""

import re

import pytest

from tests.contract import expected
from tests.contract.systems import PLAYED

_TEST = re.compile(r"^(?:async )?def (test_\w+)\(([^)]*)\)", re.MULTILINE)


def functions_of_this_folder() -> dict[str, str]:
    """Return the arguments of every test function, by its name."""
    return {
        name: arguments
        for path in sorted(expected.HOME.glob("test_*.py"))
        for name, arguments in _TEST.findall(path.read_text(encoding="utf-8"))
    }


def test_every_entry_names_a_vendor_and_a_role_that_are_found():
    found = {(played.manifest.vendor, played.role.value) for played in PLAYED}
    listed = {(vendor, role) for vendor, roles in expected.load().items() for role in roles}
    assert listed - found == set()


def test_every_entry_names_a_test_and_gives_a_reason():
    tests = functions_of_this_folder()
    for roles in expected.load().values():
        for table in roles.values():
            for key, reason in table.items():
                name, bracket, _ = key.partition("[")
                assert name in tests
                # Only a test that asks for its exemptions holds itself to them.
                assert not bracket or "excused" in tests[name]
                assert len(reason.split()) > 2


@pytest.mark.parametrize(
    ("skipped", "reason", "wrong"),
    [
        (False, None, False),
        (True, "the vendor has no such thing", False),
        (True, None, True),
        (True, "", True),
        (False, "the vendor has no such thing", True),
    ],
)
def test_a_skip_and_its_entry_need_each_other(skipped: bool, reason: str | None, wrong: bool):
    assert (expected.objection(skipped=skipped, reason=reason) is not None) is wrong


def test_details_are_read_for_the_test_that_they_name():
    played = next(played for played in PLAYED if played.manifest.vendor == "salesforce")
    name = "test_what_is_supplied_is_filled_somewhere"
    assert expected.details(played, name) == {
        "CrmAccount.shipping_address": "the firm's customers have one address, for bills"
    }
    assert expected.details(played, name.removesuffix("where")) == {}
