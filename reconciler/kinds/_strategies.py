"""A strategy of VIM: built, applied and taken away by four calls, each asked for once (starlingx/nfv nfv_vim).

VIM has one at a time, of whatever type. One that has ended stands in the way of the next; that of the same type is taken
away first, as dcmanager does it (distcloud dcmanager/orchestrator/states/software/pre_check.py). While it is built VIM asks
for the precheck, and locks nothing. While it is applied it goes from host to host by itself, and on a system with one
controller it is down with it. What fails is undone as far as hosts go: VIM unlocks what it has locked, and the strategy ends
as `aborted` with the reason in its apply-phase (nfv_common strategy/_strategy.py phase_complete).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.model.host import HostState, SystemState
from reconciler.model.kind import Context
from reconciler.model.plan import Call, Errand, Until
from reconciler.model.rows import Rows
from reconciler.model.words import Service

COLLECTION = "vim_strategy"
UNREAD = "unread"
STATE, BUILD_REASON, APPLY_REASON = "strategy.state", "strategy.build-phase.reason", "strategy.apply-phase.reason"
UNBUILT = ("build-failed", "build-timeout")
UNAPPLIED = ("apply-failed", "apply-timeout", "aborted", "abort-failed", "abort-timeout")
ENDED = (*UNBUILT, *UNAPPLIED, "applied")
BUILDING = ("building", "ready-to-apply", "applying", "aborting")
BUILD_S = 1800.0  # dcmanager waits 180 times 10 s
HOST_S = 4 * 3600.0
"""Of a host, at the longest: deploy_host_execute_timeout is an hour, tried four times; a reboot, alarms that clear."""
ENDS_S = 3 * 3600.0  # what is done before and after all hosts, an hour each at most
MOST_WORKERS = 10  # that VIM takes together
Groups = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Strategy:
    """What is wanted of VIM: the type's name in its paths, and what is said beside how hosts are gone through.

    host_s, ends_s: how long it takes at the longest, of each group of hosts and beside them. most: workers together.
    ours: by what VIM shows of it, where it shows that: another one of the same type is somebody else's.
    """

    name: str
    said: Mapping[str, Any]
    errand: Errand
    host_s: float = HOST_S
    ends_s: float = ENDS_S
    most: int = MOST_WORKERS
    ours: tuple[str, tuple[Any, ...]] | None = None

    @property
    def path(self) -> str:
        return f"/api/orchestration/{self.name}/strategy"


def there(rows: Rows) -> str | None:
    """`sw-upgrade applied`: the strategy that is there; None where there is none, UNREAD where VIM did not say."""
    if not rows.has(COLLECTION):
        return UNREAD
    row = next(iter(rows.all(COLLECTION)), None)
    said = row.get("strategy") if row else None
    return f"{said['name']} {said['state']}" if said else None


def in_the_way(found: str | None, name: str) -> str:
    """Why none can be made, and what it would take; "" if one can. One that is at work is for the gates."""
    if found == UNREAD:
        return "what strategy its VIM has could not be read: `nfv` has to be named in the endpoints file, and to answer"
    kind, _, state = (found or "").partition(" ")
    if kind in {"", name} or state not in ENDED:
        return ""
    return f"VIM keeps a {kind} strategy that is {state}, and takes no other: sw-manager {kind}-strategy delete on the site"


def out_of_service(system: SystemState) -> str:
    """Why VIM would not go through these hosts, and who has to do something; "" if it would."""
    host = next((h for h in system.hosts.values() if not h.is_unlocked), None)
    if host is None:
        return ""
    by = "locked-by-operator: " if host.is_locked and host.is_provisioned else ""
    return f"{by}VIM goes through hosts that are in service, and {host.name} is {host.in_words}"


def calls(wanted: Strategy, found: str | None, context: Context) -> Iterator[Call]:
    """From making room for it to taking it away."""
    path, state, ours = wanted.path, (found or "").partition(" ")[2], wanted.ours
    if state in ENDED:
        yield _call("DELETE", path, {"force": False}, unless=_seen(path, *BUILDING, None))
    built = Until(path, STATE, ("ready-to-apply", "applying", "applied"), BUILD_S, UNBUILT, BUILD_REASON, ours=ours)
    there = replace(_seen(path, *BUILDING, "applied"), ours=ours)
    yield _call("POST", path, _body(wanted, context), until=built, unless=there)
    limit_s = wanted.ends_s + wanted.host_s * len(wanted.errand.hosts)
    applied = Until(path, STATE, ("applied",), limit_s, UNAPPLIED, APPLY_REASON, outlasts=True, ours=ours)
    begun = replace(_seen(path, "applying", "aborting", "applied"), ours=ours)
    action = {"action": "apply-all"}
    yield _call("POST", f"{path}/actions", action, until=applied, unless=begun, errand=wanted.errand)
    yield _call("DELETE", path, {"force": False}, unless=Until(path, "strategy", (None,)))


def _seen(path: str, *states: str | None) -> Until:
    return Until(path, STATE, states)


def _call(method: Any, path: str, body: Any, **facts: Any) -> Call:
    return Call(method, path, body, service=Service.VIM, **facts)


def _body(wanted: Strategy, context: Context) -> dict[str, Any]:
    """How hosts are gone through: one after another, workers as many together as Git lets be out of service.

    On one controller instances cannot move away: `migrate` is refused there where OpenStack runs
    (_strategy.py _add_update_worker_strategy_stages). relaxed: alarms that do not affect management are passed over,
    those that do were heeded before by what Git says of alarms.
    """
    together = min(context.workers_out, wanted.most)
    workers = {"worker-apply-type": "serial"} if together < 2 else {"worker-apply-type": "parallel"}
    most = {} if together < 2 else {"max-parallel-worker-hosts": together}
    action = "stop-start" if context.system.is_simplex else "migrate"
    return {
        "controller-apply-type": "serial",
        "storage-apply-type": "serial",
        **workers,
        **most,
        "default-instance-action": action,
        "alarm-restrictions": "relaxed",
        **wanted.said,
    }


def in_turn(system: SystemState, workers_out: int, *, first: str = "", is_back: bool = False) -> Groups:
    """Hosts in the order in which VIM goes through them (_add_upgrade_hosts_stages, _add_rollback_hosts_stages).

    Controllers, the active one last of them, or the one that is not `first`; storage hosts by number; workers, so many
    together. On the way back controllers come last.
    """
    hosts = sorted(system.hosts.values(), key=lambda host: host.name)
    controllers = [h for h in hosts if h.personality == "controller"]
    controllers.sort(key=lambda h: h.name != first if first else h.is_active)
    storage = sorted((h for h in hosts if h.personality == "storage"), key=_number)
    workers = [h.name for h in hosts if h.personality == "worker"]
    size = max(min(workers_out, MOST_WORKERS), 1)
    ways = (
        [(h.name,) for h in controllers],
        [(h.name,) for h in storage],
        [tuple(workers[at : at + size]) for at in range(0, len(workers), size)],
    )
    return tuple(group for way in (reversed(ways) if is_back else ways) for group in way)


def _number(host: HostState) -> int:
    digits = host.name.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0
