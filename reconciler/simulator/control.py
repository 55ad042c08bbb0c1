"""The control API: JSON below ``/control/v1``, on the simulator's own port, without tokens.

    GET    /sites                                  names
    GET    /sites/<site>                           clock, connection, rules, marks, counters
    GET    /sites/<site>/journal[?since=<n>]       writes in order
    GET    /sites/<site>/rows/<collection>         rows as they are stored
    PATCH  /sites/<site>/rows/<collection>         {"match": {...}, "set": {...}}
    POST   /sites/<site>/rows/<collection>         {"row": {...}}
    DELETE /sites/<site>/rows/<collection>         {"match": {...}}
    POST   /sites/<site>/machines                  a machine in the rack: {"mac": "...", "ports": {"ens1f0": "..."}, "disks":
                                                   ["/dev/disk/by-path/..."], "on": true, "reports": {"serialid": "..."}}
    POST   /sites/<site>/faults                    a rule: {"trouble": "delay", "method": "PATCH", "path": ".*", ...}
    DELETE /sites/<site>/faults                    all rules
    PUT    /sites/<site>/connection                {"state": "up" | "silent" | "reset"}
    PUT    /sites/<site>/power                     {"on": false}, of all its hosts, or {"on": true, "host": "controller-1"}
    POST   /sites/<site>/marks                     {"mark": "vim-refuses:no room"}; DELETE takes all away
    POST   /sites/<site>/tokens/expire
    POST   /sites/<site>/clock                     {"advance": seconds} or {"settle": true}

``systemController`` is a site, too: its rows are ``subclouds``, ``strategies`` and ``strategy_steps``, with the columns
that dcmanager shows, and ``central``, what the cloud is itself (``dcmanager/about.py``). Its marks make a subcloud's work
fail, ``<state>-fails:<subcloud>:<text>``, and its manager restart, ``manager-restarts`` (``dcmanager/__init__.py``).

Marks make something go wrong once: all that has to do with locks, unlocks and swacts stands in
``sysinv/host_troubles.py``, and ``api-dies``: a setting is stored and not applied. Until it is taken away, ``agents-silent``: nothing is reported as applied.
Applications fail and hang by those of ``sysinv/application_work.py``; ``app_tarballs`` are the files of a controller.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from reconciler.simulator.dcmanager import CENTRAL
from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.hardware import Disk, Machine, Port
from reconciler.simulator.interference import Connection, Rule, Trouble
from reconciler.simulator.site import Site

PREFIX = "/control/v1"
Answer = Callable[[Site, list[str], Any, Request], Any]


def handle(sites: Mapping[str, Site], request: Request) -> Response:
    """Answer a request below the prefix. What it cannot do is a 4xx with the reason."""
    parts = [part for part in request.path.removeprefix(PREFIX).split("/") if part]
    try:
        body = json.loads(request.content) if request.content else {}
        return Response(200, _answer(sites, parts, body, request))
    except LookupError as error:
        return Response(404, {"error": f"not known: {error}"})
    except (ValueError, TypeError) as error:
        return Response(400, {"error": str(error)})


def _answer(sites: Mapping[str, Site], parts: list[str], body: Any, request: Request) -> Any:
    if parts == ["sites"]:
        return {"sites": [name for name in sites if name != CENTRAL]}
    site, rest = sites[parts[1]], parts[2:]
    answer = _ANSWERS[request.method, rest[0] if rest else ""]
    return answer(site, rest[1:], body, request)


def _described(site: Site, _rest: list[str], _body: Any, _request: Request) -> Any:
    system = site.system
    return {
        "name": site.name,
        "now": system.now,
        "nextDue": system.timeline.next_due(),
        "connection": site.interference.connection,
        "faults": [rule.as_json() for rule in site.interference.rules],
        "marks": sorted(system.marks),
        "counters": site.counters(),
    }


def _journal(site: Site, _rest: list[str], _body: Any, request: Request) -> Any:
    since = int(request.query.get("since", "0"))
    return {"writes": [write.as_json() for write in site.system.journal.writes[since:]]}


def _rows(site: Site, rest: list[str], _body: Any, request: Request) -> Any:
    return {"rows": site.rows(rest[0], dict(request.query))}


def _set_rows(site: Site, rest: list[str], body: Any, _request: Request) -> Any:
    return {"changed": site.change_rows(rest[0], body.get("match", {}), body["set"])}


def _add_row(site: Site, rest: list[str], body: Any, _request: Request) -> Any:
    return {"uuid": site.add_row(rest[0], body["row"])}


def _delete_rows(site: Site, rest: list[str], body: Any, _request: Request) -> Any:
    return {"deleted": site.delete_rows(rest[0], body["match"])}


def _add_machine(site: Site, _rest: list[str], body: Any, _request: Request) -> Any:
    """Ports by name with their MACs, one of which is the machine's; what it reports is seen before it has a name."""
    ports = tuple(Port(name, mac) for name, mac in body["ports"].items())
    disks = tuple(Disk(path) for path in body["disks"])
    machine = Machine(body.get("name", ""), body["mac"].lower(), ports, disks)
    return {"uuid": site.bring(machine, is_on=body.get("on", True), **body.get("reports", {}))}


def _add_fault(site: Site, _rest: list[str], body: Any, _request: Request) -> Any:
    rule = Rule(**{**body, "trouble": Trouble(body["trouble"])})
    site.interference.rules.append(rule)
    return rule.as_json()


def _clear_faults(site: Site, _rest: list[str], _body: Any, _request: Request) -> Any:
    site.interference.rules.clear()
    return {}


def _connect(site: Site, _rest: list[str], body: Any, _request: Request) -> Any:
    site.connect(Connection(body["state"]))
    return {"state": site.interference.connection}


def _power(site: Site, _rest: list[str], body: Any, _request: Request) -> Any:
    site.power(on=bool(body["on"]), host=str(body.get("host", "")))
    return {"off": sorted(site.unpowered)}


def _mark(site: Site, _rest: list[str], body: Any, _request: Request) -> Any:
    site.system.marks.add(str(body["mark"]))
    return {"marks": sorted(site.system.marks)}


def _unmark(site: Site, _rest: list[str], _body: Any, _request: Request) -> Any:
    site.system.marks.clear()
    return {"marks": []}


def _tokens(site: Site, _rest: list[str], _body: Any, _request: Request) -> Any:
    site.keystone.expire()
    return {}


def _clock(site: Site, _rest: list[str], body: Any, _request: Request) -> Any:
    if body.get("settle"):
        site.settle()
    else:
        site.advance(float(body["advance"]))
    return {"now": site.system.now}


_ANSWERS: dict[tuple[str, str], Answer] = {
    ("GET", ""): _described,
    ("GET", "journal"): _journal,
    ("GET", "rows"): _rows,
    ("PATCH", "rows"): _set_rows,
    ("POST", "rows"): _add_row,
    ("DELETE", "rows"): _delete_rows,
    ("POST", "machines"): _add_machine,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("PUT", "connection"): _connect,
    ("PUT", "power"): _power,
    ("POST", "marks"): _mark,
    ("DELETE", "marks"): _unmark,
    ("POST", "tokens"): _tokens,
    ("POST", "clock"): _clock,
}
