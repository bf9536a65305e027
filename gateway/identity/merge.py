"""Makes one card of what several systems say: per fact, the system of record first, then the others in order."""

from collections.abc import Mapping
from typing import Any

from gateway.canonical.roles import Noun, SystemRole
from gateway.identity.facts import CardFacts

CRM, PSA, ERP, HCM = SystemRole.CRM, SystemRole.PSA, SystemRole.ERP, SystemRole.HCM

ORDER: Mapping[Noun, tuple[SystemRole, ...]] = {
    Noun.CUSTOMER: (CRM, ERP, PSA),
    Noun.OPPORTUNITY: (CRM,),
    Noun.CONTRACT: (CRM, ERP),
    Noun.PROJECT: (PSA, ERP),
    Noun.RESOURCE: (HCM, PSA, ERP),
    Noun.INVOICE: (ERP,),
    Noun.LEGAL_ENTITY: (ERP, HCM, PSA, CRM),
}
"""The anchor first: whose word counts for a card, unless finance's does."""

FINANCE_FIRST: Mapping[Noun, frozenset[str]] = {
    Noun.CUSTOMER: frozenset({"status", "currency", "legal_entity", "number"}),
    Noun.CONTRACT: frozenset({"currency", "legal_entity"}),
    Noun.PROJECT: frozenset({"currency", "legal_entity", "service_line"}),
}
"""Facts of which the ERP is the system of record."""

SCALARS = (
    "code",
    "name",
    "number",
    "status",
    "type",
    "currency",
    "legal_entity",
    "region",
    "service_line",
    "start_date",
    "end_date",
    "customer",
    "contract",
    "opportunity",
    "manager",
    "parent",
)


def merged(noun: Noun, told: Mapping[SystemRole, CardFacts]) -> CardFacts:
    """Return one card's facts; sets (entities, projects, members) are united."""
    order = [role for role in ORDER[noun] if role in told]
    values: dict[str, Any] = {}
    for name in SCALARS:
        first = [ERP] if name in FINANCE_FIRST.get(noun, frozenset()) and ERP in told else []
        heard = (getattr(told[role], name) for role in (*first, *order))
        values[name] = next((value for value in heard if value is not None), None)
    stamps = [facts.modified_at for facts in told.values() if facts.modified_at is not None]
    entities = [code for role in order for code in (told[role].legal_entity, *told[role].legal_entities) if code]
    return CardFacts(
        **values,
        modified_at=max(stamps, default=None),
        legal_entities=tuple(dict.fromkeys(entities)),
        keys=_union(told, order, "keys"),
        references=_union(told, order, "references"),
        projects=_union(told, order, "projects"),
        members=_union(told, order, "members"),
    )


def _union(told: Mapping[SystemRole, CardFacts], order: list[SystemRole], name: str) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value for role in order for value in getattr(told[role], name)))
