"""Exchange rates by day: the latest rate of each currency pair on or before each requested day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from gateway.canonical.records.erp import ErpExchangeRate
from gateway.ports.erp import RateKey
from subgraphs.erp.netsuite import billing_statements, wire
from subgraphs.erp.netsuite.billing_mapping import map_exchange_rate
from subgraphs.erp.netsuite.suiteql import (
    Fragment,
    Select,
    join_all,
    join_any,
    match_equal,
    match_texts,
    quote_day,
    quote_text,
)

RATE_TYPE = "CORPORATE"
_LATEST = (
    "r.effectivedate = (SELECT MAX(e.effectivedate) FROM currencyrate e WHERE e.basecurrency = r.basecurrency"
    " AND e.transactioncurrency = r.transactioncurrency AND e.effectivedate <= {on})"
)


def build_rate_query(keys: Iterable[RateKey]) -> Select | None:
    """Build one statement that reads the rates of all keys; return None if no key has NetSuite's rate type."""
    wanted: dict[date, dict[str, list[str]]] = {}
    for key in keys:
        if key.rate_type == RATE_TYPE:
            wanted.setdefault(key.on, {}).setdefault(key.target, []).append(key.source)
    days = [_build_day_condition(on, pairs) for on, pairs in wanted.items()]
    return billing_statements.build_exchange_rate_statement().select(join_any(*days)) if days else None


def _build_day_condition(on: date, pairs: Mapping[str, Sequence[str]]) -> Fragment:
    targets = [
        join_all(match_equal("bc.symbol", quote_text(target)), match_texts("tc.symbol", sources))
        for target, sources in pairs.items()
    ]
    return join_all(join_any(*targets), Fragment(_LATEST.format(on=quote_day(on))))


def select_effective_rates(keys: Iterable[RateKey], rows: Sequence[wire.RateRow]) -> Mapping[RateKey, ErpExchangeRate]:
    """Select the rate of each key from the rows; of two rates of one day the one entered later applies."""
    rates: dict[RateKey, ErpExchangeRate] = {}
    for key in keys:
        candidates = [
            row
            for row in rows
            if (row.source, row.target) == (key.source, key.target)
            and row.effective <= key.on
            and key.rate_type == RATE_TYPE
        ]
        if candidates:
            rates[key] = map_exchange_rate(max(candidates, key=lambda row: (row.effective, int(row.id))))
    return rates
