"""Exchange rates in force. Tryton stores one rate per currency, to the base currency; a pair's rate is a quotient."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from gateway.canonical.records.erp import ErpExchangeRate
from gateway.ports.erp import RateKey
from subgraphs.kit.concurrent_calls import gather_all
from subgraphs.suite.tryton.ledger_wire import RateRow
from subgraphs.suite.tryton.rest import RestClient
from subgraphs.suite.tryton.wire import normalize

RATE_TYPE = "CORPORATE"
_MODEL = "currency.currency.rate"
_LATEST = (("date", "DESC"), ("id", "DESC"))
_DECIMALS = 12


async def read_exchange_rates(rest: RestClient, keys: Sequence[RateKey]) -> Mapping[RateKey, ErpExchangeRate]:
    """Read rates: one call per currency for the rate on the first day, one per 500 rates up to the last day."""
    wanted = [key for key in keys if key.rate_type == RATE_TYPE]
    if not wanted:
        return {}
    codes = sorted({code for key in wanted for code in (key.source, key.target)})
    first, last = min(key.on for key in wanted), max(key.on for key in wanted)
    before = await gather_all(_read_latest(rest, code, first) for code in codes)
    between = (["currency.code", "in", codes], ["date", ">", first], ["date", "<=", last])
    during = await rest.search_all(_MODEL, RateRow, between) if first < last else []
    return compute_rates(wanted, [*(row for rows in before for row in rows), *during])


async def _read_latest(rest: RestClient, code: str, on: date) -> Sequence[RateRow]:
    domain = (["currency.code", "=", code], ["date", "<=", on])
    return await rest.search(_MODEL, RateRow, domain, order=_LATEST, most=1)


def compute_rates(keys: Iterable[RateKey], rows: Sequence[RateRow]) -> Mapping[RateKey, ErpExchangeRate]:
    """Return each key's rate: the quotient of the rates in force on its day, to twelve decimals.

    A rate is effective from the later of the two dates.
    """
    found: dict[RateKey, ErpExchangeRate] = {}
    for key in keys:
        source, target = _find_rate(rows, key.source, key.on), _find_rate(rows, key.target, key.on)
        if source is None or target is None or not source.rate.decimal:
            continue
        found[key] = ErpExchangeRate(
            source=key.source,
            target=key.target,
            rate=normalize(round(target.rate.decimal / source.rate.decimal, _DECIMALS)),
            rate_type=RATE_TYPE,
            effective_date=max(source.date.to_date(), target.date.to_date()),
        )
    return found


def _find_rate(rows: Sequence[RateRow], code: str, on: date) -> RateRow | None:
    held = [row for row in rows if row.currency.code == code and row.date.to_date() <= on]
    return max(held, key=lambda row: (row.date.to_date(), row.id), default=None)
