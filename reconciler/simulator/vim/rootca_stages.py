"""The stages of a renewal of Kubernetes' root certificate (nfv_vim/strategy/_strategy.py KubeRootcaUpdateStrategy).

No host is locked. What an earlier strategy did is left out: the state that sysinv has says where to go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reconciler.simulator.sysinv import kube_rootca
from reconciler.simulator.sysinv.kube_rootca import ABORTED, BOTH, CERTS, COMPLETED, GENERATED, NEW, STARTED
from reconciler.simulator.tables import Row
from reconciler.simulator.vim.rows import DONE, INITIAL

if TYPE_CHECKING:
    from reconciler.simulator.system import System

Step = tuple[str, tuple[str, ...]]
Stage = tuple[str, tuple[Step, ...]]
NAME = "kube-rootca-update"
WORDS = {BOTH: "trustbothcas", CERTS: "update-certs", NEW: "trustnewca"}
"""A phase in the names of steps."""
ORDER = ("start", "cert", f"host-{BOTH}", f"pods-{BOTH}", f"host-{CERTS}", f"host-{NEW}", f"pods-{NEW}", "complete")
PHASES = ORDER[2:-1]


def begins_with() -> dict[str | None, str]:
    """RESUME_STATE: what comes first, by sysinv's state; None is that of no update."""
    found: dict[str | None, str] = {None: "start", ABORTED: "start", STARTED: "cert", GENERATED: PHASES[0]}
    for phase, following in zip(PHASES, ORDER[3:], strict=True):
        found |= {f"updating-{phase}": phase, f"updating-{phase}-failed": phase, f"updated-{phase}": following}
    return found | {COMPLETED: "complete"}


def applying(system: System) -> list[Stage] | str:
    """The stages that are left, or why there are none."""
    row = kube_rootca.current(system)
    state = row["state"] if row else None
    first = begins_with().get(state)
    if first is None:
        return f"Unable to resume kube rootca update from state: {state}"
    found = [_stage(system, name) for name in ORDER[ORDER.index(first) :]]
    return [(name, steps) for name, steps in found if steps]


def undoing(steps: Sequence[Row]) -> tuple[Step, ...]:
    """A stage of hosts that does not end well gives the renewal up, one step for each host that it had come to."""
    left = {step["stage"] for step in steps if step["result"] != DONE}
    now = min(left, default=None)
    begun = [step for step in steps if step["stage"] == now and step["result"] != INITIAL]
    return tuple((f"{NAME}-abort", ()) for step in begun if step["name"].startswith(f"{NAME}-host-"))


def _stage(system: System, name: str) -> Stage:
    what, _, phase = name.partition("-")
    if what == "host":
        states = kube_rootca.host_states(system)
        left = [host for host in _hosts(system) if states.get(host) != f"updated-{name}"]
        steps = tuple((f"{NAME}-host-{WORDS[phase]}", (host,)) for host in left)
        return f"{NAME}-hosts-{WORDS[phase].replace('-', '')}", steps
    if what == "pods":
        return f"{NAME}-pods-{WORDS[phase]}", ((f"{NAME}-pods-{WORDS[phase]}", ()),)
    return f"{NAME}-{name}", ((f"{NAME}-{'generate-cert' if name == 'cert' else name}", ()),)


def _hosts(system: System) -> list[str]:
    """By name, one after another; storage hosts are left out."""
    return sorted(host["hostname"] for host in system.hosts() if host["personality"] in {"controller", "worker"})
