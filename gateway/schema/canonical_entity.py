"""The interface of nouns that are assembled from several systems."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.execution.request import RequestState
from gateway.execution.view import View
from gateway.schema import lineage
from gateway.schema.enums import SystemRole
from gateway.schema.identity import ExternalReference, FieldProvenance, Freshness
from gateway.schema.kernel import UNSET, Node, VersionToken, derived, derived_by


def get_canonical_id(view: View, _request: RequestState, _args: Any) -> Any:
    """Return the canonical id, the key of a relation in the card index."""
    return view.key


@strawberry.interface
class CanonicalEntity(Node):
    """A record that is assembled from one or more systems, with its ids, freshness and lineage."""

    freshness: Freshness = derived(lineage.resolve_freshness)
    """How current the record is, over every system that this request has read for it."""
    version: VersionToken = derived(lineage.resolve_version)
    """Version of the record: it changes when a source that this request has read has changed."""

    @derived_by(lineage.resolve_references)
    def external_references(self, system: SystemRole | None = UNSET) -> list[ExternalReference]:
        """Ids of the record in each system (the crosswalk)."""
        return []  # the stub declares arguments and type; the binder resolves

    @derived_by(lineage.resolve_provenance)
    def provenance(self, fields: list[str] | None = UNSET) -> list[FieldProvenance]:
        """Source of each value (lineage). A named field that the caller may not read is left out, with an error."""
        return []  # the stub declares arguments and type; the binder resolves
