"""psgw adapters list: the vendors that were found."""

from tests.e2e.commands.running import psgw


async def test_adapters_are_listed_with_their_roles() -> None:
    listed = await psgw("adapters", "list", "--json")

    assert listed.code == 0
    assert listed.json == {
        "kantata": ["PSA"],
        "netsuite": ["ERP"],
        "salesforce": ["CRM"],
        "tryton": ["CRM", "PSA", "ERP", "HCM"],
        "workday": ["HCM"],
    }
