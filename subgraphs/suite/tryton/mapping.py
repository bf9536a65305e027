"""The mapping file of a connection: which of the company's own conventions carry which fact, and what its words mean.

Tryton has no custom fields without a module of one's own. What tenants add are words (statuses, categories) and habits.
"""

from collections.abc import Mapping

import msgspec

from gateway.canonical.states import MappingDomain


class TrytonMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One database's mapping file.

    `client_category` is the party category of customers; left out, every party is taken for one. With `bracketed_references` descriptions of time lines
    start with the id that other systems know the entry by, in square brackets: the line's own UUID cannot be written over the network. With
    `project_in_description` the description of an invoice starts with the number of the project that it bills: Tryton leads from an invoice to the time
    on it, and no further. `codes` holds, per reference-data domain, raw code -> canonical code.
    """

    client_category: str | None = None
    bracketed_references: bool = False
    project_in_description: bool = False
    codes: Mapping[MappingDomain, Mapping[str, str]] = {}
