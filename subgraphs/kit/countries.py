"""Country codes from what vendors hold: an ISO 3166-1 code or a name."""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from babel import Locale

from gateway.ports.base import Finding
from subgraphs.kit.failures import UnreadableValueError

_CODE_LENGTH: Final = 2
_NO_COUNTRIES: Final = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
"""Codes of the CLDR that are no country."""
_SUFFIX: Final = " sar china"


def resolve_country(raw: str, names: Mapping[str, str]) -> str:
    """Return the ISO 3166-1 alpha-2 code of a country: by the mapping file's `names`, a code, or an English name.

    The names are those of the Unicode CLDR, in any case, with or without accents. Raises
    SourceError(CONTRACT_MISMATCH) for any other text.
    """
    text = raw.strip()
    code = names.get(raw) or names.get(text) or _get_codes().get(_simplify(text))
    if code is None:
        raise UnreadableValueError("an ISO 3166-1 code or the English name of a country", raw)
    return code


def check_countries(values: Iterable[str], names: Mapping[str, str], key: str) -> Finding | None:
    """Return the finding that names the countries that no code is known for; None if there are none.

    `key` is the table of the mapping file that can name them.
    """
    unknown = sorted({value for value in values if value.strip() and not _is_known(value, names)})
    if not unknown:
        return None
    shown = ", ".join(f'"{value}"' for value in unknown[:_SHOWN])
    more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
    return Finding(
        subject="countries",
        ok=False,
        message=f"No country code is known for {shown}{more}; addresses with these names cannot be read.",
        remedy=f"Add them to `[{key}]` in the mapping file, each with its two-letter code.",
    )


_SHOWN: Final = 10


def _is_known(value: str, names: Mapping[str, str]) -> bool:
    try:
        resolve_country(value, names)
    except UnreadableValueError:
        return False
    return True


@cache
def _get_codes() -> Mapping[str, str]:
    """Return the codes by simplified code and simplified name."""
    codes: dict[str, str] = {}
    for code, name in Locale("en").territories.items():
        if len(code) == _CODE_LENGTH and code.isalpha() and code not in _NO_COUNTRIES:
            simple = _simplify(name)
            codes |= {code.lower(): code, simple: code, simple.removesuffix(_SUFFIX): code}
    return codes


def _simplify(text: str) -> str:
    plain = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(plain.casefold().replace("&", " and ").replace(".", " ").split())
