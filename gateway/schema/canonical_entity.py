"""What every noun assembled from several systems has in common."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.execution.request import Request
from gateway.execution.view import View
from gateway.schema import lineage
from gateway.schema.enums import SystemRole
from gateway.schema.identity import ExternalReference, FieldProvenance, Freshness
from gateway.schema.kernel import UNSET, Node, VersionToken, derived, derived_by


def get_canonical_id(view: View, _request: Request, _args: Any) -> Any:
    """Key a relation of the card index by the canonical id."""
    return view.key


@strawberry.interface(description="Anything that is assembled from one or more systems of record.")
class CanonicalEntity(Node):
    """A noun with a crosswalk, freshness and lineage."""

    freshness: Freshness = derived(lineage.resolve_freshness)
    version: VersionToken = derived(lineage.resolve_version)

    @derived_by(lineage.resolve_references)
    def external_references(self, system: SystemRole | None = UNSET) -> list[ExternalReference]:
        """Every known id of this record in every system (the crosswalk)."""
        return []  # the stub declares arguments and type; the binder resolves

    @derived_by(lineage.resolve_provenance)
    def provenance(self, fields: list[str] | None = UNSET) -> list[FieldProvenance]:
        """Per-field lineage. Omit `fields` for every value that this request has read."""
        return []  # the stub declares arguments and type; the binder resolves
