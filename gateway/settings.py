"""Settings: one frozen model per concern, from a TOML file and the environment; unknown keys are refused, all findings come at once.

Environment: `PSGW__SECTION__KEY`, e.g. `PSGW__STORE__URL`. A secret is `file:PATH`, `env:NAME`, or the value itself.
"""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from gateway.canonical.roles import DataRegion, SystemRole
from gateway.errors import ConfigurationError

PREFIX = "PSGW__"
_CREDENTIALS = re.compile(r"(://[^:/@]*:)[^@]*@")


class Section(BaseModel):
    """A frozen group of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreSettings(Section):
    """Where the gateway remembers: SQLite on one machine, PostgreSQL for several."""

    url: Annotated[str, Field(repr=False)] = "sqlite+aiosqlite:///psgw.sqlite"
    """May hold a password."""


class IssuerSettings(Section):
    """An issuer of access tokens; see `gateway.auth.issuers`."""

    issuer: str
    audience: str
    jwks_url: str
    token_types: tuple[str, ...] = ("at+jwt", "application/at+jwt")
    scope_claim: str = "scope"
    client_claim: str = "client_id"
    leeway: Annotated[int, Field(ge=0, le=120)] = 30


class GraphSettings(Section):
    """The firm: its tenant, the currency of group reporting, the seconds that a request may take, who may introspect."""

    tenant: str = "main"
    group_currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    deadline_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
    explore: Literal["scoped", "open"] = "scoped"


class ServeSettings(Section):
    """Where to listen."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000


class SyncSettings(Section):
    """How often the change feeds are followed while serving; 0 turns it off."""

    interval_seconds: Annotated[float, Field(ge=0)] = 30.0


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("is not an IANA time zone") from None


class ConnectionSettings(Section):
    """One connection to one system in one role. `mapping` is the path of its mapping file, relative to the settings file."""

    name: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
    role: SystemRole
    vendor: str
    base_url: str
    region: DataRegion
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    environment: Literal["PRODUCTION", "SANDBOX", "MOCK"] = "PRODUCTION"
    mapping: Path | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    secrets: dict[str, SecretStr] = Field(default_factory=dict)
    allow_private: bool = False


class AdapterSettings(Section):
    """Further folders that hold vendor folders, beside the ones that are installed."""

    folders: tuple[Path, ...] = ()


class Settings(Section):
    """Everything."""

    store: StoreSettings = StoreSettings()
    graph: GraphSettings = GraphSettings()
    serve: ServeSettings = ServeSettings()
    sync: SyncSettings = SyncSettings()
    adapters: AdapterSettings = AdapterSettings()
    issuers: tuple[IssuerSettings, ...] = ()
    connections: tuple[ConnectionSettings, ...] = ()
    home: Path = Path()
    """The folder of the settings file; relative paths start here."""


def load(path: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read settings; raises ConfigurationError with one line for everything that is wrong."""
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigurationError([f"{path}: {error.strerror}"]) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError([f"{path}: is not TOML: {error}"]) from None
        values["home"] = path.resolve().parent
    _overlay(values, os.environ if environment is None else environment)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError([_finding(each) for each in error.errors(include_input=False)]) from None
    names = [connection.name for connection in settings.connections]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigurationError([f"connections: the name {name} is used twice" for name in twice])
    return settings


def _overlay(values: dict[str, Any], environment: Mapping[str, str]) -> None:
    """Lay the environment over the file, key by key; what is a list in the file stays the file's."""
    for name, value in sorted(environment.items()):
        if not name.startswith(PREFIX):
            continue
        section, _, key = name.removeprefix(PREFIX).lower().partition("__")
        group = values.setdefault(section, {})
        if not key or not isinstance(group, dict):
            raise ConfigurationError([f"{name}: the environment can set the keys of single sections only"])
        group[key] = value


def _finding(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    return f"{place}: {error['msg']}"


def revealer(secret: SecretStr, home: Path) -> Callable[[], str]:
    """Return what reads a secret when it is needed; raises ConfigurationError (then) naming the file or variable, never the value."""

    def reveal() -> str:
        kind, _, rest = secret.get_secret_value().partition(":")
        if kind == "file":
            try:
                return (home / rest).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ConfigurationError([f"secret file {rest}: {error.strerror}"]) from None
        if kind == "env":
            if rest not in os.environ:
                raise ConfigurationError([f"secret variable {rest} is not set"])
            return os.environ[rest]
        return secret.get_secret_value()

    return reveal


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the settings file."""
    return Settings.model_json_schema()


def shown(settings: Settings) -> dict[str, Any]:
    """Return the settings as they may be shown: of a secret only the place where it lies, of the store's address no password."""
    values: dict[str, Any] = settings.model_dump(mode="json")
    values["store"]["url"] = _CREDENTIALS.sub(r"\1***@", settings.store.url)
    for connection, told in zip(settings.connections, values["connections"], strict=True):
        told["secrets"] = {name: _place(secret) for name, secret in connection.secrets.items()}
    return values


def _place(secret: SecretStr) -> str:
    value = secret.get_secret_value()
    return value if value.startswith(("file:", "env:")) else "***"
