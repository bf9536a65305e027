"""Texts are compared without case and composition, and sorted by letter, accent and case."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.canonical.text import build_sort_key, fold_text

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=12)

SORTED = [
    "",
    " a",
    "-a",
    "_a",
    "+a",
    "1st",
    "2nd",
    "\uff13rd",
    "a",
    "A",
    "\xe1",
    "\xc1",
    "\xe4",
    "\xc4",
    "a b",
    "a-b",
    "ab",
    "\xe4b",
    "\xc6sop",
    "af",
    "cote",
    "cot\xe9",
    "c\xf4te",
    "d",
    "\xf0",
    "e",
    "\xc9clair",
    "ecru",
    "\u0141\xf3d\u017a",
    "lyon",
    "M\xfcller",
    "munich",
    "\xd8rsted",
    "Osram",
    "Strasse",
    "Stra\xdfe",
    "Strau\xdf",
    "z",
    "\u03b1\u03b2",
    "\u0391\u03b3",
    "\u0438",
    "\u0439",
    "\u043a",
    "\u65e5\u672c",
]
"""Names in the order of the Unicode Collation Algorithm, punctuation not ignored."""


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("\xc9clair", "e\u0301CLAIR"),
        ("STRASSE", "stra\xdfe"),
        ("\uff33\uff41\uff30", "sap"),
        ("\ufb01nance", "FINANCE"),
        ("\u03a3\u0399\u03a3\u03a5\u03a6\u039f\u03a3", "\u03c3\u03b9\u03c3\u03c5\u03c6\u03bf\u03c2"),
        ("\u212bngstr\xf6m", "\xe5NGSTR\xd6M"),
        ("soft\xadhyphen", "softhyphen"),
        ("\u0418\u0306", "\u0439"),
    ],
)
def test_texts_that_differ_by_case_and_form_only_are_equal(left: str, right: str) -> None:
    assert fold_text(left) == fold_text(right)


@pytest.mark.parametrize(("left", "right"), [("e", "\xe9"), ("u", "\xfc"), ("o", "\xf8"), ("ss", "s")])
def test_accents_distinguish_texts(left: str, right: str) -> None:
    assert fold_text(left) != fold_text(right)


@given(text=TEXTS)
def test_folding_is_stable_and_the_same_for_every_composition(text: str) -> None:
    folded = fold_text(text)

    assert fold_text(folded) == folded
    assert fold_text(unicodedata.normalize("NFD", text)) == folded
    assert fold_text(unicodedata.normalize("NFC", text)) == folded


def test_names_sort_by_letter_then_accent_then_case() -> None:
    mixed = SORTED[1::2] + SORTED[::2]

    assert sorted(mixed, key=build_sort_key) == SORTED


@given(text=TEXTS)
def test_a_sort_key_holds_no_nul_and_is_the_same_for_every_composition(text: str) -> None:
    key = build_sort_key(text)

    assert "\0" not in key
    assert build_sort_key(unicodedata.normalize("NFD", text)) == key
