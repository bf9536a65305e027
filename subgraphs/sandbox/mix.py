"""The vendor of each connection of the demo firm: a named mix, or a list of connections."""

from collections.abc import Mapping
from typing import Final

VENDORS: Final[Mapping[str, tuple[str, ...]]] = {
    "crm": ("salesforce",),
    "psa": ("kantata", "productive"),
    "hcm": ("workday",),
    "erp": ("netsuite",),
}
"""Vendors with a twin by connection, the default first."""
DEFAULT_MIX: Final[Mapping[str, str]] = {connection: vendors[0] for connection, vendors in VENDORS.items()}
"""The default vendor of each connection."""
TRYTON: Final = "tryton"
"""The vendor that can play every role: a real server."""
NAMED_MIXES: Final[Mapping[str, Mapping[str, str]]] = {
    "twins": DEFAULT_MIX,
    "mixed": {**DEFAULT_MIX, "psa": TRYTON, "hcm": TRYTON},
    TRYTON: dict.fromkeys(DEFAULT_MIX, TRYTON),
}
MIX_FORMAT: Final = (
    "twins, mixed, tryton, or a list such as psa=productive,hcm=tryton (other connections use the default twin)"
)

Mix = Mapping[str, str]
"""Connection (crm, psa, hcm, erp) -> vendor."""


class MixError(ValueError):
    """An invalid mix; `findings` holds one line per error."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__("; ".join(findings))
        self.findings = findings


def parse_mix(text: str) -> Mix:
    """Parse a mix. Raise MixError with all errors."""
    if text in NAMED_MIXES:
        return NAMED_MIXES[text]
    chosen: dict[str, str] = {}
    findings: list[str] = []
    for part in text.split(","):
        connection, equals, vendor = (word.strip() for word in part.partition("="))
        if not equals:
            findings.append(f"--systems: {part.strip()!r} is not a mix; use {MIX_FORMAT}")
        elif connection not in DEFAULT_MIX:
            findings.append(f"--systems: unknown connection {connection}; use {', '.join(DEFAULT_MIX)}")
        elif vendor not in {*VENDORS[connection], TRYTON}:
            known = ", ".join((*VENDORS[connection], TRYTON))
            findings.append(f"--systems: {connection} does not support {vendor}; use {known}")
        elif connection in chosen:
            findings.append(f"--systems: {connection} is given twice")
        else:
            chosen[connection] = vendor
    if findings:
        raise MixError(findings)
    return {**DEFAULT_MIX, **chosen}


def list_tryton_connections(mix: Mix) -> tuple[str, ...]:
    """Return the connections to the Tryton server."""
    return tuple(connection for connection, vendor in mix.items() if vendor == TRYTON)
