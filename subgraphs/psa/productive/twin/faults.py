"""Productive's answers to injected faults (`subgraphs/kit/twin/fault_injection.py`), and how its rows change."""

from collections.abc import Collection
from functools import partial
from typing import Final

from subgraphs.kit.twin.fault_injection import ErrorAnswers
from subgraphs.kit.twin.faults import VendorError
from subgraphs.kit.twin.static_token import StaticTokenFaults
from subgraphs.kit.twin.table_store import StoredRow
from subgraphs.psa.productive.twin.refusals import build_error, build_rate_limit_error
from subgraphs.psa.productive.twin.resources import TYPES
from subgraphs.psa.productive.twin.rows import format_time


class OrganizationFaults(StaticTokenFaults):
    """The fault hooks of one organization."""

    concurrency: Final = None
    objects: Final[Collection[str]] = TYPES.keys()
    error_answers: Final[ErrorAnswers] = {
        VendorError.RATE_LIMIT: build_rate_limit_error,
        VendorError.UNAVAILABLE: partial(build_error, 503),
    }

    def _touch(self, row: StoredRow) -> StoredRow:
        attributes = row["attributes"]
        if "updated_at" not in attributes:
            return row
        return {**row, "attributes": {**attributes, "updated_at": format_time(self._now())}}
