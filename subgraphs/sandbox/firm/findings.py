"""What the firm's systems do not agree about, on purpose: what a comparison of them has to find."""

from dataclasses import dataclass
from enum import StrEnum


class Finding(StrEnum):
    """What somebody who compares the systems would find."""

    STATUS_DIFFERS = "STATUS_DIFFERS"
    DIMENSION_MISSING = "DIMENSION_MISSING"
    PROJECT_UNKNOWN = "PROJECT_UNKNOWN"
    WON_WITHOUT_PROJECT = "WON_WITHOUT_PROJECT"
    LEAVER_BOOKED = "LEAVER_BOOKED"
    TIME_UNPOSTED = "TIME_UNPOSTED"
    CUSTOMER_UNKNOWN = "CUSTOMER_UNKNOWN"
    CUSTOMER_DUPLICATE = "CUSTOMER_DUPLICATE"
    HIERARCHY_CONFLICT = "HIERARCHY_CONFLICT"
    HIERARCHY_CYCLE = "HIERARCHY_CYCLE"


@dataclass(frozen=True, kw_only=True)
class KnownDisagreement:
    """Something that the firm's systems do not agree about; `subject` is the code of what it is about."""

    finding: Finding
    subject: str
    systems: tuple[str, ...]
