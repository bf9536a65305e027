"""Parses the part of SOQL that adapters and the known client libraries send; anything else is MALFORMED_QUERY.

Grammar: developer.salesforce.com, SOQL and SOSL Reference, "SOQL SELECT Syntax". AND and OR cannot be mixed without
parentheses.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from subgraphs.crm.salesforce.twin.codec import parse_instant
from subgraphs.crm.salesforce.twin.responses import RefusalError

Literal = str | Decimal | bool | date | datetime | None


@dataclass(frozen=True)
class ComparisonNode:
    """Compares `path` with a literal; `operator` is = != < <= > >= or LIKE."""

    path: str
    operator: str
    value: Literal


@dataclass(frozen=True)
class MembershipNode:
    """`path` IN (or, with `negated`, NOT IN) the literals."""

    path: str
    values: Sequence[Literal]
    negated: bool


@dataclass(frozen=True)
class JunctionNode:
    """The terms joined by AND or OR, or NOT with a single term."""

    operator: str
    terms: Sequence["ConditionNode"]


ConditionNode = ComparisonNode | MembershipNode | JunctionNode


@dataclass(frozen=True)
class Ordering:
    """A sort key; nulls come first by default."""

    path: str
    descending: bool
    nulls_last: bool


@dataclass(frozen=True)
class Query:
    """A query or a sub-query; `count` is SELECT COUNT()."""

    columns: tuple[str, ...]
    children: tuple["Query", ...]
    count: bool
    source: str
    where: ConditionNode | None
    order: tuple[Ordering, ...]
    limit: int | None
    offset: int


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


_TOKENS = re.compile(
    r"""\s*(?:
    (?P<string>'(?:[^'\\\r\n]|\\.)*')
  | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
  | (?P<date>\d{4}-\d\d-\d\d)
  | (?P<number>[+-]?\d+(?:\.\d+)?)
  | (?P<word>[A-Za-z][A-Za-z0-9_.]*)
  | (?P<mark><=|>=|!=|<>|[=<>(),])
  )""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\a", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_OPERATORS = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "LIKE": "LIKE"}


def parse_query(text: str) -> Query:
    """Parse a query; raise the service's error (400 MALFORMED_QUERY) for an invalid one."""
    parser = _Parser(text)
    try:
        query = parser.parse_query()
    except ValueError as error:
        raise RefusalError(400, "MALFORMED_QUERY", f"line 1: {error}") from None
    if not parser.is_at_end():
        raise parser.build_refusal()
    return query


def unescape(quoted: str, *, pattern: bool) -> str:
    """Return the value of a quoted literal.

    In a LIKE `pattern`, escaped wildcards and backslashes keep their backslash.
    """

    def replace(match: re.Match[str]) -> str:
        letter = match.group(1)
        if pattern and letter in "_%\\":
            return "\\" + letter
        if letter.lower() in _ESCAPES:
            return _ESCAPES[letter.lower()]
        raise RefusalError(400, "MALFORMED_QUERY", f"Illegal character sequence '\\{letter}' in string literal")

    return re.sub(r"\\(.)", replace, quoted[1:-1])


