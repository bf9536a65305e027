"""A client finds its record again after a write without an answer."""

import httpx
import pytest

from tests.unit.subgraphs.psa.kantata.conftest import Open
from tests.unit.subgraphs.psa.kantata.test_twin_writes import BY_REFERENCE, REFERENCE, send


async def test_a_record_is_found_by_its_reference_after_a_lost_answer(opened: Open) -> None:
    account = await opened()
    sent = {"title": "Atlas", "creator_role": "maven", "external_reference": REFERENCE}

    await account.send_control("lost-answer")
    with pytest.raises(httpx.ReadTimeout):
        await send(account, "POST", "workspaces.json", {"workspace": sent}, timeout=0.5)

    found = (await account.get("workspaces.json", **BY_REFERENCE)).json()
    assert [found["workspaces"][result["id"]]["title"] for result in found["results"]] == ["Atlas"]
