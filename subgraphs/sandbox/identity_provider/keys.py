"""The provider's signing key and client secrets, stored in its state folder and readable by the owner only."""

import secrets
from pathlib import Path

from joserfc.jwk import RSAKey

from subgraphs.sandbox.state import write_private_file

KEY_BITS = 2048


def load_signing_key(state: Path) -> RSAKey:
    """Load the signing key; generate it on first use."""
    path = state / "signing-key.pem"
    if not path.exists():
        write_private_file(path, RSAKey.generate_key(KEY_BITS).as_pem(private=True))
    key = RSAKey.import_key(path.read_bytes())
    return RSAKey.import_key({**key.as_dict(private=True), "kid": key.thumbprint(), "use": "sig", "alg": "RS256"})


def load_client_secret(state: Path, client_id: str) -> str:
    """Load a confidential client's secret; generate it on first use."""
    path = state / f"{client_id}.secret"
    if not path.exists():
        write_private_file(path, secrets.token_urlsafe(32).encode())
    return path.read_text(encoding="utf-8")
