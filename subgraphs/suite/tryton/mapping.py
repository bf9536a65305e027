"""The mapping file of a connection: the company's conventions and its source values.

Tryton has no custom fields without a custom module. Tenants add values (statuses, categories) and conventions.
"""

from collections.abc import Mapping

import msgspec

from gateway.canonical.states import MappingDomain


class TrytonMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One database's mapping file.

    `client_category` is the party category of customers; without it every party is a customer. With
    `bracketed_references` the description of a timesheet line starts with its external id in square brackets: the
    line's own UUID cannot be written over the network. With `project_in_description` the description of an invoice
    starts with the number of its project: a Tryton invoice refers to the billed time, but not to a project. `codes`
    maps source values to canonical codes, per reference-data domain. `countries` maps names of countries to ISO codes.
    """

    client_category: str | None = None
    bracketed_references: bool = False
    project_in_description: bool = False
    countries: Mapping[str, str] = {}
    codes: Mapping[MappingDomain, Mapping[str, str]] = {}
