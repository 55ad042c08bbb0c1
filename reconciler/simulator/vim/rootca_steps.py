"""The steps of a renewal of Kubernetes' root certificate, each a call to sysinv (nfv_vim/strategy/_strategy_steps.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reconciler.simulator.exchange import Fault
from reconciler.simulator.sysinv import kube_rootca
from reconciler.simulator.sysinv.kube_rootca import ABORTED, BOTH, CERTS, COMPLETED, GENERATED, NEW, STARTED
from reconciler.simulator.tables import Row
from reconciler.simulator.vim.rootca_stages import NAME, WORDS

if TYPE_CHECKING:
    from reconciler.simulator.system import System

Act = Callable[["System", Row, Row], str]
Look = Callable[["System", Row, Row], str | None]
FIRST_LOOK_S = 60.0
"""VIM waits so long before it asks for the first time."""
IGNORED = frozenset(
    {
        "100.103", "100.119", "200.001", "280.001", "280.002", "500.200", "500.210", "700.004", "750.006", "900.008",
        "900.009", "900.501", "900.701",
    }
)  # fmt: skip
"""KubeRootcaUpdateStrategy IGNORE_ALARMS."""


def _asked(act: Callable[[], object]) -> str:
    try:
        act()
    except Fault as fault:
        return fault.text
    return ""


def _start(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
    return _asked(lambda: kube_rootca.start(system))


def _generate(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
    """What sysinv says under a 200 nobody reads: the step ends by its limit then."""
    said = row["asked"]
    return _asked(lambda: kube_rootca.generate(system, said.get("expiry-date"), said.get("subject")))


def _complete(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
    return _asked(lambda: kube_rootca.end(system, COMPLETED))


def _abort(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
    """Of several steps the first gives it up, and the others find it so."""
    _asked(lambda: kube_rootca.end(system, ABORTED))
    now = kube_rootca.current(system)
    return "" if now is None or now["state"] == ABORTED else f"Unexpected state: {now['state']}"


def _host(phase: str) -> Act:
    def begin(system: System, row: Row, step: Row) -> str:  # noqa: ARG001
        (name,) = step["hosts"]
        return _asked(lambda: kube_rootca.update_host(system, system.host(name), phase))

    return begin


def _host_done(phase: str) -> Look:
    def look(system: System, row: Row, step: Row) -> str | None:  # noqa: ARG001
        (name,) = step["hosts"]
        state = kube_rootca.host_states(system).get(name)
        if state == f"updating-host-{phase}-failed":
            return f"{step['name']} for host({name}) failed"
        return "" if state == f"updated-host-{phase}" and _is_time(system, step) else None

    return look


def _pods(phase: str) -> Act:
    return lambda system, _row, _step: _asked(lambda: kube_rootca.update_pods(system, phase))


def _reached(wanted: str, failed: str = "") -> Look:
    def look(system: System, row: Row, step: Row) -> str | None:  # noqa: ARG001
        if not _is_time(system, step):
            return None
        now = kube_rootca.current(system)
        if now is None:
            return "Result was cleared"
        if failed and now["state"] == failed:
            return f"({step['name']}) failed:({failed})"
        return "" if now["state"] == wanted else None

    return look


def _is_time(system: System, step: Row) -> bool:
    return bool(system.now - step["begun"] >= FIRST_LOOK_S)


BEGIN: dict[str, Act] = {
    f"{NAME}-start": _start,
    f"{NAME}-generate-cert": _generate,
    f"{NAME}-complete": _complete,
    f"{NAME}-abort": _abort,
    **{f"{NAME}-host-{WORDS[phase]}": _host(phase) for phase in (BOTH, CERTS, NEW)},
    **{f"{NAME}-pods-{WORDS[phase]}": _pods(phase) for phase in (BOTH, NEW)},
}
END: dict[str, Look] = {
    f"{NAME}-start": _reached(STARTED),
    f"{NAME}-generate-cert": _reached(GENERATED),
    **{f"{NAME}-host-{WORDS[phase]}": _host_done(phase) for phase in (BOTH, CERTS, NEW)},
    **{
        f"{NAME}-pods-{WORDS[phase]}": _reached(f"updated-pods-{phase}", f"updating-pods-{phase}-failed")
        for phase in (BOTH, NEW)
    },
}
LIMITS = {
    f"{NAME}-start": 600.0,
    f"{NAME}-generate-cert": 300.0,
    f"{NAME}-complete": 600.0,
    f"{NAME}-abort": 600.0,
    **{f"{NAME}-host-{word}": 600.0 for word in WORDS.values()},
}
