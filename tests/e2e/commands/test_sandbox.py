"""The demo firm's systems: where each is, and how it is broken and mended."""

import httpx
import pytest

from tests.e2e.commands.running import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_twin_of_the_demo_tells_where_it_is_broken(sandbox: Sandbox) -> None:
    systems = sandbox.systems

    vendors = {name: each["vendor"] for name, each in systems.items()}
    assert vendors == {"crm": "salesforce", "erp": "netsuite", "hcm": "workday", "psa": "kantata"}
    async with httpx.AsyncClient() as http:
        answers = {name: await http.get(each["control"]) for name, each in systems.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(vendors, 200)
    assert all(each["control"].startswith(each["address"]) for each in systems.values())
