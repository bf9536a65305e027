"""Changes between two contracts are classified, so that a breaking change is visible."""

import re
from pathlib import Path

import pytest

from gateway.cli.schema import find_contract_changes, format_contract

ROOT = Path(__file__).parents[3]
COMMITTED = (ROOT / "canonical_schema.graphql").read_text(encoding="utf-8")


def test_the_committed_contract_equals_the_printed_schema() -> None:
    assert find_contract_changes(COMMITTED, format_contract()) == []


def change_contract(pattern: str, replacement: str) -> str:
    text, count = re.subn(pattern, replacement, COMMITTED, count=1, flags=re.MULTILINE)
    assert count == 1
    return text


@pytest.mark.parametrize(
    ("pattern", "replacement", "expected"),
    [
        pytest.param(
            r'^  """Progress as a fraction, 0 to 1."""\n  percentComplete: Decimal[^\n]*\n',
            "",
            ("breaking", "FIELD_REMOVED", "Field Project.percentComplete was removed."),
            id="a field is removed",
        ),
        pytest.param(
            r"^  percentComplete: Decimal",
            "  percentComplete: Int",
            ("breaking", "FIELD_CHANGED_KIND", "Field Project.percentComplete changed type from Decimal to Int."),
            id="a field has another type",
        ),
        pytest.param(
            r"(?<=enum Granularity \{\n)",
            "  FORTNIGHT\n\n",
            ("dangerous", "VALUE_ADDED_TO_ENUM", "Enum value Granularity.FORTNIGHT was added."),
            id="an enum value is added",
        ),
        pytest.param(
            r"^(  percentComplete: Decimal[^\n]*\n)",
            r"\1  colour: String\n",
            ("safe", "FIELD_ADDED", "Field Project.colour was added."),
            id="a field is added",
        ),
    ],
)
def test_a_change_is_classified(pattern: str, replacement: str, expected: tuple[str, str, str]) -> None:
    assert find_contract_changes(COMMITTED, change_contract(pattern, replacement)) == [expected]
