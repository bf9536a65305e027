"""The deliberate disagreements between the firm's systems, which a comparison must find."""

from dataclasses import dataclass
from enum import StrEnum


class DisagreementKind(StrEnum):
    """A kind of disagreement between systems."""

    STATUS_DIFFERS = "STATUS_DIFFERS"
    DIMENSION_MISSING = "DIMENSION_MISSING"
    PROJECT_UNKNOWN = "PROJECT_UNKNOWN"
    AMOUNT_DIFFERS = "AMOUNT_DIFFERS"
    WON_WITHOUT_PROJECT = "WON_WITHOUT_PROJECT"
    LEAVER_BOOKED = "LEAVER_BOOKED"
    TIME_UNPOSTED = "TIME_UNPOSTED"
    CUSTOMER_UNKNOWN = "CUSTOMER_UNKNOWN"
    CUSTOMER_DUPLICATE = "CUSTOMER_DUPLICATE"
    HIERARCHY_CONFLICT = "HIERARCHY_CONFLICT"
    HIERARCHY_CYCLE = "HIERARCHY_CYCLE"


@dataclass(frozen=True, kw_only=True)
class KnownDisagreement:
    """A disagreement between the firm's systems; `subject` is the code of the record."""

    kind: DisagreementKind
    subject: str
    systems: tuple[str, ...]
