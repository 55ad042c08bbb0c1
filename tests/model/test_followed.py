"""What stood below a pull request, and since when."""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.followed import SHOWN, Followed, Shown
from reconciler.model.pull import Pull, PullState
from reconciler.model.words import Disruption

PULL = Pull(7, PullState.OPEN, "main", "4ead" * 10, is_fork=False, author="amelie")
FIRST = Shown("r1", "h1", 100.0, {"c1": Disruption.LOCK})
SECOND = Shown("r2", "h2", 200.0, {"c2": Disruption.LOCK})


def test_who_spoke_had_before_his_eyes_what_stood_there_then():
    known = Followed(PULL).showing(FIRST).showing(SECOND)
    assert [known.seen_at(at) for at in (99.0, 100.0, 199.0, 200.0)] == [None, FIRST, FIRST, SECOND]


def test_the_same_said_again_stood_there_from_the_first_time_on():
    known = Followed(PULL).showing(FIRST).showing(replace(FIRST, at=150.0))
    assert known.shown == (FIRST,)


def test_other_changes_under_the_same_name_are_another_review():
    """Sites were read again meanwhile."""
    other = replace(FIRST, at=150.0, changes={"c9": Disruption.LOCK})
    assert Followed(PULL).showing(FIRST).showing(other).shown == (FIRST, other)


def test_the_last_ones_are_remembered():
    known = Followed(PULL)
    for number in range(SHOWN + 5):
        known = known.showing(replace(FIRST, review=f"r{number}"))
    assert (len(known.shown), known.last.review) == (SHOWN, f"r{SHOWN + 4}")
