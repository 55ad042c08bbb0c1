"""What was measured is believed where it was measured often enough, on the hosts most like the one that is asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.durations import ENOUGH, NOTHING, Durations, Key, summary
from reconciler.model.forecast import Act, Basis, Like, Span

EDGE = Like("simplex", "All-in-one", "controller,worker", "Xeon D-2183IT")
RACK = Like("simplex", "All-in-one", "controller,worker", "Xeon Gold 6212U")
SECONDS = st.lists(st.floats(0.1, 1e5), min_size=1, max_size=300)


def test_before_there_are_enough_a_default_counts():
    known = Durations({Key(Act.LOCK, EDGE): [41.0] * (ENOUGH - 1)})
    assert known.span(Act.LOCK, EDGE, 60.0) == Span(60.0, 60.0, Basis.DEFAULT)
    assert NOTHING.span(Act.LOCK, EDGE, 60.0).likely_s == 60.0


def test_what_was_measured_on_such_hosts_counts_before_what_was_on_others():
    known = Durations({Key(Act.LOCK, EDGE): [40.0] * 18 + [90.0] * 2, Key(Act.LOCK, RACK): [20.0] * 40})
    assert known.span(Act.LOCK, EDGE, 60.0) == Span(45.0, 90.0, Basis.MEASURED, 20)


def test_hosts_of_other_hardware_stand_in_for_those_that_were_not_measured():
    known = Durations({Key(Act.LOCK, EDGE): [40.0] * 6, Key(Act.LOCK, RACK): [20.0] * 6})
    unknown = Like("simplex", "All-in-one", "controller,worker", "Xeon 6 SoC")
    for like in (EDGE, unknown):
        assert known.span(Act.LOCK, like, 60.0) == Span(30.0, 40.0, Basis.SIMILAR, 12)
    assert known.span(Act.LOCK, Like("duplex", "All-in-one", "controller"), 60.0).basis is Basis.DEFAULT


def test_changes_of_each_kind_are_measured_apart():
    known = Durations({Key(Act.CALL, EDGE, "partition"): [90.0] * ENOUGH})
    assert known.span(Act.CALL, EDGE, 2.0, "partition").likely_s == 90.0
    assert known.span(Act.CALL, EDGE, 2.0, "label").basis is Basis.DEFAULT


@given(SECONDS)
def test_a_percentile_was_measured_and_is_exceeded_by_no_larger_a_share(seconds):
    found = summary(Key(Act.UNLOCK, EDGE), seconds)
    for share, value in ((50, found.p50_s), (90, found.p90_s), (95, found.p95_s)):
        assert value in seconds
        assert sum(one > value for one in seconds) * 100 <= (100 - share) * len(seconds)
    assert found.p50_s <= found.p90_s <= found.p95_s
    assert [one.count for one in Durations({Key(Act.LOCK, EDGE): seconds}).measured()] == [len(seconds)]
