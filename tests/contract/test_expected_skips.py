"""The tables of expected skips are enforced: no unlisted skip, no entry without need."""

import re

import pytest

from gateway.canonical.roles import SystemRole
from gateway.ports.discovery import discover
from tests.contract import exemptions
from tests.contract.systems import VENDOR_ROLES, VendorRole

_TEST = re.compile(r"^(?:async )?def (test_\w+)\(([^)]*)\)", re.MULTILINE)


def parse_tests() -> dict[str, str]:
    """Return the arguments of every test function of this folder, by its name."""
    return {
        name: arguments
        for path in sorted(exemptions.HOME.glob("test_*.py"))
        for name, arguments in _TEST.findall(path.read_text(encoding="utf-8"))
    }


def test_every_entry_of_the_tree_names_a_vendor_and_a_role():
    known = {(manifest.vendor, role.value) for manifest in discover().values() for role in manifest.roles}
    listed = {(vendor, role) for vendor, roles in exemptions.load_in_tree().items() for role in roles}
    assert listed - known == set()


def test_every_entry_names_a_test_and_gives_a_reason():
    tests = parse_tests()
    outside = [exemptions.load_roles(played.manifest) for played in VENDOR_ROLES]
    for roles in (*exemptions.load_in_tree().values(), *outside):
        for table in roles.values():
            for key, reason in table.items():
                name, bracket, _ = key.partition("[")
                assert name in tests
                # A detail is enforced only by a test that takes its exemptions.
                assert not bracket or "exemptions" in tests[name] or "excused" in tests[name]
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
    assert (exemptions.find_objection(skipped=skipped, reason=reason) is not None) is wrong


def test_details_are_read_for_the_test_that_they_name():
    salesforce = VendorRole(discover()["salesforce"], SystemRole.CRM)
    name = "test_what_is_supplied_is_filled_somewhere"
    assert exemptions.load_details(salesforce, name) == {
        "CrmAccount.shipping_address": "the firm's customers have a billing address only"
    }
    assert exemptions.load_details(salesforce, name.removesuffix("where")) == {}
