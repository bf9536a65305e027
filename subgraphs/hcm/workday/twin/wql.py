"""Parses WQL and runs it over the rows of a data source.

SELECT columns FROM source (parameters) [WHERE conditions joined by AND] [ORDER BY columns] [LIMIT n]
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from subgraphs.hcm.workday.twin.refusals import RefusalError

Row = Mapping[str, Any]
Predicate = Callable[[Row], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<word>[A-Za-z_][A-Za-z0-9_]*|[0-9]+)|(?P<mark>>=|<=|!=|[(),=<>]))"
)
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda value, literal: value == literal,
    "!=": lambda value, literal: value != literal,
    ">": lambda value, literal: value > literal,
    ">=": lambda value, literal: value >= literal,
    "<": lambda value, literal: value < literal,
    "<=": lambda value, literal: value <= literal,
}


class Token(NamedTuple):
    """A token of a statement; text is unquoted."""

    kind: str
    value: str


class Statement(NamedTuple):
    """A parsed statement."""

    columns: tuple[str, ...]
    source: str
    parameters: Mapping[str, str]
    condition: Predicate
    order: tuple[str, ...]

    def run(self, rows: Sequence[Row], known: frozenset[str]) -> list[Row]:
        """Return the selected columns of the rows that meet the condition, in order.

        Raise RefusalError for a column that is not in `known`.
        """
        for column in (*self.columns, *self.order):
            _require_column(column, known)
        matches = [row for row in rows if self.condition(row)]
        for column in reversed(self.order):
            matches.sort(key=lambda row, column=column: str(_to_comparable(row[column])))  # type: ignore[misc] # bound early
        return [{column: row[column] for column in self.columns} for row in matches]


def parse_statement(text: str, known: frozenset[str]) -> Statement:
    """Parse a statement; raise RefusalError for invalid WQL."""
    return _Parser(list(_tokenize(text)), known).parse_statement()


class _Parser:
    def __init__(self, tokens: list[Token], known: frozenset[str]) -> None:
        self._tokens = tokens
        self._known = known

    def parse_statement(self) -> Statement:
        self._expect("SELECT")
        columns = self._parse_list()
        self._expect("FROM")
        source = self._take("word")
        parameters = dict(self._parse_parameters()) if self._is_next("(") else {}
        tests = list(self._parse_conditions()) if self._accept("WHERE") else []
        order: tuple[str, ...] = ()
        if self._accept("ORDER"):
            self._expect("BY")
            order = self._parse_list()
        if self._tokens:
            raise _build_syntax_error(self._tokens[0].value)
        return Statement(columns, source, parameters, lambda row: all(test(row) for test in tests), order)

    def _parse_parameters(self) -> Iterator[tuple[str, str]]:
        self._expect("(")
        while True:
            name = self._take("word")
            self._expect("=")
            yield name, self._tokens.pop(0).value
            if self._accept(")"):
                return
            self._expect(",")

    def _parse_conditions(self) -> Iterator[Predicate]:
        while True:
            yield self._parse_condition(_require_column(self._take("word"), self._known))
            if not self._accept("AND"):
                return

    def _parse_condition(self, column: str) -> Predicate:
        if self._accept("IN"):
            self._expect("(")
            wanted = {self._take("text")}
            while self._accept(","):
                wanted.add(self._take("text"))
            self._expect(")")
            return lambda row: _to_comparable(row[column]) in wanted
        compare = _OPERATORS.get(mark := self._take("mark"))
        if compare is None:
            raise _build_syntax_error(mark)
        literal = self._take("text")
        return lambda row: row[column] is not None and compare(str(_to_comparable(row[column])), literal)

    def _parse_list(self) -> tuple[str, ...]:
        names = [self._take("word")]
        while self._accept(","):
            names.append(self._take("word"))
        return tuple(names)

    def _is_next(self, value: str) -> bool:
        return bool(self._tokens) and self._tokens[0].kind != "text" and self._tokens[0].value.upper() == value

    def _accept(self, value: str) -> bool:
        if self._is_next(value):
            self._tokens.pop(0)
            return True
        return False

    def _expect(self, value: str) -> None:
        if not self._accept(value):
            raise _build_syntax_error(self._tokens[0].value if self._tokens else "end of statement")

    def _take(self, kind: str) -> str:
        if not self._tokens or self._tokens[0].kind != kind:
            raise _build_syntax_error(self._tokens[0].value if self._tokens else "end of statement")
        return self._tokens.pop(0).value


def _tokenize(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _build_syntax_error(text[position : position + 10])
        kind = str(match.lastgroup)
        value = match[kind]
        yield Token(kind, re.sub(r"\\(.)", r"\1", value[1:-1]) if kind == "text" else value)
        position = match.end()


def _require_column(column: str, known: frozenset[str]) -> str:
    if column not in known:
        raise RefusalError(400, f"The field {column} is not valid for the data source.")
    return column


def _to_comparable(value: Any) -> Any:
    """Return the id of an instance, the value of an amount, any other value unchanged."""
    return value.get("id", value.get("value")) if isinstance(value, Mapping) else value


def _build_syntax_error(token: str) -> RefusalError:
    return RefusalError(400, f"WQL: syntax error near {token}")
