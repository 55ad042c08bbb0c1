"""What must be true of a site when a fault is over, whichever it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from reconciler.model.history import Deed, Sending
from tests.faults.case import Case
from tests.faults.faults import Fault
from tests.faults.rehearsal import COUNTED, counted, rehearsed
from tests.faults.staged import Stage, shown


def kept(case: Case, stage: Stage) -> None:
    """The end state is the desired one, no host of ours stays locked, and nothing was done twice."""
    stage.site.settle()
    due = rehearsed(case.play)
    assert shown(stage.site.system) == shown(due.system)
    assert stage.windows() == frozenset()
    again = _locked_again(case)
    often = counted(stage.site.system.journal)
    for what in COUNTED:
        assert often[what] == due.counted[what] + (again if what != "swact" else Counter()), what
    _written_once(stage, is_one_plan=not again)
    _told(stage.sendings())


def _locked_again(case: Case) -> Counter[str]:
    """What the platform refuses with a reason inside a window ends it, and its plan; what is left is another plan."""
    is_refused = case.fault is Fault.S409 and case.boundary.is_change and case.boundary.host
    return Counter([case.boundary.host] if is_refused else [])


def _written_once(stage: Stage, *, is_one_plan: bool) -> None:
    taken = [(w.method, w.path, w.body) for w in stage.taken() if is_one_plan or "/ihosts/" not in w.path]
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
