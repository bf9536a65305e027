"""Exchange rates in force. Tryton keeps what one unit of the base currency is worth in each; a pair's rate is the quotient of two."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from gateway.canonical.records.erp import ErpExchangeRate
from gateway.ports.erp import RateKey
from subgraphs.kit.together import together
from subgraphs.suite.tryton.ledger_wire import RateRow
from subgraphs.suite.tryton.rest import Rest
from subgraphs.suite.tryton.wire import plain

RATE_TYPE = "CORPORATE"
_MODEL = "currency.currency.rate"
_LATEST = (("date", "DESC"), ("id", "DESC"))
_DECIMALS = 12


async def exchange_rates(rest: Rest, keys: Sequence[RateKey]) -> Mapping[RateKey, ErpExchangeRate]:
    """Read rates: one call per currency for what held before the first day, and one per 500 rates from there to the last day."""
    wanted = [key for key in keys if key.rate_type == RATE_TYPE]
    if not wanted:
        return {}
    codes = sorted({code for key in wanted for code in (key.source, key.target)})
    first, last = min(key.on for key in wanted), max(key.on for key in wanted)
    before = await together(_latest(rest, code, first) for code in codes)
    between = (["currency.code", "in", codes], ["date", ">", first], ["date", "<=", last])
    during = await rest.every(_MODEL, RateRow, between) if first < last else []
    return in_force(wanted, [*(row for rows in before for row in rows), *during])


async def _latest(rest: Rest, code: str, on: date) -> Sequence[RateRow]:
    domain = (["currency.code", "=", code], ["date", "<=", on])
    return await rest.search(_MODEL, RateRow, domain, order=_LATEST, most=1)


def in_force(keys: Iterable[RateKey], rows: Sequence[RateRow]) -> Mapping[RateKey, ErpExchangeRate]:
    """Give each key the quotient of the rates in force on its day, to twelve decimals; it holds from the later of the two days."""
    found: dict[RateKey, ErpExchangeRate] = {}
    for key in keys:
        source, target = _held(rows, key.source, key.on), _held(rows, key.target, key.on)
        if source is None or target is None or not source.rate.decimal:
            continue
        found[key] = ErpExchangeRate(
            source=key.source,
            target=key.target,
            rate=plain(round(target.rate.decimal / source.rate.decimal, _DECIMALS)),
            rate_type=RATE_TYPE,
            effective_date=max(source.date.value(), target.date.value()),
        )
    return found


def _held(rows: Sequence[RateRow], code: str, on: date) -> RateRow | None:
    held = [row for row in rows if row.currency.code == code and row.date.value() <= on]
    return max(held, key=lambda row: (row.date.value(), row.id), default=None)
