"""Merges the contributions of several systems into one card: per column the first system in order counts."""

from collections.abc import Mapping
from typing import Any

from gateway.canonical.records.card import COLUMNS, RELATIONS
from gateway.canonical.roles import Noun, SystemRole
from gateway.identity.contribution import CardContribution

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
"""The roles that contribute to a card, the anchor first; columns declared `finance_first` ask the ERP before it."""


def merge(noun: Noun, by_role: Mapping[SystemRole, CardContribution]) -> CardContribution:
    """Merge contributions: the first value per column, the union of collections, the latest `modified_at`."""
    order = [role for role in ORDER[noun] if role in by_role]
    finance = [ERP] if ERP in by_role else []
    values: dict[str, Any] = {}
    for name in (*(name for name in COLUMNS if name != "modified_at"), *RELATIONS.values()):
        column = COLUMNS.get(name)
        first = finance if column is not None and noun in column.finance_first else []
        candidates = (getattr(by_role[role], name) for role in (*first, *order))
        values[name] = next((value for value in candidates if value is not None), None)
    stamps = [each.modified_at for each in by_role.values() if each.modified_at is not None]
    entities = [code for role in order for code in (by_role[role].legal_entity, *by_role[role].legal_entities) if code]
    return CardContribution(
        **values,
        modified_at=max(stamps, default=None),
        legal_entities=tuple(dict.fromkeys(entities)),
        keys=_unite(by_role, order, "keys"),
        references=_unite(by_role, order, "references"),
        projects=_unite(by_role, order, "projects"),
        members=_unite(by_role, order, "members"),
    )


def _unite(by_role: Mapping[SystemRole, CardContribution], order: list[SystemRole], name: str) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value for role in order for value in getattr(by_role[role], name)))
