"""Finds adapters by their manifests and opens connections. A vendor is one folder, and nothing else names it."""

import importlib
import importlib.util
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import msgspec

from gateway.canonical.roles import SystemRole
from gateway.errors import ConfigurationError
from gateway.net.upstream import create_opener
from gateway.observability.event import EventObserver, ignore_event
from gateway.ports.base import SystemPort
from gateway.ports.connection import Connection
from gateway.ports.lineage import require_complete
from gateway.settings import ConnectionSettings, Settings, build_secret_reader

INSTALLED_PACKAGE = "subgraphs"
ENTRY_POINTS = "psgw.adapters"
MANIFEST = "manifest.toml"

_REFERENCE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The manifest of a vendor folder.

    `adapter` and `mapping` are `module:name`; `hosts` are patterns of the vendor's hosts.
    """

    vendor: str
    roles: tuple[SystemRole, ...]
    adapter: str
    api_version: str
    mapping: str | None = None
    hosts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    object_types: tuple[str, ...] = ()


def discover(folders: Sequence[Path] = ()) -> dict[str, Manifest]:
    """Return every vendor's manifest by name.

    Raises ConfigurationError for manifests that cannot be read and vendors with two manifests.
    """
    found: dict[str, Manifest] = {}
    paths: dict[str, Path] = {}
    findings: list[str] = []
    for path in (*_find_installed(), *_find_declared(), *_find_in_folders(folders)):
        try:
            manifest = read_manifest(path)
        except ConfigurationError as error:
            findings.extend(f"{path}: {finding}" for finding in error.findings)
            continue
        if manifest.vendor in found:
            findings.append(f"{path}: vendor {manifest.vendor} has another manifest, {paths[manifest.vendor]}")
        found[manifest.vendor], paths[manifest.vendor] = manifest, path
    if findings:
        raise ConfigurationError(findings)
    return found


def read_manifest(path: Path) -> Manifest:
    """Read one manifest. Raises ConfigurationError with every mistake in it."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError([error.strerror or "cannot be read"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"is not TOML: {error}"]) from None
    findings = list(_find_mistakes(given))
    if findings:
        raise ConfigurationError(findings)
    return msgspec.convert(given, Manifest)


def _find_mistakes(given: Mapping[str, Any]) -> Iterator[str]:
    fields = {field.name: field for field in msgspec.structs.fields(Manifest)}
    for key in sorted(given.keys() - fields.keys()):
        yield f"{key}: unknown key; known keys are {', '.join(fields)}"
    for key, field in fields.items():
        if key in given:
            try:
                msgspec.convert(given[key], field.type)
            except msgspec.ValidationError as error:
                yield f"{key}: {error}"
        elif field.required:
            yield f"{key}: is missing"
    for key in ("adapter", "mapping"):
        if isinstance(given.get(key), str) and not _REFERENCE.fullmatch(given[key]):
            yield f"{key}: must be module:name"
    if given.get("roles") == []:
        yield "roles: must have at least one role"


def _find_installed() -> Iterator[Path]:
    spec = importlib.util.find_spec(INSTALLED_PACKAGE)
    for root in spec.submodule_search_locations or () if spec else ():
        yield from sorted(Path(root).glob(f"*/*/{MANIFEST}"))


def _find_declared() -> Iterator[Path]:
    """Yield the manifests of installed packages: an entry point names the package that contains one."""
    for entry in entry_points(group=ENTRY_POINTS):
        spec = importlib.util.find_spec(entry.value)
        for root in spec.submodule_search_locations or () if spec else ():
            yield Path(root) / MANIFEST


def _find_in_folders(folders: Sequence[Path]) -> Iterator[Path]:
    """Yield the manifests of vendor folders in extra folders, and append these folders to `sys.path`."""
    for folder in folders:
        if not folder.is_dir():
            raise ConfigurationError([f"adapters.folders: {folder} is not a folder"])
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
        yield from sorted(folder.glob(f"*/{MANIFEST}"))


