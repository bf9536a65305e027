"""Texts as people search and sort them, computed here so that every database gives the same answer.

`fold_text` follows Unicode's caseless matching of compatible texts (Unicode Standard 3.13). `build_sort_key` follows
the order of the Unicode Collation Algorithm (UTS 10) by levels; decision 13 says where it differs.
"""

import unicodedata
from typing import Final

SORTED_CHARACTERS: Final = 200
"""Characters of a text that its sort key covers."""

_INVISIBLE: Final = dict.fromkeys((0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF))
"""Characters that are not displayed: soft hyphen, zero-width and direction marks."""

_LETTERS: Final = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ħ": "h",
        "ŧ": "t",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "ð": "d\x7f",
        "ŋ": "n\x7f",
        "й": "и\x7f",
    }
)
"""Letters that sort as, or directly after, another letter, but have no decomposition that says so."""

_CLASSES: Final = {"Z": "\x02", "P": "\x03", "S": "\x04"}
"""Spaces sort before punctuation, punctuation before symbols, symbols before digits and letters."""

_IGNORED: Final = frozenset({"Mn", "Me", "Cc", "Cf"})
_LEVEL: Final = "\x01"


def fold_text(text: str) -> str:
    """Return a text for comparison: without differences of case, of composition and of compatibility characters."""
    folded = unicodedata.normalize("NFD", text.translate(_INVISIBLE)).casefold()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folded).casefold())


def build_sort_key(text: str) -> str:
    """Return the key by whose code points texts sort: base letters first, then accents, then case."""
    shown = unicodedata.normalize("NFC", text.translate(_INVISIBLE))[:SORTED_CHARACTERS]
    decomposed = unicodedata.normalize("NFKD", shown.casefold().translate(_LETTERS))
    base = "".join(_weigh(character) for character in decomposed)
    accents = unicodedata.normalize("NFKD", shown.casefold())
    return _LEVEL.join((base, accents, shown.swapcase(), shown)).replace("\0", "")


def _weigh(character: str) -> str:
    category = unicodedata.category(character)
    if category in _IGNORED:
        return character if character == "\x7f" else ""
    if category == "Nd":
        return str(unicodedata.digit(character))
    return _CLASSES.get(category[0], "") + character
