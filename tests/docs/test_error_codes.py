"""Every error code that the gateway can send has a page, and every page is of such a code."""

from enum import Enum

import error_codes
import pytest
from attribute_docs import read_attribute_docs

from gateway.canonical.fault import FaultCode
from gateway.cli.output import Exit
from gateway.errors import CODE_DESCRIPTIONS

KNOWN = error_codes.collect_explanations()
RESPONSE_CODES = error_codes.collect_code_constants("http", "execution")


def test_every_code_of_the_http_edge_is_explained_with_its_status() -> None:
    emitted = error_codes.collect_edge_codes()

    assert emitted["UNSUPPORTED_MEDIA_TYPE"] == {415}
    assert {code: KNOWN[code].statuses for code in emitted} == {
        code: tuple(sorted(statuses)) for code, statuses in emitted.items()
    }


def test_every_code_of_a_graphql_answer_is_explained() -> None:
    assert "MISSING_VALUE" in RESPONSE_CODES
    assert sorted(RESPONSE_CODES - KNOWN.keys()) == []


def test_every_explained_code_is_emitted() -> None:
    emitted = RESPONSE_CODES | error_codes.collect_edge_codes().keys()
    classes = {code for code, each in KNOWN.items() if code not in CODE_DESCRIPTIONS}

    assert sorted(CODE_DESCRIPTIONS.keys() - emitted) == []
    assert {"FORBIDDEN", "SOURCE_UNAVAILABLE", "MAPPING_MISSING"} <= classes


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_a_page_explains_the_code_its_audience_and_the_remedy(code: str) -> None:
    page = error_codes.render_pages()[f"errors/{code}.md"]

    assert page.startswith(f"# {code}\n\n")
    assert "\n## Who sees it\n" in page
    assert "\n## What to do\n" in page


@pytest.mark.parametrize("codes", [FaultCode, Exit])
def test_every_fault_code_and_exit_code_is_documented(codes: type[Enum]) -> None:
    assert read_attribute_docs(codes).keys() == codes.__members__.keys()
