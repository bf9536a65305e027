"""Documents that are small to send and expensive to read: each is refused at once, and the process stays responsive."""

from typing import Any

import pytest

from tests.attacks.attacked_gateway import AttackedGateway


def spread_doubling(levels: int) -> str:
    """Return a document whose fragments spread the next one twice, without a field between."""
    fragments = " ".join(f"fragment F{n} on Query {{...F{n + 1} ...F{n + 1}}}" for n in range(levels))
    return f"{{...F0}} {fragments} fragment F{levels} on Query {{__typename}}"


def get_codes(response: dict[str, Any]) -> set[str]:
    assert "data" not in response
    return {error["extensions"]["code"] for error in response["errors"]}


@pytest.mark.parametrize("levels", [20, 60])
def test_fragments_that_double_are_refused(gateway: AttackedGateway, levels: int) -> None:
    assert get_codes(gateway.run("finance", spread_doubling(levels))) == {"LIMIT_EXCEEDED"}
