"""Access tokens in the JWT profile of RFC 9068."""

import time
import uuid
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

LIFETIME_SECONDS = 3600


def sign_access_token(
    key: RSAKey, *, issuer: str, audience: str, subject: str, client_id: str, scope: str, claims: Mapping[str, Any]
) -> str:
    """Sign an access token that expires after one hour."""
    now = int(time.time())
    payload = {
        **claims,
        "iss": issuer,
        "aud": audience,
        "sub": subject,
        "client_id": client_id,
        "scope": scope,
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
        "jti": uuid.uuid4().hex,
    }
    return jwt.encode({"alg": "RS256", "typ": "at+jwt", "kid": key.kid}, payload, key)