class _Parser:
    """Recursive descent parser over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(self._tokenize(text))
        self._next = 0

    @staticmethod
    def _tokenize(text: str) -> list[_Token]:
        tokens, at, end = [], 0, len(text.rstrip())
        while at < end:
            match = _TOKENS.match(text, at)
            if match is None:
                raise RefusalError(
                    400, "MALFORMED_QUERY", f"unexpected token: '{text[at:].strip()[:1]}' at position {at}"
                )
            tokens.append(_Token(str(match.lastgroup), match.group(str(match.lastgroup)), at))
            at = match.end()
        return tokens

    def is_at_end(self) -> bool:
        return self._next >= len(self._tokens)

    def build_refusal(self) -> RefusalError:
        token = "<EOF>" if self.is_at_end() else self._tokens[self._next].text
        return RefusalError(400, "MALFORMED_QUERY", f"unexpected token: '{token}'")

    def parse_query(self) -> Query:
        self._expect("SELECT")
        columns, children, count = self._parse_selection()
        self._expect("FROM")
        return Query(
            columns=columns,
            children=children,
            count=count,
            source=self._take("word"),
            where=self._parse_condition() if self._accept("WHERE") else None,
            order=self._parse_order() if self._accept("ORDER") else (),
            limit=int(self._take("number")) if self._accept("LIMIT") else None,
            offset=int(self._take("number")) if self._accept("OFFSET") else 0,
        )

    def _parse_selection(self) -> tuple[tuple[str, ...], tuple[Query, ...], bool]:
        columns: list[str] = []
        children: list[Query] = []
        while True:
            if self._accept("("):
                children.append(self.parse_query())
                self._expect(")")
            else:
                columns.append(self._take("word"))
                if columns == ["COUNT"] and self._accept("("):
                    self._expect(")")
                    return (), (), True
            if not self._accept(","):
                return tuple(columns), tuple(children), False

    def _parse_condition(self) -> ConditionNode:
        terms = [self._parse_term()]
        operator = ""
        while not self.is_at_end() and self._tokens[self._next].text.upper() in {"AND", "OR"}:
            next_operator = self._tokens[self._next].text.upper()
            if operator not in {"", next_operator}:
                raise self.build_refusal()
            operator = next_operator
            self._next += 1
            terms.append(self._parse_term())
        return terms[0] if len(terms) == 1 else JunctionNode(operator, terms)

    def _parse_term(self) -> ConditionNode:
        if self._accept("NOT"):
            return JunctionNode("NOT", [self._parse_term()])
        if self._accept("("):
            inner = self._parse_condition()
            self._expect(")")
            return inner
        path = self._take("word")
        negated = self._accept("NOT")
        if self._accept("IN"):
            return MembershipNode(path, self._parse_literals(), negated)
        token = self._tokens[self._next] if not self.is_at_end() else _Token("", "", 0)
        operator = _OPERATORS.get(token.text.upper())
        if negated or operator is None:
            raise self.build_refusal()
        self._next += 1
        return ComparisonNode(path, operator, self._parse_literal(pattern=operator == "LIKE"))

    def _parse_literals(self) -> list[Literal]:
        self._expect("(")
        values = [self._parse_literal()]
        while self._accept(","):
            values.append(self._parse_literal())
        self._expect(")")
        return values

    def _parse_literal(self, *, pattern: bool = False) -> Literal:
        if self.is_at_end():
            raise self.build_refusal()
        token = self._tokens[self._next]
        self._next += 1
        match token.kind, token.text.lower():
            case "string", _:
                return unescape(token.text, pattern=pattern)
            case "datetime", _:
                return parse_instant(token.text)
            case "date", _:
                return date.fromisoformat(token.text)
            case "number", _:
                return Decimal(token.text)
            case "word", "true" | "false" as word:
                return word == "true"
            case "word", "null":
                return None
        self._next -= 1
        raise self.build_refusal()

    def _parse_order(self) -> tuple[Ordering, ...]:
        self._expect("BY")
        keys = []
        while True:
            path = self._take("word")
            descending = self._accept("DESC")
            if not descending:
                self._accept("ASC")
            nulls_last = False
            if self._accept("NULLS"):
                nulls_last = self._accept("LAST")
                if not nulls_last:
                    self._expect("FIRST")
            keys.append(Ordering(path, descending, nulls_last))
            if not self._accept(","):
                return tuple(keys)

    def _accept(self, text: str) -> bool:
        matches = (
            not self.is_at_end()
            and self._tokens[self._next].kind != "string"
            and self._tokens[self._next].text.upper() == text
        )
        self._next += matches
        return matches

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise self.build_refusal()

    def _take(self, kind: str) -> str:
        if self.is_at_end() or self._tokens[self._next].kind != kind:
            raise self.build_refusal()
        self._next += 1
        return self._tokens[self._next - 1].text