def connect_all(settings: Settings, observe: EventObserver = ignore_event) -> dict[str, SystemPort]:
    """Open every configured connection, in order.

    Raises ConfigurationError with every mistake. `observe` receives an event per call.
    """
    manifests = discover([settings.home / folder for folder in settings.adapters.folders])
    ports: dict[str, SystemPort] = {}
    findings: list[str] = []
    for configured in settings.connections:
        try:
            ports[configured.name] = connect_one(configured, manifests, settings.home, observe)
        except ConfigurationError as error:
            findings.extend(f"{configured.name}: {finding}" for finding in error.findings)
    if findings:
        raise ConfigurationError(findings)
    return ports


def connect_one(
    configured: ConnectionSettings, manifests: Mapping[str, Manifest], home: Path, observe: EventObserver = ignore_event
) -> SystemPort:
    """Open one connection with its vendor's manifest and its mapping file.

    Raises as `connect` does, and for an unknown vendor.
    """
    manifest = _get_manifest(configured, manifests)
    return connect(configured, manifest, load_mapping(configured, home), home, observe)


def connect(
    configured: ConnectionSettings,
    manifest: Manifest,
    mapping: Mapping[str, Any],
    home: Path = Path(),
    observe: EventObserver = ignore_event,
) -> SystemPort:
    """Open one connection. Relative paths of secret files start at `home`.

    Raises ConfigurationError with every mistake, and DeclarationError for an adapter with an incomplete lineage.
    """
    connection = build_connection(configured, manifest, mapping, home, observe)
    try:
        port: SystemPort = import_reference(manifest.adapter)(connection)
    except KeyError as error:
        if error.args[0] not in manifest.secrets:
            raise
        raise ConfigurationError([f"the secret {error.args[0]} is missing"]) from None
    require_complete(port.lineage)
    return port


def build_connection(
    configured: ConnectionSettings,
    manifest: Manifest,
    mapping: Mapping[str, Any],
    home: Path = Path(),
    observe: EventObserver = ignore_event,
) -> Connection:
    """Build the connection that an adapter gets. Raises ConfigurationError for secrets that the vendor does not use."""
    unknown = sorted(configured.secrets.keys() - set(manifest.secrets))
    if unknown:
        known = ", ".join(manifest.secrets) or "none"
        raise ConfigurationError(
            [f"{configured.vendor} has no secret {name}; known secrets are {known}" for name in unknown]
        )
    return Connection(
        name=configured.name,
        role=configured.role,
        vendor=configured.vendor,
        base_url=configured.base_url,
        region=configured.region,
        time_zone=configured.time_zone,
        options=configured.options,
        mapping=mapping,
        secrets={name: build_secret_reader(secret, home) for name, secret in configured.secrets.items()},
        open_upstream=create_opener(
            configured.name,
            configured.base_url,
            manifest.hosts,
            allow_private=configured.allow_private,
            observe=observe,
        ),
    )


def _get_manifest(configured: ConnectionSettings, manifests: Mapping[str, Manifest]) -> Manifest:
    manifest = manifests.get(configured.vendor)
    if manifest is None:
        raise ConfigurationError(
            [f"no adapter for {configured.vendor}; installed adapters are {', '.join(sorted(manifests))}"]
        )
    if configured.role not in manifest.roles:
        raise ConfigurationError([f"{configured.vendor} does not support the role {configured.role}"])
    return manifest


def load_mapping(configured: ConnectionSettings, home: Path) -> Mapping[str, Any]:
    """Return the content of a connection's mapping file, empty if it has none."""
    if configured.mapping is None:
        return {}
    path = home / configured.mapping
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError([f"{path}: {error.strerror}"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError([f"{path}: {error}"]) from None


def import_reference(reference: str) -> Callable[..., Any]:
    """Import the object of a `module:name` reference. Raises ConfigurationError if that fails."""
    module, _, name = reference.partition(":")
    try:
        found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError([f"{reference} cannot be imported: {error}"]) from error
    return found
