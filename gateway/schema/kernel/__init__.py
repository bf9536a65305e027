"""The declare-once kernel: builders, nouns, connections and scalars, and the binder that makes resolvers of them."""

import strawberry

from gateway.execution.declarations import Sensitive
from gateway.schema.kernel.annotations import annotate
from gateway.schema.kernel.binder import bind
from gateway.schema.kernel.builders import derived, derived_by, reference, related, sensitive_field, sourced, streamed
from gateway.schema.kernel.conditions import declare_condition
from gateway.schema.kernel.connection import Connection, PageInfo, PartialPage, SourceFault
from gateway.schema.kernel.descriptions import describe
from gateway.schema.kernel.node import Node
from gateway.schema.kernel.noun import borrowed, facet, noun, owned_by
from gateway.schema.kernel.scalars import (
    CONFIG,
    JSON,
    URL,
    CountryCode,
    CurrencyCode,
    EmailAddress,
    VersionToken,
)

UNSET = strawberry.UNSET

__all__ = [
    "CONFIG",
    "JSON",
    "UNSET",
    "URL",
    "Connection",
    "CountryCode",
    "CurrencyCode",
    "EmailAddress",
    "Node",
    "PageInfo",
    "PartialPage",
    "Sensitive",
    "SourceFault",
    "VersionToken",
    "annotate",
    "bind",
    "borrowed",
    "declare_condition",
    "derived",
    "derived_by",
    "describe",
    "facet",
    "noun",
    "owned_by",
    "reference",
    "related",
    "sensitive_field",
    "sourced",
    "streamed",
]
