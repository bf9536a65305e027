"""psgw sandbox break, mend: the fault switches of the demo's twins."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from gateway.cli.firm import STATE, State, DemoSystem, load_systems
from gateway.cli.options import Json
from gateway.cli.output import Exit, print_data, print_json, handle_errors, print_error
from gateway.errors import ConfigurationError
from gateway.net.documents import exchange

_OK: Final = 200
_CHANGES: Final = frozenset({"touched", "inserted", "deleted"})
Connection = Annotated[str, typer.Argument(help="The connection, such as crm.")]


class Told(msgspec.Struct):
    """What a twin tells of itself: calls that arrived, by kind, and the switches that are set."""

    calls: dict[str, int] = {}
    armed: list[dict[str, Any]] = []


def fault_words(switch: Mapping[str, Any]) -> str:
    """Say what a switch does, and whom it strikes."""
    more = " ".join(
        f"{name}={value}" for name, value in switch.items() if name != "kind" and value not in ("", 0, None)
    )
    return f"{switch.get('kind')} {more}".strip()


def break_(
    connection: Connection,
    latency: Annotated[int | None, typer.Option(metavar="MS", help="Answers come so late; until mended.")] = None,
    throttle: Annotated[bool, typer.Option("--throttle", help="Too many calls, in the vendor's words.")] = False,
    fail: Annotated[bool, typer.Option("--fail", help="503, and nothing is done.")] = False,
    after_commit: Annotated[bool, typer.Option("--after-commit", help="503, though the work is done.")] = False,
    silence: Annotated[bool, typer.Option("--silence", help="The work is done, and no answer ever comes.")] = False,
    expire_tokens: Annotated[bool, typer.Option("--expire-tokens", help="Every token dies.")] = False,
    garbage: Annotated[bool, typer.Option("--garbage", help="200, and no JSON.")] = False,
    truncate: Annotated[bool, typer.Option("--truncate", help="200, and half of the answer.")] = False,
    lock: Annotated[bool, typer.Option("--lock", help="A row is held by somebody else (Salesforce).")] = False,
    touch: Annotated[str | None, typer.Option(metavar="OBJECT", help="Its first row changes meanwhile.")] = None,
    insert: Annotated[str | None, typer.Option(metavar="OBJECT", help="A row comes before its first.")] = None,
    delete: Annotated[str | None, typer.Option(metavar="OBJECT", help="Its first row goes.")] = None,
    retry_after: Annotated[int | None, typer.Option(metavar="S", help="With --throttle or --fail.")] = None,
    times: Annotated[int | None, typer.Option(min=0, help="How many calls are struck; 0: until mended.")] = None,
    skip: Annotated[int, typer.Option(min=0, help="How many calls pass before.")] = 0,
    path: Annotated[str, typer.Option(help="Only calls whose path contains this.")] = "",
    state: State = STATE,
    json: Json = False,
) -> None:
    """Let a system go wrong at its next call, in one of these ways; without one it is down, every call gets 503 until it is mended.

    Exit 2: there is no such system or fault; 3: it is down.
    """
    asked = {
        "latency": latency,
        "throttled": throttle,
        "unavailable": fail,
        "unavailable_after_commit": after_commit,
        "silent_after_commit": silence,
        "token_expired": expire_tokens,
        "garbage": garbage,
        "truncated": truncate,
        "locked": lock,
        "touched": touch,
        "inserted": insert,
        "deleted": delete,
    }
    bounds = {"path": path, "skip": skip, "retry_after": retry_after, "times": times}
    with handle_errors():
        twin = _twin(connection, state)
        told = asyncio.run(_set(connection, twin, "POST", _switch(asked, bounds)))
    _print({connection: told}, json=json)


def _switch(asked: Mapping[str, Any], bounds: Mapping[str, Any]) -> dict[str, Any]:
    """Return the switch that was asked for, as twins read it; raises ConfigurationError when it is more than one."""
    chosen = {kind: value for kind, value in asked.items() if value is not None and value is not False}
    if len(chosen) > 1:
        raise ConfigurationError(
            ["name one fault, such as --latency 2000 or --throttle; see psgw sandbox break --help"]
        )
    ((kind, value),) = chosen.items() or (("unavailable", None),)
    switch: dict[str, Any] = {"kind": kind} if chosen else {"kind": kind, "times": None}
    if kind in _CHANGES:
        switch = {"kind": "rows_changed", "object": value, "change": kind}
    elif kind == "latency":
        switch["milliseconds"] = value
    switch |= {name: bound for name, bound in bounds.items() if bound is not None}
    return switch | ({"times": None} if switch.get("times") == 0 else {})


def mend(
    connection: Annotated[str | None, typer.Argument(help="The connection; all of them when it is left out.")] = None,
    state: State = STATE,
    json: Json = False,
) -> None:
    """Take every fault away and count calls anew.

    Exit 2: there is no such system; 3: it is down.
    """
    with handle_errors():
        twins = {name: each for name, each in load_systems(state).items() if each.control is not None}
        if connection is not None:
            twins = {connection: _twin(connection, state)}
        told = asyncio.run(_mended(twins))
    _print(told, json=json)


async def _mended(twins: Mapping[str, DemoSystem]) -> dict[str, Told]:
    answers = await asyncio.gather(*(_set(name, each, "DELETE", None) for name, each in twins.items()))
    return dict(zip(twins, answers, strict=True))


def _twin(connection: str, state: Path) -> DemoSystem:
    """Return a system that can be broken; raises ConfigurationError for others."""
    systems = load_systems(state)
    if connection not in systems:
        raise ConfigurationError([f"there is no connection {connection}; there are {', '.join(systems)}"])
    found = systems[connection]
    if found.control is None:
        raise ConfigurationError([f"{connection} is a real {found.vendor} server, which has no fault switches"])
    return found


async def _set(connection: str, twin: DemoSystem, method: str, switch: Mapping[str, Any] | None) -> Told:
    body = None if switch is None else msgspec.json.encode(switch)
    try:
        status, answer = await exchange(method, str(twin.control), body)
    except Exception:  # noqa: BLE001 -- whatever it is, the twin is not there
        print_error(f"{connection} does not answer at {twin.address}; is psgw demo running?")
        raise typer.Exit(Exit.UNREACHABLE) from None
    if status != _OK:
        raise ConfigurationError([f"{connection} has no such fault: {_why(answer)}"])
    return msgspec.json.decode(answer, type=Told)


def _why(answer: bytes) -> str:
    try:
        return msgspec.json.decode(answer, type=dict[str, str | None]).get("error") or "it is refused"
    except msgspec.MsgspecError:
        return "it is refused"


def _print(told: Mapping[str, Told], *, json: bool) -> None:
    if json:
        print_json({name: msgspec.structs.asdict(each) for name, each in told.items()})
    else:
        for name, each in told.items():
            print_data(f"{name}: {', '.join(fault_words(switch) for switch in each.armed) or 'well'}")
