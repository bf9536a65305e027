"""Which vendor keeps which part of the demo firm: a named mix, or one vendor per part."""

from collections.abc import Mapping
from typing import Final

VENDORS: Final[Mapping[str, tuple[str, ...]]] = {
    "crm": ("salesforce",),
    "psa": ("kantata", "productive"),
    "hcm": ("workday",),
    "erp": ("netsuite",),
}
"""By connection, the vendors whose twins there are, the usual one first."""
TWINS: Final[Mapping[str, str]] = {connection: vendors[0] for connection, vendors in VENDORS.items()}
"""By connection, the vendor where none is named."""
TRYTON: Final = "tryton"
"""The vendor that can be everything: a real server."""
NAMED: Final[Mapping[str, Mapping[str, str]]] = {
    "twins": TWINS,
    "mixed": {**TWINS, "psa": TRYTON, "hcm": TRYTON},
    TRYTON: dict.fromkeys(TWINS, TRYTON),
}
FORM: Final = "twins, mixed, tryton, or parts of a mix such as psa=productive,hcm=tryton (the others are twins)"

Mix = Mapping[str, str]
"""By connection (crm, psa, hcm, erp), the vendor."""


class MixError(ValueError):
    """A mix that there is not; `findings` holds one line per thing to mend."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__("; ".join(findings))
        self.findings = findings


def mix_of(text: str) -> Mix:
    """Read a mix; raises MixError with everything that is wrong."""
    if text in NAMED:
        return NAMED[text]
    chosen: dict[str, str] = {}
    findings: list[str] = []
    for part in text.split(","):
        connection, equals, vendor = (word.strip() for word in part.partition("="))
        if not equals:
            findings.append(f"--systems: {part.strip()!r} is no mix; it is {FORM}")
        elif connection not in TWINS:
            findings.append(f"--systems: there is no part {connection}; there are {', '.join(TWINS)}")
        elif vendor not in {*VENDORS[connection], TRYTON}:
            known = ", ".join((*VENDORS[connection], TRYTON))
            findings.append(f"--systems: {connection} cannot be {vendor}; it can be {known}")
        elif connection in chosen:
            findings.append(f"--systems: {connection} is named twice")
        else:
            chosen[connection] = vendor
    if findings:
        raise MixError(findings)
    return {**TWINS, **chosen}


def on_tryton(mix: Mix) -> tuple[str, ...]:
    """Return the connections that lead to the Tryton server."""
    return tuple(connection for connection, vendor in mix.items() if vendor == TRYTON)
