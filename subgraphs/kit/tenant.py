"""What a vendor folder can say about its sandbox tenant, so that the contract tests cover more of it without a twin.

`conformance.py` offers it as `tenant(connection) -> KnownData`. The tests discover what is left out from the tenant
where that is possible, and list the promises that remain untested by name at the end of the run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gateway.canonical.records.base import Record
from subgraphs.kit.conformance import ErrorAnswer, InvalidMapping


@dataclass(frozen=True, kw_only=True)
class KnownData:
    """Facts about one tenant; every part is optional.

    `ids` are records that exist, `references` one reference per kind and the id of its record. `build_unknown_id` makes
    ids of the vendor's form that no record has. `invalid_mapping` names something the tenant does not have.
    `rate_limit` is the vendor's answer to too many calls. The fault tests use a local proxy, which forwards
    `token_path` to the tenant (None: the connection requests no token).
    """

    ids: Mapping[type[Record], tuple[str, ...]] = field(default_factory=dict)
    references: Mapping[type[Record], tuple[str, str]] = field(default_factory=dict)
    build_unknown_id: Callable[[int], str] | None = None
    invalid_mapping: InvalidMapping | None = None
    rate_limit: ErrorAnswer | None = None
    token_path: str | None = None
