"""Every code that an answer can carry is explained, and nothing is explained that no answer carries."""

from enum import Enum

import error_codes
import pytest
from attribute_docs import read_attribute_docs

from gateway.canonical.fault import FaultCode
from gateway.cli.output import Exit

KNOWN = error_codes.collect_explanations()
RESPONSE_CODES = error_codes.collect_code_constants("http", "execution")


def test_every_refusal_of_the_edge_is_explained_with_its_status() -> None:
    emitted = error_codes.collect_edge_codes()

    assert emitted["UNSUPPORTED_MEDIA_TYPE"] == {415}
    assert {code: KNOWN[code].statuses for code in emitted} == {
        code: tuple(sorted(statuses)) for code, statuses in emitted.items()
    }


def test_every_code_in_the_way_of_a_request_is_explained() -> None:
    assert "MISSING_VALUE" in RESPONSE_CODES
    assert sorted(RESPONSE_CODES - KNOWN.keys()) == []


def test_nothing_is_explained_that_nothing_emits() -> None:
    emitted = RESPONSE_CODES | error_codes.collect_edge_codes().keys()
    classes = {code for code, each in KNOWN.items() if code not in error_codes.EXPLAINED}

    assert sorted(error_codes.EXPLAINED.keys() - emitted) == []
    assert {"FORBIDDEN", "SOURCE_UNAVAILABLE", "MAPPING_MISSING"} <= classes


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_a_page_says_what_a_code_means_who_sees_it_and_what_to_do(code: str) -> None:
    page = error_codes.render_pages()[f"errors/{code}.md"]

    assert page.startswith(f"# {code}\n\n")
    assert "\n## Who sees it\n" in page
    assert "\n## What to do\n" in page


@pytest.mark.parametrize("words", [FaultCode, Exit])
def test_every_fault_and_every_exit_code_has_a_meaning(words: type[Enum]) -> None:
    assert read_attribute_docs(words).keys() == words.__members__.keys()
