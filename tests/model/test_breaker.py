"""A breaker opens when one site after another fails, and closes when one that is tried goes well."""

from reconciler.model.breaker import TRIAL_S, Breaker, BreakerPolicy, Guard
from reconciler.model.breaker_steps import after
from reconciler.model.outcome import Outcome
from reconciler.model.words import Result

POLICY = BreakerPolicy(failures=3, within="1h", retry_after="30m")
BY_HAND = BreakerPolicy(failures=3, retry_after="")
DONE, FAILED, HELD = (Outcome("p", result) for result in (Result.DONE, Result.FAILED, Result.HELD))
DARK = Outcome("p", Result.UNREACHABLE)
LOST = Outcome("p", Result.UNREACHABLE, open_windows=("controller-0",))
MINUTE = 60.0


def told(*ends, policy=POLICY, breaker=None):
    """The breaker after these ends, a minute apart: (site, outcome)."""
    breaker = breaker or Breaker()
    for number, (site, outcome) in enumerate(ends, 1):
        breaker = after(breaker, site, outcome, policy, number * MINUTE)
    return breaker


OPEN = told(("a", FAILED), ("b", FAILED), ("c", FAILED))


def test_it_opens_when_so_many_sites_fail_one_after_another():
    assert not told(("a", FAILED), ("b", FAILED)).is_open
    assert (OPEN.is_open, OPEN.opened) == (True, 3 * MINUTE)


def test_one_site_that_fails_again_and_again_is_its_own_matter():
    assert not told(*[("a", FAILED)] * 9, ("b", FAILED)).is_open


def test_a_plan_that_goes_well_begins_the_count_anew():
    assert not told(("a", FAILED), ("b", FAILED), ("d", DONE), ("c", FAILED)).is_open


def test_what_was_held_or_could_not_reach_its_site_tells_nothing():
    assert told(("a", FAILED), ("d", HELD), ("e", DARK), ("b", FAILED), ("c", FAILED)).is_open
    assert not told(("d", DARK), ("e", DARK), ("f", DARK)).is_open


def test_a_host_that_is_left_locked_at_a_silent_site_is_a_failure():
    assert told(("a", LOST), ("b", LOST), ("c", FAILED)).is_open


def test_old_failures_do_not_count():
    breaker = told(("a", FAILED), ("b", FAILED))
    assert not after(breaker, "c", FAILED, POLICY, 3_600.0 + 2 * MINUTE).is_open


def test_open_it_lets_nobody_begin_until_one_may_be_tried():
    due = 3 * MINUTE + 1_800.0
    assert not OPEN.may_begin("d", POLICY, due - 1)
    assert OPEN.retries_at(POLICY) == due
    assert OPEN.may_begin("d", POLICY, due)
    tried = OPEN.begun("d", due)
    assert not tried.may_begin("e", POLICY, due + 1)
    assert tried.may_begin("d", POLICY, due + 1)


def test_a_trial_that_goes_well_closes_it():
    tried = OPEN.begun("d", 2_000.0)
    assert after(tried, "d", DONE, POLICY, 2_600.0) == Breaker()


def test_a_trial_that_fails_leaves_it_open_for_as_long_again():
    again = after(OPEN.begun("d", 2_000.0), "d", FAILED, POLICY, 2_600.0)
    assert (again.opened, again.trial) == (2_600.0, "")
    assert [f.site for f in again.failures] == ["a", "b", "c", "d"]


def test_a_trial_that_showed_nothing_leaves_room_for_another():
    again = after(OPEN.begun("d", 2_000.0), "d", HELD, POLICY, 2_600.0)
    assert again.may_begin("e", POLICY, 2_601.0)


def test_a_trial_whose_end_nobody_told_is_over_in_the_end():
    tried = OPEN.begun("d", 2_000.0)
    assert not tried.may_begin("e", POLICY, 2_000.0 + TRIAL_S - 1)
    assert tried.may_begin("e", POLICY, 2_000.0 + TRIAL_S)


def test_plans_that_were_under_way_when_it_opened_do_not_close_it():
    assert after(OPEN, "d", DONE, POLICY, 4 * MINUTE) == OPEN


def test_without_a_time_only_somebody_s_word_closes_it():
    opened = told(("a", FAILED), ("b", FAILED), ("c", FAILED), policy=BY_HAND)
    assert opened.retries_at(BY_HAND) is None
    assert not opened.may_begin("d", BY_HAND, 10**9)


def test_it_says_which_sites_failed_and_since_when():
    guard = Guard("group ran", OPEN, POLICY)
    assert guard.holds("d", 13 * MINUTE) == (
        "the breaker of group ran is open for 10m: 3 sites failed one after another, the last of them a, b, c"
    )
    assert Guard("the fleet", OPEN.begun("d", 2_000.0), POLICY).holds("e", 2_001.0).endswith("; d is tried now")
    assert guard.holds("d", 2_000.0) == ""
