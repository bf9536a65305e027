"""psgw sandbox inject, clear: inject faults into the demo's twins, and clear them."""

import asyncio
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from gateway.cli.demo_firm import STATE, DemoSystem, State, load_systems
from gateway.cli.options import Json
from gateway.cli.output import Exit, handle_errors, print_data, print_error, print_json
from gateway.errors import ConfigurationError
from gateway.net.documents import send_json

_OK: Final = 200
_MILLISECONDS: Final = 2000


class FaultKind(StrEnum):
    """The kinds of faults, as the twins name them."""

    LATENCY = "latency"
    UNAVAILABLE = "unavailable"
    RESET = "reset"
    INVALID_JSON = "invalid-json"
    TRUNCATED = "truncated"
    RATE_LIMIT = "rate-limit"
    LOST_ANSWER = "lost-answer"
    UNAVAILABLE_AFTER_COMMIT = "unavailable-after-commit"
    TOKEN_EXPIRED = "token-expired"  # noqa: S105 -- a kind of fault
    ROW_LOCKED = "row-locked"
    ROWS_CHANGED = "rows-changed"


class Change(StrEnum):
    """What happens to the first row of an object."""

    TOUCHED = "touched"
    INSERTED = "inserted"
    DELETED = "deleted"


class TwinStatus(msgspec.Struct):
    """What a twin reports: the calls that arrived, by operation, and the faults that are set."""

    calls: dict[str, int] = {}
    faults: list[dict[str, Any]] = []


def format_fault(fault: Mapping[str, Any]) -> str:
    """Return a fault's kind and options as text."""
    options = " ".join(
        f"{name}={value}" for name, value in fault.items() if name != "kind" and value not in ("", 0, None)
    )
    return f"{fault.get('kind')} {options}".strip()


def inject(
    system: Annotated[str, typer.Argument(metavar="SYSTEM", help="The connection, such as crm.")],
    fault: Annotated[FaultKind, typer.Argument(metavar="FAULT", help="The kind of fault; see above.")],
    milliseconds: Annotated[int | None, typer.Option(min=1, help="latency: the delay; default 2000.")] = None,
    retry_after: Annotated[
        int | None, typer.Option(min=0, metavar="SECONDS", help="rate-limit, unavailable: the header Retry-After.")
    ] = None,
    object_: Annotated[
        str | None, typer.Option("--object", help="rows-changed: the vendor's name of the object, such as Account.")
    ] = None,
    change: Annotated[Change | None, typer.Option(help="rows-changed: what happens; default touched.")] = None,
    times: Annotated[
        int | None, typer.Option(min=1, help="Number of affected calls; default: until cleared, 1 for rows-changed.")
    ] = None,
    skip: Annotated[int, typer.Option(min=0, help="Number of calls to let pass first.")] = 0,
    path: Annotated[str, typer.Option(help="Affect only calls whose path contains this text.")] = "",
    state: State = STATE,
    json: Json = False,
) -> None:
    """Inject a fault into a system of the demo.

    - `latency`: answers are late
    - `unavailable`: HTTP 503, and the call is not processed
    - `reset`: the connection is closed without an answer
    - `invalid-json`: HTTP 200 with a body that is not JSON
    - `truncated`: HTTP 200 with half of the body
    - `rate-limit`: the vendor's answer to too many calls
    - `lost-answer`: the call is processed, and no answer comes
    - `unavailable-after-commit`: the call is processed, and the answer is HTTP 503
    - `token-expired`: access tokens expire
    - `row-locked`: the vendor's answer for a locked row (Salesforce)
    - `rows-changed`: the first row of an object changes between two calls

    Exit 2: there is no such system, or the fault does not apply to it; 3: the system is down.
    """
    options = {"milliseconds": milliseconds, "retry_after": retry_after, "object": object_, "change": change}
    with handle_errors():
        body = _build_fault(fault, options, times) | {"skip": skip, "path": path}
        twin = _find_twin(system, state)
        status = asyncio.run(_send(system, twin, "POST", body))
    _print_status({system: status}, json=json)


def _build_fault(fault: FaultKind, options: Mapping[str, Any], times: int | None) -> dict[str, Any]:
    """Return the fault in the twins' format; raise ConfigurationError for options that it does not take."""
    taken = {
        FaultKind.LATENCY: {"milliseconds"},
        FaultKind.UNAVAILABLE: {"retry_after"},
        FaultKind.RATE_LIMIT: {"retry_after"},
        FaultKind.ROWS_CHANGED: {"object", "change"},
    }.get(fault, set())
    given = {name: value for name, value in options.items() if value is not None}
    unknown = sorted(given.keys() - taken)
    if unknown:
        raise ConfigurationError([f"{fault} takes no option --{name.replace('_', '-')}" for name in unknown])
    if fault is FaultKind.LATENCY:
        given.setdefault("milliseconds", _MILLISECONDS)
    if fault is FaultKind.ROWS_CHANGED:
        if "object" not in given:
            raise ConfigurationError(["rows-changed needs --object, such as --object Account"])
        given.setdefault("change", Change.TOUCHED)
        times = times or 1
    return {"kind": fault, **given, "times": times}


def clear(
    system: Annotated[
        str | None, typer.Argument(metavar="SYSTEM", help="The connection; default: every system.")
    ] = None,
    state: State = STATE,
    json: Json = False,
) -> None:
    """Remove all faults of a system, and reset its call counts.

    Exit 2: there is no such system; 3: the system is down.
    """
    with handle_errors():
        twins = {name: each for name, each in load_systems(state).items() if each.control is not None}
        if system is not None:
            twins = {system: _find_twin(system, state)}
        statuses = asyncio.run(_clear(twins))
    _print_status(statuses, json=json)


async def _clear(twins: Mapping[str, DemoSystem]) -> dict[str, TwinStatus]:
    answers = await asyncio.gather(*(_send(name, each, "DELETE", None) for name, each in twins.items()))
    return dict(zip(twins, answers, strict=True))


def _find_twin(name: str, state: Path) -> DemoSystem:
    """Return a system that can inject faults; raise ConfigurationError for others."""
    systems = load_systems(state)
    if name not in systems:
        raise ConfigurationError([f"there is no system {name}; choose from {', '.join(systems)}"])
    found = systems[name]
    if found.control is None:
        raise ConfigurationError([f"{name} is a real {found.vendor} server, which cannot inject faults"])
    return found


async def _send(name: str, twin: DemoSystem, method: str, fault: Mapping[str, Any] | None) -> TwinStatus:
    body = None if fault is None else msgspec.json.encode(fault)
    try:
        status, answer = await send_json(method, str(twin.control), body)
    except Exception:  # noqa: BLE001 -- whatever the error, the twin cannot be reached
        print_error(f"{name} does not answer at {twin.address}; start it with psgw demo")
        raise typer.Exit(Exit.UNREACHABLE) from None
    if status != _OK:
        raise ConfigurationError([f"{name} does not accept the fault: {_parse_error(answer)}"])
    return msgspec.json.decode(answer, type=TwinStatus)


def _parse_error(answer: bytes) -> str:
    try:
        return msgspec.json.decode(answer, type=dict[str, str | None]).get("error") or "no reason given"
    except msgspec.MsgspecError:
        return "no reason given"


def _print_status(statuses: Mapping[str, TwinStatus], *, json: bool) -> None:
    if json:
        print_json({name: msgspec.structs.asdict(each) for name, each in statuses.items()})
    else:
        for name, each in statuses.items():
            print_data(f"{name}: {', '.join(format_fault(fault) for fault in each.faults) or 'no faults'}")
