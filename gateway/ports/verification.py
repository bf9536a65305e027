"""Whether a vendor folder holds what its manifest says, without reaching the vendor."""

import asyncio
import importlib
import importlib.util
import typing
from collections.abc import Iterator
from functools import partial
from types import ModuleType
from typing import Any, Final

import msgspec

from gateway.canonical.records.base import Record
from gateway.canonical.roles import DataRegion, SystemRole
from gateway.net.upstream import opener
from gateway.ports.base import Finding, SystemPort
from gateway.ports.connection import Connection
from gateway.ports.crm import CrmPort
from gateway.ports.discovery import Manifest, named
from gateway.ports.erp import ErpPort
from gateway.ports.hcm import HcmPort
from gateway.ports.lineage import PROPOSED, Lineage, Supplied, require_complete
from gateway.ports.psa import PsaPort

PORTS: dict[SystemRole, type[Any]] = {
    SystemRole.CRM: CrmPort,
    SystemRole.PSA: PsaPort,
    SystemRole.HCM: HcmPort,
    SystemRole.ERP: ErpPort,
}
"""The promise of each role that a vendor can play."""

_NOWHERE: Final = "http://127.0.0.1:9"
"""An address where nobody answers (RFC 863's port)."""


def verify(manifest: Manifest) -> list[Finding]:
    """Return one finding per part of a vendor folder: adapter, mapping file, conformance module, and the lineage in every role."""
    found = [_importable("adapter", manifest.adapter), _mapping(manifest), _conformance(manifest)]
    if all(finding.ok for finding in found):
        found += [_lineage(manifest, role) for role in manifest.roles]
    return found


def records_of(role: SystemRole) -> frozenset[type[Record]]:
    """Return the kinds of records that the port of a role gives."""
    port = PORTS[role]
    names = [name for name in vars(port) if not name.startswith("_")]
    hints = [typing.get_type_hints(getattr(port, name)).get("return") for name in names]
    return frozenset(kind for hint in hints for kind in _records_in(hint))


def _records_in(hint: Any) -> Iterator[type[Record]]:
    if isinstance(hint, type) and issubclass(hint, Record):
        yield hint
    for each in typing.get_args(hint):
        yield from _records_in(each)


def _importable(subject: str, reference: str) -> Finding:
    try:
        named(reference)
    except Exception as error:  # noqa: BLE001 -- whatever a vendor's module does when it is imported is a finding
        return _bad(subject, str(error), f"Correct `{subject}` in the manifest, or the module.")
    return Finding(subject=subject, ok=True, message=f"{reference} is there.")


def _mapping(manifest: Manifest) -> Finding:
    if manifest.mapping is None:
        return Finding(subject="mapping", ok=True, message="There is no mapping file.")
    found = _importable("mapping", manifest.mapping)
    if not found.ok:
        return found
    kind: Any = named(manifest.mapping)
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return _bad("mapping", f"{manifest.mapping} is no struct.", "Make the mapping file's type a msgspec.Struct.")
    lax = sorted({each.__name__ for each in _structs(kind, set()) if not each.__struct_config__.forbid_unknown_fields})
    if lax:
        remedy = "Declare them with forbid_unknown_fields=True: a misspelt key would be passed over in silence."
        return _bad("mapping", f"{', '.join(lax)} would take unknown keys.", remedy)
    return Finding(subject="mapping", ok=True, message=f"{manifest.mapping} is strict.")


def _structs(hint: Any, seen: set[Any]) -> Iterator[type[msgspec.Struct]]:
    """Walk the types below an annotation."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct) and hint not in seen:
        seen.add(hint)
        yield hint
        for inner in typing.get_type_hints(hint).values():
            yield from _structs(inner, seen)
    for each in typing.get_args(hint):
        yield from _structs(each, seen)


def import_conformance(manifest: Manifest) -> ModuleType | None:
    """Import the conformance module of a vendor folder; None where there is none."""
    module = _beside(manifest)
    return importlib.import_module(module) if importlib.util.find_spec(module) else None


def build_unreached(manifest: Manifest, role: SystemRole) -> Connection:
    """Return a connection to no system: the one of conformance.py, else one without options and with a placeholder for every secret."""
    offered = getattr(import_conformance(manifest), "unreached", None)
    if offered is not None:
        made: Connection = offered(role)
        return made
    name = f"{manifest.vendor}-main".replace("_", "-")
    return Connection(
        name=name,
        role=role,
        vendor=manifest.vendor,
        base_url=_NOWHERE,
        region=DataRegion.US,
        secrets={secret: partial(str, "placeholder") for secret in manifest.secrets},
        open_upstream=opener(name, _NOWHERE, ()),
    )


def _conformance(manifest: Manifest) -> Finding:
    module = _beside(manifest)
    no_twin = "the contract tests need a connection (PSGW_CONTRACT_SETTINGS)."
    remedy = "Offer system(role) and unreached(role) in conformance.py, beside the adapter: the contract tests start the vendor by them."
    try:
        offered = import_conformance(manifest)
    except Exception as error:  # noqa: BLE001 -- see above
        return _bad("conformance", f"{module} cannot be imported: {error}", remedy)
    if offered is None:
        return Finding(subject="conformance", ok=True, message=f"There is no conformance.py: {no_twin}")
    if callable(getattr(offered, "tenant", None)) and not hasattr(offered, "system"):
        return Finding(subject="conformance", ok=True, message=f"{module} offers no twin: {no_twin}")
    missing = [name for name in ("system", "unreached") if not callable(getattr(offered, name, None))]
    if missing:
        return _bad("conformance", f"{module} has no {' and no '.join(missing)}.", remedy)
    return Finding(subject="conformance", ok=True, message=f"{module} is there.")


def _lineage(manifest: Manifest, role: SystemRole) -> Finding:
    subject = f"lineage of {role}"
    try:
        port: SystemPort = named(manifest.adapter)(build_unreached(manifest, role))
        asyncio.run(port.aclose())
        lineage = port.lineage
        require_complete(lineage)
    except Exception as error:  # noqa: BLE001 -- see above
        return _bad(subject, str(error), "Say of every attribute where it is from, or why there is none.")
    gaps = sorted(kind.__name__ for kind in records_of(role) ^ lineage.keys())
    if gaps:
        return _bad(subject, f"Wrong about {', '.join(gaps)}.", f"Name exactly the records of {role}.")
    guessed = sum(_is_proposed(lineage, kind) for kind in lineage)
    if guessed:
        return _bad(subject, f"Nobody has looked at {guessed} kinds of records.", "Go through lineage.py.")
    return Finding(subject=subject, ok=True, message=f"Complete for {len(lineage)} kinds of records.")


def _is_proposed(lineage: Lineage, kind: type[Record]) -> bool:
    return any(isinstance(origin, Supplied) and origin.object == PROPOSED for origin in lineage[kind].values())


def _beside(manifest: Manifest) -> str:
    return f"{manifest.adapter.partition(':')[0].rpartition('.')[0]}.conformance"


def _bad(subject: str, message: str, remedy: str) -> Finding:
    return Finding(subject=subject, ok=False, message=message, remedy=remedy)
