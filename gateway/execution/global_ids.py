"""Opaque global ids.

An id carries its type, so that scopes are checked before anything is fetched. The id of a leaf carries a keyed hash, so
that a caller cannot forge one.
"""

import base64
import binascii
import hmac
import json
from hashlib import blake2b
from uuid import UUID

from gateway.canonical.native import NativeId
from gateway.canonical.roles import SystemRole
from gateway.execution.view import View

SEAL_BYTES = 8


class IdCodec:
    """Codec of global ids; `key` is the deployment's secret seal key (16 to 64 bytes)."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @property
    def mask_key(self) -> bytes:
        """The key for hashing masked values: constant within a deployment."""
        return self._key

    def encode(self, view: View) -> str:
        """Return the global id: base64url of `Type:uuid`, or `Type:[role, connection, object, id, seal]` for a leaf."""
        if isinstance(view.key, UUID):
            return self.encode_parts(view.noun.name, str(view.key))
        parts = [view.own_role.value, *view.key]
        return self.encode_parts(view.noun.name, json.dumps([*parts, self._compute_seal(view.noun.name, parts)]))

    @staticmethod
    def encode_parts(type_name: str, rest: str) -> str:
        """Return base64url of `type_name:rest`, without padding."""
        return base64.urlsafe_b64encode(f"{type_name}:{rest}".encode()).decode().rstrip("=")

    def decode(self, opaque: str) -> tuple[str, UUID | tuple[SystemRole, NativeId] | str] | None:
        """Return (type name, key), or None if this deployment did not issue the id.

        The key is a UUID, the role and native id of a leaf, or, for any other type, the text after the type name.
        """
        try:
            text = base64.urlsafe_b64decode(opaque + "=" * (-len(opaque) % 4)).decode()
            name, _, rest = text.partition(":")
            if rest.startswith("["):
                return self._open_sealed(name, json.loads(rest))
            return name, _parse_uuid_or_text(rest)
        except (ValueError, binascii.Error, RecursionError):
            return None

    def _open_sealed(self, name: str, parts: object) -> tuple[str, tuple[SystemRole, NativeId]] | None:
        match parts:
            case [str() as role, str() as connection, str() as object_type, str() as native, str() as seal]:
                expected = self._compute_seal(name, [role, connection, object_type, native])
                if hmac.compare_digest(seal.encode(errors="replace"), expected.encode()):
                    return name, (SystemRole(role), NativeId(connection, object_type, native))
        return None

    def _compute_seal(self, name: str, parts: list[str]) -> str:
        return blake2b(json.dumps([name, *parts]).encode(), key=self._key, digest_size=SEAL_BYTES).hexdigest()


def _parse_uuid_or_text(rest: str) -> UUID | str:
    try:
        return UUID(rest)
    except ValueError:
        return rest
