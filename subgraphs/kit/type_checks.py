"""Findings of `psgw check` about mapped fields whose type at the vendor is not the one that the attribute needs."""

from collections.abc import Collection, Sequence

from gateway.ports.base import Finding


def check_type(
    subject: str, keys: Sequence[str], needed: Collection[str], reported: str, remedy: str | None = None
) -> Finding | None:
    """Return the finding of a mapped field of another type, None if the type is one of those needed, or unknown.

    `keys` are the keys of the mapping file; `needed` and `reported` are type names of the vendor. Case, spaces and
    hyphens make no difference.
    """
    if not reported or _simplify(reported) in {_simplify(each) for each in needed}:
        return None
    types = _join(sorted(needed))
    return Finding(
        subject=subject,
        ok=False,
        message=f"Mapped to {', '.join(keys)}, which needs the type {types}, but its type is {reported}.",
        remedy=remedy or "Map a field of that type to the key, such as a calculated field that converts the value.",
    )


def _simplify(name: str) -> str:
    return name.casefold().replace(" ", "").replace("-", "").replace("_", "")


def _join(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
