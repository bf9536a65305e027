"""What changes between two contracts is told by kind, so that nobody breaks a client without saying so."""

import re
from pathlib import Path

import pytest

from gateway.cli.schema import contract_changes, printed

ROOT = Path(__file__).parents[3]
COMMITTED = (ROOT / "canonical_schema.graphql").read_text(encoding="utf-8")


def test_nothing_has_changed_of_any_kind_since_the_contract_was_committed() -> None:
    assert contract_changes(COMMITTED, printed()) == []


def change_contract(pattern: str, replacement: str) -> str:
    text, count = re.subn(pattern, replacement, COMMITTED, count=1, flags=re.MULTILINE)
    assert count == 1
    return text


@pytest.mark.parametrize(
    ("pattern", "replacement", "expected"),
    [
        pytest.param(
            r"^  percentComplete: Decimal[^\n]*\n",
            "",
            ("breaking", "FIELD_REMOVED", "Field Project.percentComplete was removed."),
            id="a field is gone",
        ),
        pytest.param(
            r"^  percentComplete: Decimal",
            "  percentComplete: Int",
            ("breaking", "FIELD_CHANGED_KIND", "Field Project.percentComplete changed type from Decimal to Int."),
            id="a field has another type",
        ),
        pytest.param(
            r"(?<=enum Granularity \{\n)",
            "  FORTNIGHT\n",
            ("dangerous", "VALUE_ADDED_TO_ENUM", "Enum value Granularity.FORTNIGHT was added."),
            id="an enum has one value more",
        ),
        pytest.param(
            r"^  percentComplete: Decimal",
            "  colour: String\n  percentComplete: Decimal",
            ("safe", "FIELD_ADDED", "Field Project.colour was added."),
            id="a field is new",
        ),
    ],
)
def test_a_change_is_told_by_its_kind(pattern: str, replacement: str, expected: tuple[str, str, str]) -> None:
    assert contract_changes(COMMITTED, change_contract(pattern, replacement)) == [expected]
