"""What an account is: its integration record, its limits, and its clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from subgraphs.erp.netsuite.twin.signatures import TokenCredentials


def _read_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class TwinSettings:
    """One account. `public_key` (PEM) is the uploaded certificate's key, `certificate_id` its id in the mapping of client credentials.

    `origin` is the address that callers know the account by: the audience of assertions and the root of links; None takes the request's own.
    `token_based` lets requests in that are signed with these credentials; None allows OAuth 2.0 only, as a new integration record does.
    `now` dates records and tells the server time, `login_clock` judges assertions and tokens.
    A page of SuiteQL has at most `most_rows`. `denied` holds record types that the role may not touch; without `suite_analytics` every list and query is refused, as on live accounts.
    """

    client_id: str
    certificate_id: str
    public_key: str = field(repr=False)
    algorithms: tuple[str, ...] = ("PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
    time_zone: str = "America/New_York"
    company: str = "TSTDRV100"
    concurrency: int = 5
    suite_analytics: bool = True
    denied_records: frozenset[str] = frozenset()
    origin: str | None = None
    token_seconds: int = 3600
    token_based: TokenCredentials | None = None
    most_rows: int = 1000
    now: Callable[[], datetime] = field(default=_read_clock, repr=False)
    login_clock: Callable[[], datetime] = field(default=_read_clock, repr=False)


def key_pair() -> tuple[str, str]:
    """Return a fresh P-256 key pair as (private PEM, public PEM)."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
