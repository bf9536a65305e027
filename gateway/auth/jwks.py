"""An issuer's key set: fetched when needed, kept when a fetch fails, never replaced by an empty one."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

import msgspec
from cachetools import TTLCache
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from gateway.auth.key_strength import find_weakness

LOG = logging.getLogger(__name__)

COOLDOWN_SECONDS = 60.0
REFRESH_SECONDS = 300.0
"""The age at which known keys are fetched again, so that a withdrawn key stops working."""
REFRESH_WAIT_SECONDS = 1.0
"""How long a request waits for this; an issuer that is slow or down does not delay its tokens by more."""
STALE_AFTER_SECONDS = 24 * 3600.0
MAX_BYTES = 256 * 1024

Fetch = Callable[[str], Awaitable[bytes]]
Keys = Mapping[str, Key]


class KeysUnavailableError(Exception):
    """No usable keys: the token cannot be verified, which is not the caller's fault."""


class Jwks:
    """The keys of one issuer. An unknown `kid` causes at most one fetch per cooldown; concurrent callers share it.

    Known keys are fetched again when they are five minutes old; if that fails, they stay in use. `on_change` is called
    when a fetch has brought a different key set. A weak key is refused and logged. `clock` gives monotonic seconds.
    """

    def __init__(
        self,
        url: str,
        fetch: Fetch,
        clock: Callable[[], float] = time.monotonic,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._url = url
        self._fetch = fetch
        self._clock = clock
        self._on_change = on_change
        self._sets: TTLCache[str, Keys] = TTLCache(1, STALE_AFTER_SECONDS, timer=clock)
        self._ready = False
        self._fetched_at = 0.0
        self._refreshing: asyncio.Task[None] | None = None
        self.refused: Mapping[str, str] = {}
        self._attempted_at: float | None = None
        self._ended_at: float | None = None
        self._failed = False
        self._lock = asyncio.Lock()

    @property
    def ready(self) -> bool:
        """Whether keys were fetched at least once."""
        return self._ready

    @property
    def is_stale(self) -> bool:
        """Whether there are no keys, or only keys older than a day."""
        return self._url not in self._sets

    @property
    def is_due(self) -> bool:
        """Whether the keys should be fetched again: they are old, and no attempt has just been made."""
        now = self._clock()
        attempted = self._attempted_at is not None and now - self._attempted_at < COOLDOWN_SECONDS
        return self._ready and now - self._fetched_at >= REFRESH_SECONDS and not attempted

    async def get_key(self, kid: str) -> Key | None:
        """Return the key with this id; None if the issuer does not have it.

        Raises KeysUnavailableError if keys were never fetched, are older than a day, or the last fetch that might have
        brought the key failed.
        """
        if self.is_due or self._refreshing is not None:
            await self._renew()
        known = self._find(kid)
        if known is not None:
            return known
        failed = await self._refresh(kid)
        known = self._find(kid)
        if self.is_stale or (known is None and failed):
            raise KeysUnavailableError(self._url)
        return known

    def _find(self, kid: str) -> Key | None:
        keys: Keys = self._sets.get(self._url, {})
        return keys.get(kid)

    async def _refresh(self, kid: str) -> bool:
        """Fetch the key set unless an attempt has just been made; return whether the last attempt failed."""
        requested_at = self._clock()
        async with self._lock:
            if self._find(kid) is not None:
                return False
            if self._ended_at is not None and self._ended_at >= requested_at:
                return self._failed  # an attempt ended while this caller waited: nobody waits for two
            now = self._clock()
            if self._attempted_at is not None and now - self._attempted_at < COOLDOWN_SECONDS and self._ready:
                return self._failed
            self._attempted_at = now
            keys = await self._load()
            if keys:
                self._replace(keys)
            self._failed, self._ended_at = not keys, self._clock()
            return self._failed

    async def _renew(self) -> None:
        """Fetch known keys again, once for all callers; return when it has ended, or after a second."""
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._fetch_again())
            self._refreshing.add_done_callback(self._forget_renewal)
        await asyncio.wait({self._refreshing}, timeout=REFRESH_WAIT_SECONDS)

    async def _fetch_again(self) -> None:
        async with self._lock:
            if self.is_due:
                self._attempted_at = self._clock()
                keys = await self._load()
                if keys:
                    self._replace(keys)
                self._failed, self._ended_at = not keys, self._clock()

    def _forget_renewal(self, _ended: "asyncio.Task[None]") -> None:
        self._refreshing = None

    def _replace(self, keys: Keys) -> None:
        before = self._sets.get(self._url)
        self._sets[self._url] = keys
        self._ready = True
        self._fetched_at = self._clock()
        if before is None or _to_comparable(before) != _to_comparable(keys):
            self._on_change()

    async def _load(self) -> Keys:
        """Return the issuer's keys; an empty mapping after any failure, so that the known keys stay in use."""
        try:
            found = parse_keys(await self._fetch(self._url))
        except Exception:  # noqa: BLE001 -- whatever fails, known keys stay in use
            return {}
        if dict(self.refused) != found.refused:
            self.refused = found.refused
            for kid, reason in found.refused.items():
                LOG.warning("weak key of an issuer refused", extra={"url": self._url, "kid": kid, "reason": reason})
        return found.usable


def _to_comparable(keys: Keys) -> dict[str, object]:
    return {kid: key.as_dict(private=False) for kid, key in keys.items()}


class _Document(msgspec.Struct):
    keys: list[dict[str, object]]


class ParsedKeys(NamedTuple):
    """The keys of a key set that can be used, and why others are refused, both by key id."""

    usable: dict[str, Key]
    refused: dict[str, str]


def parse_keys(body: bytes) -> ParsedKeys:
    """Return the signature keys of a key set by id. Keys that have no id or cannot be read are left out.

    Raises ValueError for other bodies.
    """
    if len(body) > MAX_BYTES:
        raise ValueError("the key set is too large")
    found: dict[str, Key] = {}
    refused: dict[str, str] = {}
    for entry in msgspec.json.decode(body, type=_Document).keys:
        if not isinstance(entry.get("kid"), str) or entry.get("use", "sig") != "sig" or entry.get("kty") == "oct":
            continue
        weakness = find_weakness(entry)
        if weakness is not None:
            refused[str(entry["kid"])] = weakness
            continue
        try:
            key = KeySet.import_key_set({"keys": [entry]}).keys[0]  # type: ignore[list-item] # checked by joserfc
        except (JoseError, ValueError, KeyError):
            continue
        found[str(entry["kid"])] = key
    return ParsedKeys(found, refused)
