"""Tryton's JSON-RPC client for seeding: logs in as administrator, creates and reads records.

Values that JSON lacks are tagged with `__class__` (Tryton's protocol documentation, "JSON-RPC").
"""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import msgspec

TIMEOUT_SECONDS = 120.0
Values = Mapping[str, Any]


class TrytonError(RuntimeError):
    """The server refused the call; the message is the server's."""


class TrytonWarningError(TrytonError):
    """The server requires the warning of this name to be skipped first (trytond documentation, "Warnings")."""

    def __init__(self, name: str) -> None:
        super().__init__(f"unskipped warning {name}")
        self.name = name


class Rpc:
    """A session of one user in one database. Close it when done."""

    def __init__(self, base_url: str, database: str, login: str, password: str) -> None:
        self._client = httpx.Client(base_url=base_url, timeout=TIMEOUT_SECONDS)
        self._path = f"/{database}/rpc/"
        self.database = database
        self._session: dict[str, str] = {}
        self.user, token, *_ = self._call("common.db.login", [login, {"password": password}, "en"])
        plain = f"{login}:{self.user}:{token}".encode()
        self._session = {"Authorization": f"Session {base64.b64encode(plain).decode()}"}
        self._context: Values = {}
        self.refresh()

    def refresh(self) -> None:
        """Reload the user's companies and employee after they have changed."""
        self._context = self._call("model.res.user.get_preferences", [True, {}])

    def create(self, model: str, *records: Values, **context: Any) -> list[int]:
        """Create records; return their ids, in order."""
        created: list[int] = self._call(f"model.{model}.create", [list(records), {**self._context, **context}])
        return created

    def write(self, model: str, ids: Sequence[int], values: Values, **context: Any) -> None:
        """Change records."""
        self._call(f"model.{model}.write", [list(ids), values, {**self._context, **context}])

    def press(self, model: str, button: str, ids: Sequence[int], **context: Any) -> None:
        """Press a button of records; skip the server's warnings."""
        method, within = f"model.{model}.{button}", {**self._context, **context}
        try:
            self._call(method, [list(ids), within])
        except TrytonWarningError as warned:
            self._call("model.res.user.warning.skip", [warned.name, False, within])
            self.press(model, button, ids, **context)

    @contextmanager
    def run_wizard(self, name: str, **context: Any) -> Iterator[Callable[[str, Values], Any]]:
        """Run a wizard; yield a function that executes a state with its form values."""
        within = {**self._context, **context}
        session, *_ = self._call(f"wizard.{name}.create", [within])
        yield lambda state, values: self._call(f"wizard.{name}.execute", [session, values, state, within])
        self._call(f"wizard.{name}.delete", [session, within])

    def search(self, model: str, domain: Sequence[Any], fields: Sequence[str]) -> list[dict[str, Any]]:
        """Read every record of a domain."""
        found = self._call(f"model.{model}.search_read", [domain, 0, None, None, list(fields), self._context])
        return list(found)

    def read(self, model: str, ids: Sequence[int], fields: Sequence[str]) -> list[dict[str, Any]]:
        """Read records, in the order of `ids`."""
        rows = self._call(f"model.{model}.read", [list(ids), list(fields), self._context])
        by_id = {row["id"]: row for row in rows}
        return [by_id[one] for one in ids]

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _call(self, method: str, parameters: Sequence[Any]) -> Any:
        body = msgspec.json.encode({"id": 1, "method": method, "params": _encode(parameters)})
        headers = {"Content-Type": "application/json", **self._session}
        answer = self._decode_response(self._client.post(self._path, content=body, headers=headers))
        match answer.get("error"):
            case ["UserWarning", [str(name), *_]]:
                raise TrytonWarningError(name)
            case [*refused] if refused:
                raise TrytonError(f"{method}: {refused}")
        return answer["result"]

    @staticmethod
    def _decode_response(answer: httpx.Response) -> Any:
        if not answer.is_success:
            raise TrytonError(f"HTTP {answer.status_code}: {answer.text[:500]}")
        return msgspec.json.decode(answer.content)


def _encode(value: Any) -> Any:
    match value:
        case Decimal():
            return {"__class__": "Decimal", "decimal": str(value)}
        case date():
            return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
        case timedelta():
            return {"__class__": "timedelta", "seconds": value.total_seconds()}
        case dict():
            return {name: _encode(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_encode(inner) for inner in value]
    return value
