"""Statements for accounts without OneWorld, SuiteTax or multiple currencies: no table or column that does not exist.

Without OneWorld there is one legal entity, which the mapping file describes: its code and its currency are literals of
the statement. Source: the features that the SuiteQL record catalogue requires for each table and column.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

import msgspec

from subgraphs.erp.netsuite import wire
from subgraphs.erp.netsuite.mapping_file import NetSuiteMapping
from subgraphs.erp.netsuite.statements import Statement
from subgraphs.erp.netsuite.suiteql import quote_text

RowT = TypeVar("RowT", bound=wire.Row)

_ONE_WORLD = frozenset({"subsidiary", "customersubsidiaryrelationship", "subsidiarytaxregistration"})
_SUITE_TAX = frozenset({"transactiontaxdetail", "taxtype"})
_CURRENCIES = frozenset({"currency", "currencyrate"})
_NEXT_JOIN = re.compile(r"(?= LEFT JOIN |(?<! LEFT) JOIN )")
_TABLE = re.compile(r"(?: (?:LEFT )?JOIN )?(?P<table>\w+) (?P<alias>\w+)")
_ALIAS = re.compile(r"\b(\w+)\.")


class _Tables(NamedTuple):
    """The tables that remain in a statement, and the table of each alias that does not."""

    source: str
    dropped: Mapping[str, str]


def adapt_statement(statement: Statement[RowT], mapping: NetSuiteMapping) -> Statement[RowT]:
    """Return the statement as the account of the mapping file accepts it."""
    missing = _list_missing_tables(mapping)
    if not missing:
        return statement
    source, dropped = _drop_joins(statement.source, missing)
    columns = {
        name: adapted
        for name, expression in statement.columns.items()
        if (adapted := _adapt_expression(expression, dropped, mapping)) is not None
    }
    order = tuple(each for each in statement.order if not _mentions(each, dropped))
    return msgspec.structs.replace(statement, source=source, columns=columns, order=order)


def _list_missing_tables(mapping: NetSuiteMapping) -> frozenset[str]:
    features = mapping.features
    return (
        (_ONE_WORLD if mapping.company is not None else frozenset())
        | (frozenset() if features.suite_tax else _SUITE_TAX)
        | (frozenset() if features.multi_currency else _CURRENCIES)
    )


def _drop_joins(source: str, missing: Iterable[str]) -> _Tables:
    """Remove the joins of missing tables, and those that depend on them."""
    kept: list[str] = []
    dropped: dict[str, str] = {}
    for part in _NEXT_JOIN.split(source):
        match = _TABLE.match(part)
        table, alias = (match["table"], match["alias"]) if match else ("", "")
        if table in missing or _mentions(part, dropped):
            dropped[alias] = table
        else:
            kept.append(part)
    return _Tables("".join(kept), dropped)


def _mentions(text: str, dropped: Mapping[str, str]) -> bool:
    return any(alias in dropped for alias in _ALIAS.findall(text))


def _adapt_expression(expression: str, dropped: Mapping[str, str], mapping: NetSuiteMapping) -> str | None:
    """Return a column that the account has, a literal, or None for a column that it does not have."""
    alias, _, column = expression.partition(".")
    company = mapping.company
    if company is not None and column == "subsidiary":
        return quote_text(company.code)
    if company is not None and dropped.get(alias) == "currency":
        return quote_text(company.currency)
    if column == "isprimarysub" and alias in dropped:
        return quote_text("T")
    if column == "exchangerate" and not mapping.features.multi_currency:
        return "1"
    return None if _mentions(expression, dropped) else expression
