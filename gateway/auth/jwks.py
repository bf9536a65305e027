"""An issuer's keys: fetched when needed, kept when the issuer fails, never replaced by nothing."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

COOLDOWN_SECONDS = 60.0
STALE_AFTER_SECONDS = 24 * 3600.0
MAX_BYTES = 256 * 1024

Fetch = Callable[[str], Awaitable[bytes]]


class KeysUnavailableError(Exception):
    """No usable keys: the token cannot be judged, which is not the caller's fault."""


class Jwks:
    """Keys of one issuer. An unknown `kid` causes at most one fetch per cooldown, shared by everybody who waits for it."""

    def __init__(self, url: str, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, Key] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._ended_at: float | None = None
        self._failed = False
        self._lock = asyncio.Lock()

    @property
    def ready(self) -> bool:
        """Whether keys were had at least once."""
        return bool(self._keys)

    async def key(self, kid: str) -> Key | None:
        """Return the key with this id, None when the issuer does not have it.

        Raises KeysUnavailableError when the keys were never had, are too old, or a fetch that might bring the key has just failed.
        """
        known = self._keys.get(kid)
        if known is not None and not self._stale():
            return known
        failed = await self._refresh(kid)
        known = self._keys.get(kid)
        if self._stale() or (known is None and failed):
            raise KeysUnavailableError(self._url)
        return known

    def _stale(self) -> bool:
        return self._fetched_at is None or self._clock() - self._fetched_at > STALE_AFTER_SECONDS

    async def _refresh(self, kid: str) -> bool:
        """Fetch unless somebody just did; tell whether the last attempt failed."""
        asked_at = self._clock()
        async with self._lock:
            if kid in self._keys and not self._stale():
                return False
            if self._ended_at is not None and self._ended_at >= asked_at:
                return self._failed  # it ended while this caller waited: nobody waits for two
            now = self._clock()
            if self._tried_at is not None and now - self._tried_at < COOLDOWN_SECONDS and self._keys:
                return self._failed
            self._tried_at = now
            keys = await self._fetched()
            if keys:
                self._keys, self._fetched_at = keys, now
            self._failed, self._ended_at = not keys, self._clock()
            return self._failed

    async def _fetched(self) -> dict[str, Key]:
        """Return the issuer's keys; none when it fails, whatever its failure is: the keys that we have stay."""
        try:
            return usable_keys(await self._fetch(self._url))
        except Exception:  # noqa: BLE001 -- as said
            return {}


class _Document(msgspec.Struct):
    keys: list[dict[str, object]]


def usable_keys(body: bytes) -> dict[str, Key]:
    """Return the signature keys of a key set by id; keys without id, or that cannot be read, are left out."""
    if len(body) > MAX_BYTES:
        raise ValueError("the key set is too large")
    found: dict[str, Key] = {}
    for entry in msgspec.json.decode(body, type=_Document).keys:
        if not isinstance(entry.get("kid"), str) or entry.get("use", "sig") != "sig" or entry.get("kty") == "oct":
            continue
        try:
            key = KeySet.import_key_set({"keys": [entry]}).keys[0]  # type: ignore[list-item] # checked by joserfc
        except (JoseError, ValueError, KeyError):
            continue
        found[str(entry["kid"])] = key
    return found
