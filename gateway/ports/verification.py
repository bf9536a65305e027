"""Checks that a vendor folder matches its manifest, without calling the vendor."""

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
from gateway.net.upstream import create_opener
from gateway.ports.base import Finding, SystemPort
from gateway.ports.connection import Connection
from gateway.ports.crm import CrmPort
from gateway.ports.discovery import Manifest, import_reference
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
"""The port of each role that a vendor can have."""

_NOWHERE: Final = "http://127.0.0.1:9"
"""An address where nobody answers (RFC 863's port)."""


def verify(manifest: Manifest) -> list[Finding]:
    """Return one finding per part of a vendor folder: adapter, mapping, conformance, lineage of every role."""
    found = [_check_import("adapter", manifest.adapter), _check_mapping(manifest), _check_conformance(manifest)]
    if all(finding.ok for finding in found):
        found += [_check_lineage(manifest, role) for role in manifest.roles]
    return found


def list_records(role: SystemRole) -> frozenset[type[Record]]:
    """Return the record classes that the port of a role returns."""
    port = PORTS[role]
    names = [name for name in vars(port) if not name.startswith("_")]
    hints = [typing.get_type_hints(getattr(port, name)).get("return") for name in names]
    return frozenset(kind for hint in hints for kind in _find_records(hint))


def _find_records(hint: Any) -> Iterator[type[Record]]:
    if isinstance(hint, type) and issubclass(hint, Record):
        yield hint
    for each in typing.get_args(hint):
        yield from _find_records(each)


def _check_import(subject: str, reference: str) -> Finding:
    try:
        import_reference(reference)
    except Exception as error:  # noqa: BLE001 -- any failure of a vendor's import is a finding
        return _build_failure(subject, str(error), f"Correct `{subject}` in the manifest, or the module.")
    return Finding(subject=subject, ok=True, message=f"{reference} can be imported.")


def _check_mapping(manifest: Manifest) -> Finding:
    if manifest.mapping is None:
        return Finding(subject="mapping", ok=True, message="The vendor has no mapping file.")
    found = _check_import("mapping", manifest.mapping)
    if not found.ok:
        return found
    kind: Any = import_reference(manifest.mapping)
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return _build_failure(
            "mapping",
            f"{manifest.mapping} is not a msgspec.Struct.",
            "Declare the mapping file's type as a msgspec.Struct.",
        )
    lenient = sorted(
        {each.__name__ for each in _walk_structs(kind, set()) if not each.__struct_config__.forbid_unknown_fields}
    )
    if lenient:
        remedy = "Declare them with forbid_unknown_fields=True, or misspelt keys are ignored silently."
        return _build_failure("mapping", f"{', '.join(lenient)} accepts unknown keys.", remedy)
    return Finding(subject="mapping", ok=True, message=f"{manifest.mapping} refuses unknown keys.")


def _walk_structs(hint: Any, seen: set[Any]) -> Iterator[type[msgspec.Struct]]:
    """Yield the structs of an annotation and of their fields."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct) and hint not in seen:
        seen.add(hint)
        yield hint
        for inner in typing.get_type_hints(hint).values():
            yield from _walk_structs(inner, seen)
    for each in typing.get_args(hint):
        yield from _walk_structs(each, seen)


def import_conformance(manifest: Manifest) -> ModuleType | None:
    """Import the conformance module of a vendor folder; None where there is none."""
    module = _build_conformance_name(manifest)
    return importlib.import_module(module) if importlib.util.find_spec(module) else None


def build_unreachable(manifest: Manifest, role: SystemRole) -> Connection:
    """Build a connection to no system: that of conformance.py, or one with a placeholder for every secret."""
    offered = getattr(import_conformance(manifest), "build_unreachable", None)
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
        open_upstream=create_opener(name, _NOWHERE, ()),
    )


def _check_conformance(manifest: Manifest) -> Finding:
    module = _build_conformance_name(manifest)
    no_twin = "the contract tests need a connection (PSGW_CONTRACT_SETTINGS)."
    remedy = (
        "Define run_system(role) and build_unreachable(role) in conformance.py beside the adapter; "
        "the contract tests use them."
    )
    try:
        offered = import_conformance(manifest)
    except Exception as error:  # noqa: BLE001 -- see above
        return _build_failure("conformance", f"{module} cannot be imported: {error}", remedy)
    if offered is None:
        return Finding(subject="conformance", ok=True, message=f"There is no conformance.py: {no_twin}")
    if callable(getattr(offered, "describe_tenant", None)) and not hasattr(offered, "run_system"):
        return Finding(subject="conformance", ok=True, message=f"{module} offers no twin: {no_twin}")
    missing = [name for name in ("run_system", "build_unreachable") if not callable(getattr(offered, name, None))]
    if missing:
        return _build_failure("conformance", f"{module} does not define {' and '.join(missing)}.", remedy)
    return Finding(subject="conformance", ok=True, message=f"{module} defines run_system and build_unreachable.")


def _check_lineage(manifest: Manifest, role: SystemRole) -> Finding:
    subject = f"lineage of {role}"
    try:
        port: SystemPort = import_reference(manifest.adapter)(build_unreachable(manifest, role))
        asyncio.run(port.aclose())
        lineage = port.lineage
        require_complete(lineage)
    except Exception as error:  # noqa: BLE001 -- see above
        return _build_failure(subject, str(error), "Declare the origin of every attribute, or why it is not supported.")
    gaps = sorted(kind.__name__ for kind in list_records(role) ^ lineage.keys())
    if gaps:
        return _build_failure(
            subject, f"Does not match the port: {', '.join(gaps)}.", f"List exactly the records of {role}."
        )
    unreviewed = sum(_is_proposed(lineage, kind) for kind in lineage)
    if unreviewed:
        return _build_failure(subject, f"{unreviewed} kinds of records have not been reviewed.", "Review lineage.py.")
    return Finding(subject=subject, ok=True, message=f"Complete for {len(lineage)} kinds of records.")


def _is_proposed(lineage: Lineage, kind: type[Record]) -> bool:
    return any(isinstance(origin, Supplied) and origin.object == PROPOSED for origin in lineage[kind].values())


def _build_conformance_name(manifest: Manifest) -> str:
    return f"{manifest.adapter.partition(':')[0].rpartition('.')[0]}.conformance"


def _build_failure(subject: str, message: str, remedy: str) -> Finding:
    return Finding(subject=subject, ok=False, message=message, remedy=remedy)
