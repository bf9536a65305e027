"""Financial data that belongs to no single record: exchange rates, receivables, the dimension catalogue."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any

from gateway.canonical.native import NativeId
from gateway.canonical.roles import SystemRole
from gateway.loaders.conditions import Args
from gateway.loaders.declaration import Loader
from gateway.loaders.sources import Sources
from gateway.ports.erp import RateKey


async def _load_exchange_rates(sources: Sources, keys: Sequence[RateKey], _args: Args) -> Mapping[Hashable, Any]:
    """Take each rate from the first ERP that has it: rates belong to the group, not to one connection."""
    found: dict[Hashable, Any] = {}
    for connection in sources.list_connections(SystemRole.ERP):
        missing = [key for key in keys if key not in found]
        if missing:
            rates = await sources.get_erp(connection).get_exchange_rates(missing)
            found |= dict(rates.items())
    return found


async def _load_receivables(sources: Sources, keys: Sequence[NativeId], args: Args) -> Mapping[NativeId, Any]:
    """Load each customer's open items on the requested day, by default today."""
    as_of: date = args.get("asOf") or sources.days.in_utc
    found = await sources.get_erp(keys[0].connection).get_receivables([key.id for key in keys], as_of)
    return {key: found.get(key.id) for key in keys}


async def _load_dimensions(sources: Sources, keys: Sequence[str], _args: Args) -> Mapping[str, Any]:
    """Load the whole catalogue of each connection."""
    return {key: tuple(await sources.get_erp(key).list_dimensions()) for key in keys}


FINANCE_LOADERS = (
    Loader(name="exchange_rates", system=SystemRole.ERP, call=_load_exchange_rates, batch=200),
    Loader(
        name="erp_receivables",
        system=SystemRole.ERP,
        call=_load_receivables,
        batch=lambda port: port.capabilities.read_batch,
    ),
    Loader(name="erp_dimensions", system=SystemRole.ERP, call=_load_dimensions, batch=10),
)
