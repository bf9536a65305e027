"""What `psgw check` looks at: the key, the rights on every model, and what the mapping file names."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.canonical.fault import FaultCode
from gateway.errors import SourceError
from gateway.ports.base import Finding
from subgraphs.kit.checks import LOGIN, failed
from subgraphs.suite.tryton.mapping import TrytonMapping
from subgraphs.suite.tryton.reads import Kind
from subgraphs.suite.tryton.rest import Rest
from subgraphs.suite.tryton.wire import CategoryRow

_REMEDIES = {
    FaultCode.AUTH_EXPIRED: "Check the secret `key`: it is one of a user application of kind REST, and validated.",
    FaultCode.NOT_FOUND: "Check the option `database`.",
    FaultCode.CONTRACT_MISMATCH: "Give the key's user the groups that may read the model.",
    FaultCode.UNAVAILABLE: "Check that the modules are active that the manual names: an unknown model or field looks like this too.",
}


async def findings(rest: Rest, kinds: Mapping[type[Any], Kind[Any, Any]], mapping: TrytonMapping) -> Sequence[Finding]:
    """Return one finding per kind of record, and one for the category of customers where the mapping file names it; without a login only that."""
    found: list[Finding] = []
    for record, kind in kinds.items():
        found.append(await _readable(rest, record.__name__, kind))
        if found[-1].subject == LOGIN:
            return found[-1:]
    if mapping.client_category is not None and any(finding.ok for finding in found):
        found.append(await _category(rest, mapping.client_category))
    return found


async def _readable(rest: Rest, name: str, kind: Kind[Any, Any]) -> Finding:
    subject = f"{kind.model} ({name})"
    try:
        await rest.search(kind.model, kind.row, kind.domain, most=1)
    except SourceError as error:
        return failed(subject, error, _REMEDIES)
    return Finding(subject=subject, ok=True, message="Can be read.")


async def _category(rest: Rest, name: str) -> Finding:
    subject = "party.category"
    try:
        rows = await rest.search(subject, CategoryRow, (["name", "=", name],), most=1)
    except SourceError as error:
        return failed(subject, error, _REMEDIES)
    if rows:
        return Finding(subject=subject, ok=True, message=f"There is a category {name}.")
    remedy = "Correct `client_category` in the mapping file, leave it out, or make the category."
    return Finding(subject=subject, ok=False, message=f"There is no category {name}.", remedy=remedy)
