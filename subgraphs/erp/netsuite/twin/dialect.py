"""Translates SuiteQL to the SQL of the store, and the store's errors to NetSuite's.

As in NetSuite, these are errors: WITH, OFFSET, several statements, IN lists of more than 1,000 items, unknown records
and fields.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from subgraphs.erp.netsuite.twin.tables import BY_NAME, Table

MAX_IN_LIST = 1000
MAX_LITERAL_BYTES = 4000
"""The limit of Oracle Database."""

_TOKEN = re.compile(
    r"(?P<space>\s+|--[^\n]*|/\*.*?\*/)|(?P<string>'(?:[^']|'')*')|(?P<quoted>\"[^\"]*\")|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_$#]*)|(?P<symbol><>|!=|<=|>=|\|\||[-+*/%(),.<>=])",
    re.DOTALL,
)
_UNSUPPORTED_WORDS = frozenset({"with", "offset", "insert", "update", "delete", "pragma", "attach"})
_RESERVED_WORDS = frozenset(  # of Oracle
    {
        "access", "add", "all", "alter", "and", "any", "as", "asc", "audit", "between",
        "by", "char", "check", "cluster", "column", "comment", "compress", "connect", "create", "current",
        "date", "decimal", "default", "delete", "desc", "distinct", "drop", "else", "exclusive", "exists",
        "file", "float", "for", "from", "grant", "group", "having", "identified", "immediate", "in",
        "increment", "index", "initial", "insert", "integer", "intersect", "into", "is", "level", "like",
        "lock", "long", "minus", "mode", "modify", "not", "nowait", "null", "number", "of",
        "offline", "on", "online", "option", "or", "order", "prior", "public", "raw", "rename",
        "resource", "revoke", "row", "rowid", "rownum", "rows", "select", "session", "set", "share",
        "size", "smallint", "start", "synonym", "sysdate", "table", "then", "to", "trigger", "uid",
        "union", "unique", "update", "user", "validate", "values", "varchar", "varchar2", "view", "whenever",
        "where", "with",
    }
)  # fmt: skip
_CLAUSES = frozenset(
    {
        "on",
        "where",
        "join",
        "left",
        "right",
        "inner",
        "outer",
        "full",
        "cross",
        "group",
        "order",
        "having",
        "union",
        "fetch",
    }
)
_UNKNOWN_COLUMN = re.compile(r"no such column: (?:\[?(?P<alias>\w+)\]?\.)?\[?(?P<field>\w+)\]?")
_UNKNOWN_TABLE = re.compile(r"no such table: \[?(?P<record>\w+)\]?|access to (?P<hidden>\w+)\.")


class SuiteQlError(Exception):
    """A statement that the account refuses; the message is the `detail` of the response."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Invalid search query. Detailed unprocessed description follows. Search error occurred: {reason}"
        )


class Token(NamedTuple):
    """One token and its kind: space, string, quoted, number, word or symbol."""

    kind: str
    text: str

    @property
    def lower(self) -> str:
        """The text in lower case."""
        return self.text.lower()


def tokenize(statement: str) -> list[Token]:
    """Split a statement into tokens; raise SuiteQlError for a character that SuiteQL does not allow."""
    tokens, position = [], 0
    while position < len(statement):
        match = _TOKEN.match(statement, position)
        if match is None:
            raise SuiteQlError(f"Invalid or unsupported search. Unexpected character at position {position}.")
        if match.lastgroup != "space":
            tokens.append(Token(match.lastgroup or "", match.group()))
        position = match.end()
    return tokens


def translate(statement: str) -> str:
    """Return the store's SQL of a SuiteQL statement; raise SuiteQlError if it is invalid."""
    parsed = tokenize(statement)
    if not parsed or parsed[0].lower != "select":
        raise SuiteQlError("Invalid or unsupported search.")
    for token in parsed:
        if token.kind == "string" and len(token.text[1:-1].replace("''", "'").encode()) > MAX_LITERAL_BYTES:
            raise SuiteQlError("Invalid or unsupported search: string literal too long.")
        if token.kind == "word" and token.lower in _UNSUPPORTED_WORDS:
            raise SuiteQlError(f"Invalid or unsupported search: {token.text}.")
    for token, following in pairwise(parsed):
        if token.lower == "as" and following.lower in _RESERVED_WORDS:
            raise SuiteQlError(f"Invalid or unsupported search: {following.text} is a reserved word.")
    _check_in_lists(parsed)
    aliases = dict(_find_aliases(parsed))
    return " ".join(_emit_sql(parsed, aliases))


