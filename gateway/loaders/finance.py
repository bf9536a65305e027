"""Financial data that belongs to no single record: exchange rates, receivables, the dimension catalogue."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any

from gateway.canonical.native import NativeId
from gateway.canonical.roles import Noun, SystemRole
from gateway.loaders.conditions import Args
from gateway.loaders.declaration import ROW_ID, Loader
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
    """Load each customer's open items on the requested day, by default today in the zone of its legal entity."""
    by_day: dict[date, list[NativeId]] = defaultdict(list)
    for key, day in (await _choose_days(sources, keys, args.get("asOf"))).items():
        by_day[day].append(key)
    found: dict[NativeId, Any] = {}
    for day, group in by_day.items():
        read = await sources.get_erp(group[0].connection).get_receivables([key.id for key in group], day)
        found |= {key: read.get(key.id) for key in group}
    return found


async def _choose_days(sources: Sources, keys: Sequence[NativeId], as_of: date | None) -> Mapping[NativeId, date]:
    """Return the day of each customer's statement; the index is read only while the entities' days differ."""
    if as_of is not None or not sources.days.list_other_days():
        return dict.fromkeys(keys, as_of or sources.days.in_utc)
    noun = Noun.CUSTOMER.value
    cards = await sources.index.get_by_natives([(noun, key.connection, key.id) for key in keys])
    known = {(connection, id_): card.legal_entity for (_, connection, id_), card in cards.items()}
    return {key: sources.days.get_today(known.get((key.connection, key.id))) for key in keys}


async def _load_dimensions(sources: Sources, keys: Sequence[str], _args: Args) -> Mapping[str, Any]:
    """Load the whole catalogue of each connection."""
    return {key: tuple(await sources.get_erp(key).list_dimensions()) for key in keys}


FINANCE_LOADERS = (
    Loader(name="exchange_rates", system=SystemRole.ERP, call=_load_exchange_rates, batch=200, row_key=ROW_ID),
    Loader(
        name="erp_receivables",
        system=SystemRole.ERP,
        call=_load_receivables,
        batch=lambda port: port.capabilities.read_batch,
    ),
    Loader(name="erp_dimensions", system=SystemRole.ERP, call=_load_dimensions, batch=10),
)
