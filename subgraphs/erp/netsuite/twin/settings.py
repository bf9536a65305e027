"""The settings of an account: its integration record, its limits and its clocks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from subgraphs.erp.netsuite.twin.features import Feature
from subgraphs.erp.netsuite.twin.signatures import TokenCredentials


def _read_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class TwinSettings:
    """The settings of one account.

    `public_key` (PEM) is the key of the uploaded certificate, `certificate_id` the id of the certificate.
    `origin` is the public address of the account: the audience of assertions and the root of links; None uses the
    address of the request. Requests signed with the credentials `token_based` are accepted; None accepts OAuth 2.0
    only, as a new integration record does. `now` dates records and is the server time, `login_clock` validates
    assertions and tokens. A page of SuiteQL has at most `most_rows` rows. The role may not access the record types
    `denied_records`; the tables and columns of `missing_features` do not exist. Without `suite_analytics`
    every list and query is refused, as on live accounts.
    """

    client_id: str
    certificate_id: str
    public_key: str = field(repr=False)
    algorithms: tuple[str, ...] = ("PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
    time_zone: str = "America/New_York"
    company: str = "TSTDRV100"
    concurrency: int = 5
    suite_analytics: bool = True
    missing_features: frozenset[Feature] = frozenset()
    denied_records: frozenset[str] = frozenset()
    origin: str | None = None
    token_seconds: int = 3600
    token_based: TokenCredentials | None = None
    most_rows: int = 1000
    now: Callable[[], datetime] = field(default=_read_clock, repr=False)
    login_clock: Callable[[], datetime] = field(default=_read_clock, repr=False)


def generate_key_pair() -> tuple[str, str]:
    """Generate a P-256 key pair and return (private PEM, public PEM)."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
