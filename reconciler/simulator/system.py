"""One StarlingX: its rows, its clock, what it counts, and the one way in, ``handle(request) -> response``.

Pure and synchronous: no I/O, no real time. ``advance`` moves the clock and lets what is due happen.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from reconciler.simulator.api import Api
from reconciler.simulator.call import Call
from reconciler.simulator.durations import REAL, Durations
from reconciler.simulator.exchange import Fault, Request, Response, no_such_method, no_such_path, refuse
from reconciler.simulator.family import Handler, HostEvent
from reconciler.simulator.forms import form
from reconciler.simulator.identifiers import Identifiers
from reconciler.simulator.journal import Journal
from reconciler.simulator.router import Match, Router
from reconciler.simulator.tables import Row, Tables
from reconciler.simulator.timeline import START, Timeline

ROOT = "/v1"


class System:
    """``name`` is the subcloud's and seeds its uuids; ``api`` is what its sysinv offers."""

    def __init__(
        self, name: str, api: Api, *, durations: Durations = REAL, start: datetime = START, seed: str = ""
    ) -> None:
        self.name = name
        self.api = api
        self.durations = durations
        self.tables = Tables()
        self.timeline = Timeline(start)
        self.identifiers = Identifiers(seed or name)
        self.journal = Journal()
        self.marks: set[str] = set()
        """Plain flags of this system that no table shows, e.g. what the control API ordered to fail next."""
        self.address_moves = (0.0, 0.0)
        """From when to when its floating address is on its way to the other controller."""

    def __deepcopy__(self, memo: dict[int, Any]) -> System:
        """A copy shares what never changes: the API and the durations."""
        from copy import deepcopy  # noqa: PLC0415  only tests and snapshots copy

        twin = System.__new__(System)
        memo[id(self)] = twin
        shared = {"api", "durations"}
        twin.__dict__ = {k: v if k in shared else deepcopy(v, memo) for k, v in self.__dict__.items()}
        return twin

    # ---- time

    @property
    def now(self) -> float:
        """Simulated seconds since the start."""
        return self.timeline.now

    def advance(self, until: float) -> None:
        """Move the clock there (never back) and let everything happen that is due by then, in order."""
        while (effect := self.timeline.pop(until)) is not None:
            effect.run(self, *effect.arguments)

    def settle(self) -> None:
        """Let everything happen that still waits, however long it takes."""
        while (due := self.timeline.next_due()) is not None:
            self.advance(due)

    def after(self, seconds: float, run: Callable[..., None], *arguments: Any, tag: str = "") -> None:
        """Schedule ``run(system, *arguments)``; after infinite seconds it never happens. See timeline.Timeline.after."""
        if seconds < math.inf:
            self.timeline.after(seconds, run, *arguments, tag=tag)

    # ---- rows

    def uuid(self) -> str:
        return self.identifiers.uuid()

    def insert(self, table: str, **values: Any) -> Row:
        """A new row: it gets a uuid unless it brings one, and its creation time."""
        row = {"created_at": self.timeline.stamp(), "updated_at": None, **values}
        return self.tables.insert(table, {"uuid": row.get("uuid") or self.uuid(), **row, **_given_uuid(row)})

    def update(self, table: str, uuid: str, **changes: Any) -> Row:
        """Change a row and its updated_at; the new row."""
        return self.tables.update(table, uuid, {"updated_at": self.timeline.stamp(), **changes})

    def host(self, name: str) -> Row:
        """The host with that uuid or hostname, or sysinv's 404."""
        found = self.tables.find("ihosts", name) or self.tables.first("ihosts", hostname=name)
        if found is None:
            raise refuse(f"Server {name} could not be found.", 404)
        return found

    def hosts(self) -> list[Row]:
        return self.tables.rows("ihosts")

    @property
    def own(self) -> Row:
        """The one row of isystems."""
        return self.tables.rows("isystems")[0]

    def host_event(self, event: HostEvent, host: Row) -> None:
        self.api.host_event(self, event, host)

    def take_mark(self, prefix: str) -> str | None:
        """Use up the first mark that starts so: what stands after the prefix, or None where there is none."""
        for mark in sorted(self.marks):
            if mark.startswith(prefix):
                self.marks.discard(mark)
                return mark.removeprefix(prefix)
        return None

    # ---- requests

    def handle(self, request: Request) -> Response:
        """Answer one request to sysinv. A refused write leaves no trace (see Fault.kept for the exceptions)."""
        response = self.answer(request, self.api.router)
        if request.method != "GET":
            self.journal.wrote(self.now, request, response)
        if response.status >= 400 and "xml" in (request.header("Accept") or ""):
            return _crash_of_the_error_writer()
        return response

    def answer(self, request: Request, router: Router) -> Response:
        """What a service of this system says, of which the router knows the ways; all share its rows and its clock."""
        match = router.match(request.path.removeprefix(ROOT)) if _below_root(request.path) else None
        if match is None:
            return no_such_path()
        if request.method not in match.handlers:
            return no_such_method(match.allowed)
        try:
            return self._run(match, request)
        except Fault as fault:
            return fault.response()

    def _run(self, match: Match, request: Request) -> Response:
        call = _call(match, request)
        handler, mark = match.handler(request.method), self.timeline.mark()
        try:
            return _response(self.tables.atomically(lambda: _guarded(handler, self, call), _is_kept))
        except Fault as fault:
            if not fault.kept:
                self.timeline.back_to(mark)
            raise


def _guarded(handler: Handler, system: System, call: Call) -> Any:
    """What a body of the wrong shape breaks is a 500 with the error's text, as on the real server."""
    try:
        return handler(system, call)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise Fault(500, str(error)) from error


def _given_uuid(row: Row) -> Row:
    return {"uuid": row["uuid"]} if row.get("uuid") else {}


def _below_root(path: str) -> bool:
    return path == ROOT or path.startswith(ROOT + "/")


def _is_kept(error: Exception) -> bool:
    return isinstance(error, Fault) and error.kept


def _call(match: Match, request: Request) -> Call:
    return Call(
        method=request.method,
        path=request.path,
        arguments=match.arguments(request.method),
        query=request.query,
        body=form(request) or _parsed(request.content),
        base=request.base,
        agent=request.header("User-Agent"),
    )


def _parsed(content: bytes) -> Any:
    if not content:
        return None
    try:
        body = json.loads(content)
    except ValueError:
        raise refuse("Request is not in valid JSON format") from None
    if isinstance(body, str):
        raise refuse("Request is not in valid JSON format")
    return body


def _response(result: Any) -> Response:
    if isinstance(result, Response):
        return result
    return Response(204) if result is None else Response(200, result)


def _crash_of_the_error_writer() -> Response:
    """Any fault with Accept: application/xml crashes the error middleware (sysinv-api.md 1)."""
    text = "Traceback (most recent call last):\nTypeError: sequence item 0: expected str instance, bytes found\n"
    return Response(500, text=text)