def _check_in_lists(parsed: Sequence[Token]) -> None:
    """Raise SuiteQlError for an IN list that is too long; lists with nested parentheses are not checked."""
    for position, token in enumerate(parsed):
        if token.lower != "in" or token.kind != "word":
            continue
        items = 1
        for inner in parsed[position + 2 :]:
            if inner.text in "()":
                break
            items += inner.text == ","
        if items > MAX_IN_LIST:
            raise SuiteQlError("Maximum number of expressions in a list is 1000.")


def _find_aliases(parsed: Sequence[Token]) -> Iterator[tuple[str, Table]]:
    """Yield (alias, table) of each table in FROM and JOIN."""
    for position, token in enumerate(parsed[:-1]):
        table = BY_NAME.get(parsed[position + 1].lower)
        if token.lower not in ("from", "join") or table is None:
            continue
        rest = [word for word in parsed[position + 2 : position + 4] if word.lower != "as"]
        alias = rest[0].lower if rest and rest[0].kind == "word" and rest[0].lower not in _CLAUSES else table.name
        yield alias, table


def _emit_sql(parsed: Sequence[Token], aliases: dict[str, Table]) -> Iterator[str]:
    position = 0
    while position < len(parsed):
        token = parsed[position]
        following = [word.lower for word in parsed[position : position + 5]]
        if following[:4] == ["builtin", ".", "df", "("]:
            text, position = _translate_display(parsed, position + 4, aliases)
            yield text
        elif following[:2] == ["fetch", "first"] and following[3:] == ["rows", "only"]:
            yield f"LIMIT {parsed[position + 2].text}"
            position += 5
        else:
            yield f"[{token.lower}]" if token.kind == "word" and token.lower in BY_NAME else token.text
            position += 1


def _translate_display(parsed: Sequence[Token], start: int, aliases: dict[str, Table]) -> tuple[str, int]:
    """Translate BUILTIN.DF([alias.]column) to a subquery of the display name of the referenced record.

    Return the subquery and the position of the next token.
    """
    end = start
    while end < len(parsed) and parsed[end].text != ")":
        end += 1
    words = [token.lower for token in parsed[start:end] if token.kind == "word"]
    name = words[-1] if words else ""
    candidates = [aliases[words[0]]] if len(words) > 1 and words[0] in aliases else list(aliases.values())
    column = next((found for table in candidates if (found := table.find_column(name)) is not None), None)
    if column is None:
        raise SuiteQlError(f"Field '{name}' was not found. Reason: REMOVED - Field is removed")
    operand = ".".join(f"[{word}]" for word in words)
    if column.target is None:
        return operand, end + 1
    table = BY_NAME[column.target]
    key = table.columns[0].name
    return f"(SELECT df.[{table.display}] FROM [{table.name}] df WHERE df.[{key}] = {operand})", end + 1  # noqa: S608 -- names of the catalogue


def translate_error(error: sqlite3.Error, statement: str) -> SuiteQlError:
    """Return NetSuite's error for an error of the store."""
    message = str(error)
    if record := _UNKNOWN_TABLE.search(message):
        return SuiteQlError(f"Invalid search type: {record['record'] or record['hidden']}")
    if field := _UNKNOWN_COLUMN.search(message):
        tables = dict(_find_aliases(tokenize(statement)))
        alias = (field["alias"] or "").lower()
        known = [tables[alias]] if alias in tables else list(tables.values())
        names = ", ".join(f"{column.name}={column.name}" for table in known for column in table.columns)
        return SuiteQlError(f"Unknown identifier '{field['field']}'. Available identifiers are: {{{names}}}")
    return SuiteQlError("Invalid or unsupported search.")
