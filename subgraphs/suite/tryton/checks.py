"""The checks of `psgw check`: the key, read access to every model, its fields' types, the names in the mapping file."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.kit.checks import LOGIN, build_failure
from subgraphs.suite.tryton.field_types import check_field_types
from subgraphs.suite.tryton.mapping import TrytonMapping
from subgraphs.suite.tryton.reads import Kind
from subgraphs.suite.tryton.rest import RestClient
from subgraphs.suite.tryton.wire import CategoryRow

_REMEDIES = {
    FaultCode.AUTH_EXPIRED: "Check the secret `key`: it must belong to a validated user application of kind REST.",
    FaultCode.NOT_FOUND: "Check the option `database`.",
    FaultCode.CONTRACT_MISMATCH: "Add the key's user to the groups that may read the model.",
    FaultCode.UNAVAILABLE: (
        "Check that the modules named in the manual are active: an unknown model or field looks the same."
    ),
}


async def check_models(
    rest: RestClient, kinds: Mapping[type[Any], Kind[Any, Any]], mapping: TrytonMapping
) -> Sequence[Finding]:
    """Return one finding per record kind, per missing field or field of another type, and for a mapped category.

    A failed login is returned as the only finding.
    """
    found: list[Finding] = []
    for record, kind in kinds.items():
        found.append(await _check_model(rest, record.__name__, kind))
        if found[-1].subject == LOGIN:
            return found[-1:]
    if mapping.client_category is not None and any(finding.ok for finding in found):
        found.append(await _check_category(rest, mapping.client_category))
    rows = [(kind.model, kind.row, record.__name__) for record, kind in kinds.items()]
    return [*found, *await check_field_types(rest, rows)]


async def _check_model(rest: RestClient, name: str, kind: Kind[Any, Any]) -> Finding:
    subject = f"{kind.model} ({name})"
    try:
        await rest.search(kind.model, kind.row, kind.domain, most=1)
    except SourceError as error:
        return build_failure(subject, error, _REMEDIES)
    return Finding(subject=subject, ok=True, message="The model is readable.")


async def _check_category(rest: RestClient, name: str) -> Finding:
    subject = "party.category"
    try:
        rows = await rest.search(subject, CategoryRow, (["name", "=", name],), most=1)
    except SourceError as error:
        return build_failure(subject, error, _REMEDIES)
    if rows:
        return Finding(subject=subject, ok=True, message=f"The category {name} exists.")
    remedy = "Correct `client_category` in the mapping file, remove it, or create the category."
    return Finding(subject=subject, ok=False, message=f"The category {name} does not exist.", remedy=remedy)
