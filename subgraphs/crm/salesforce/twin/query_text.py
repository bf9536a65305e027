"""Reads SOQL text: what adapters and the known client libraries send, nothing more; the rest is MALFORMED_QUERY.

Grammar: developer.salesforce.com, SOQL and SOSL Reference, "SOQL SELECT Syntax". AND and OR do not mix without parentheses.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from subgraphs.crm.salesforce.twin.answers import RefusalError
from subgraphs.crm.salesforce.twin.codec import parse_instant

Literal = str | Decimal | bool | date | datetime | None


@dataclass(frozen=True)
class ComparisonNode:
    """`path` in the given relation (= != < <= > >= LIKE) to a literal."""

    path: str
    operator: str
    value: Literal


@dataclass(frozen=True)
class MembershipNode:
    """`path` is (or with `negated` is not) one of the literals."""

    path: str
    values: Sequence[Literal]
    negated: bool


@dataclass(frozen=True)
class JunctionNode:
    """All (AND) or any (OR) of the terms, or NOT of the only one."""

    operator: str
    terms: Sequence["ConditionNode"]


ConditionNode = ComparisonNode | MembershipNode | JunctionNode


@dataclass(frozen=True)
class Ordering:
    """A sort key; nulls come first unless the query says otherwise."""

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
    """Read a query; raise the service's refusal (400 MALFORMED_QUERY) for what is none."""
    reader = _Parser(text)
    try:
        query = reader.parse_query()
    except ValueError as impossible:
        raise RefusalError(400, "MALFORMED_QUERY", f"line 1: {impossible}") from None
    if not reader.is_at_end():
        raise reader.build_refusal()
    return query


def unescape(quoted: str, *, pattern: bool) -> str:
    """Return a quoted literal's value; in a LIKE `pattern` escaped wildcards keep their backslash, and so does the backslash itself."""

    def one(match: re.Match[str]) -> str:
        letter = match.group(1)
        if pattern and letter in "_%\\":
            return "\\" + letter
        if letter.lower() in _ESCAPES:
            return _ESCAPES[letter.lower()]
        raise RefusalError(400, "MALFORMED_QUERY", f"Illegal character sequence '\\{letter}' in string literal")

    return re.sub(r"\\(.)", one, quoted[1:-1])


class _Parser:
    """Recursive descent over the tokens of one text."""

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
        shown = "<EOF>" if self.is_at_end() else self._tokens[self._next].text
        return RefusalError(400, "MALFORMED_QUERY", f"unexpected token: '{shown}'")

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
            found = self._tokens[self._next].text.upper()
            if operator not in {"", found}:
                raise self.build_refusal()
            operator = found
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
        found = (
            not self.is_at_end()
            and self._tokens[self._next].kind != "string"
            and self._tokens[self._next].text.upper() == text
        )
        self._next += found
        return found

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise self.build_refusal()

    def _take(self, kind: str) -> str:
        if self.is_at_end() or self._tokens[self._next].kind != kind:
            raise self.build_refusal()
        self._next += 1
        return self._tokens[self._next - 1].text
