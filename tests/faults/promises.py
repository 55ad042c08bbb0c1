"""What must be true of a site when a fault is over, whichever it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from reconciler.model.history import Deed, Sending
from reconciler.model.words import State
from tests.faults.case import Case
from tests.faults.faults import STORED_FIRST, TRAPPED, Fault
from tests.faults.rehearsal import COUNTED, counted, rehearsed
from tests.faults.staged import Stage, shown


def kept(case: Case, stage: Stage, states: set[State]) -> None:
    """The end state is the desired one, no host of ours stays locked, and nothing was done twice."""
    stage.site.settle()
    due = rehearsed(case.play)
    assert shown(stage.site.system) == shown(due.system)
    assert stage.windows() == frozenset()
    again = _locked_again(case)
    often = counted(stage.site.system.journal)
    for what in COUNTED:
        assert often[what] == due.counted[what] + (again if what != "swact" else Counter()), what
    is_trapped = case.fault in TRAPPED
    _written_once(stage, is_one_plan=not again, apart=STORED_FIRST if is_trapped else None)
    _told(stage.sendings())
    if is_trapped:
        assert State.UNVERIFIED in states
        set_to = [w.body for w in stage.taken() if STORED_FIRST in w.path]
        assert len(set_to) == 3, set_to  # what Git says, what the hosts ran, and what Git says again
        assert set_to[0] == set_to[2] != set_to[1]


def _locked_again(case: Case) -> Counter[str]:
    """What the platform refuses with a reason inside a window ends it, and its plan; what is left is another plan."""
    is_refused = case.fault is Fault.S409 and case.boundary.is_change and case.boundary.host
    return Counter([case.boundary.host] if is_refused else [])


def _written_once(stage: Stage, *, is_one_plan: bool, apart: str | None) -> None:
    """Host actions once a plan. apart: what the trap is mended by is set back and set again, and harmless."""
    counting = [w for w in stage.taken() if apart is None or apart not in w.path]
    taken = [(w.method, w.path, w.body) for w in counting if is_one_plan or "/ihosts/" not in w.path]
    assert len(taken) == len(set(taken)), taken


def _told(sendings: tuple[Sending, ...]) -> None:
    """Each plan ended once, and none locked a host twice."""
    for sending in sendings:
        assert [h.deed for h in sending.happenings].count(Deed.ENDED) == 1, sending
        assert max(Counter(_locks(sending)).values(), default=0) <= 1, sending


def _locks(sending: Sending) -> Iterator[str]:
    """Hosts whose lock was taken."""
    for asked, answered in pairwise(sending.happenings):
        if asked.text.endswith("(lock)") and (answered.deed, answered.text) == (Deed.ANSWERED, "ok"):
            yield asked.host
