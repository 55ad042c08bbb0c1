"""A rollout moved on by what is seen of its sites: whatever they do, and whenever it is looked at."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.forecast import Forecast
from reconciler.model.rollout import Member, MemberState, Rollout, Said, Words
from reconciler.model.rollout_health import to_look_at
from reconciler.model.rollout_look import Saw, Seen
from reconciler.model.rollout_steps import step, superseded
from reconciler.model.waves import Strategy

S, HOUR = MemberState, 3_600.0
SETTLES = (Saw.FOLLOWS, Saw.FAILED, Saw.DARK, Saw.HELD, Saw.DIFFERS, Saw.BUSY)
SIGHTS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(SETTLES), st.sampled_from([0.0, 60.0, HOUR])), max_size=80
)
STRATEGIES = st.builds(
    Strategy,
    max_concurrent=st.integers(1, 4),
    max_failures=st.one_of(st.integers(0, 3), st.just("20%")),
    soak=st.sampled_from(["", "30m"]),
    progress_deadline=st.just("2h"),
)


def rollout(strategy=None, sizes=(2, 3, 5), **said):
    places = [wave for wave, size in enumerate(sizes) for _ in range(size)]
    members = {f"sc-{n}": Member(f"sc-{n}", wave, "digest") for n, wave in enumerate(places)}
    return Rollout("7c1f", "c" * 40, strategy or Strategy(), members, 0.0, **said)


def look(saw, at=0.0, **said):
    """A site as a visit finds it: its alarms were read, and what is busy was sent something."""
    is_busy = saw is Saw.BUSY
    return Seen(saw, at, **{"is_heard": True, "is_busy": is_busy, "is_sent": is_busy, **said})


def all_of(it, saw=Saw.DIFFERS, at=0.0):
    return {site: look(saw, at) for site in it.members}


def states(it, wave):
    return [m.state for m in it.members.values() if m.wave == wave]


def run(it, sights):
    """The rollout after each step, with what was seen of its sites then."""
    seen, now = all_of(it), 0.0
    for number, saw, later in sights:
        now += later + 1
        seen[f"sc-{number}"] = look(saw, now)
        it = step(it, seen, now)
        yield it, dict(seen), now


def last(it, sights):
    """The rollout after all steps, and when that was."""
    steps = [(after, now) for after, _, now in run(it, sights)]
    return steps[-1] if steps else (it, 0.0)


@given(STRATEGIES, SIGHTS)
def test_never_more_go_than_may_at_a_time(strategy, sights):
    for it, _, _ in run(rollout(strategy), sights):
        assert it.count(S.GOING) <= strategy.max_concurrent


@given(STRATEGIES, SIGHTS)
def test_no_wave_begins_before_the_former_has_ended_and_soaked(strategy, sights):
    before = rollout(strategy)
    for it, _, now in run(before, sights):
        if it.wave > before.wave:
            for passed in range(before.wave, it.wave):
                assert all(m.is_settled for m in it.of(passed))
            soaking = [m for m in it.of(before.wave) if m.state is S.DONE and m.began is not None]
            assert not (strategy.soak_s and soaking) or now >= before.wave_ended + strategy.soak_s
        begun = [m.wave for m in it.members.values() if m.began is not None]
        assert max(begun, default=0) <= it.wave
        before = it


@given(STRATEGIES, SIGHTS)
def test_nobody_further_goes_once_more_failed_than_may(strategy, sights):
    before = rollout(strategy)
    for it, _, _ in run(before, sights):
        went = {m.site for m in it.members.values() if m.state is S.GOING} - {
            m.site for m in before.members.values() if m.state is S.GOING
        }
        assert not (went and it.ended is None and it.count(S.FAILED) > it.budget)
        before = it


@given(STRATEGIES, SIGHTS, SIGHTS)
def test_an_abort_sends_nothing_more(strategy, first, then):
    it, _ = last(rollout(strategy), first)
    aborted = replace(it, words=Words(aborted=Said("night-shift", 1.0, "wrong profile")))
    for late, _, _ in run(aborted, then):
        for site, member in late.members.items():
            assert not late.has(site) or not late.may_go(site)
            assert member.state is not S.GOING or it.members[site].state is S.GOING


@given(STRATEGIES, SIGHTS)
def test_the_same_again_changes_nothing(strategy, sights):
    for it, seen, now in run(rollout(strategy), sights):
        assert step(it, seen, now) == it


@given(STRATEGIES, SIGHTS)
def test_it_ends_with_every_site_done_once_the_sites_do_and_somebody_says_go_on(strategy, sights):
    it, now = last(rollout(strategy), sights)
    failed = {S.FAILED} if it.ended is not None else set()  # these are tried again by their own policies
    it = replace(it, words=Words(resumed=Said("day-shift", now)))
    seen = all_of(it, Saw.DIFFERS, now)
    for _ in range(40):
        now += HOUR / 2 + 1
        it = step(it, seen, now)
        going = {site: look(Saw.FOLLOWS, now) for site, m in it.members.items() if m.state in {S.GOING, S.DONE}}
        seen = seen | going
    assert it.ended is not None
    assert {m.state for m in it.members.values()} <= {S.DONE} | failed


def test_a_site_waits_for_those_of_the_wave_before_it():
    it = step(rollout(), all_of(rollout()), 10.0)
    assert states(it, 0) == [S.GOING, S.GOING]
    assert it.may_go("sc-0")
    assert not it.may_go("sc-2")
    assert it.waits_for("sc-2") == "wave 2 of rollout 7c1f: waits for 2 sites of wave 1"
    assert it.waits_for("sc-9") == "wave 3 of rollout 7c1f: waits for 5 sites of wave 1 to 2"


def test_any_failure_among_canaries_stops_whatever_may_fail_later():
    strategy = Strategy(canaries=("sc-0", "sc-1"), max_failures=5)
    it = step(rollout(strategy), all_of(rollout()), 10.0)
    it = step(it, all_of(it) | {"sc-0": look(Saw.FAILED, 20.0, told="refused"), "sc-1": look(Saw.FOLLOWS, 20.0)}, 20.0)
    assert it.stopped == "stopped: 1 failed, and 0 may; `stxr rollout resume 7c1f` tries them again"
    assert it.members["sc-0"].told == "refused"


@pytest.mark.parametrize("saw", [Saw.FAILED, Saw.DARK])
def test_canaries_that_go_behind_the_system_controller_are_canaries_still(saw):
    strategy = Strategy(canaries=("sc-1",), central={"site": "sc-0"}, max_failures=5, progress_deadline="1h")
    it = step(rollout(strategy, sizes=(1, 1, 3)), all_of(rollout()), 10.0)
    it = step(it, all_of(it) | {"sc-0": look(Saw.FOLLOWS, 20.0)}, 20.0)
    assert it.wave == 1
    seen = all_of(it, Saw.FOLLOWS, 30.0) | {"sc-1": look(saw, 30.0, told="no")}
    it = step(step(it, seen, 30.0), seen, 20.0 + 2 * HOUR)
    assert it.wave == 1
    assert it.stopped.startswith(
        "stopped: 1 failed, and 0 may" if saw is Saw.FAILED else "stopped: none of its canaries"
    )


def test_a_dark_site_holds_its_wave_to_the_deadline_and_is_caught_up_when_it_is_back():
    strategy = Strategy(progress_deadline="1h")
    seen = all_of(rollout()) | {"sc-0": look(Saw.DARK, 5.0, told="no route")}
    it = step(rollout(strategy), seen, 10.0)
    seen["sc-1"] = look(Saw.FOLLOWS, 20.0)
    it = step(it, seen, 20.0)
    assert (it.wave, it.members["sc-0"].state) == (0, S.WAITING)
    it = step(it, seen, 10.0 + HOUR)
    assert (it.wave, it.members["sc-0"].state) == (1, S.LATE)
    it = step(it, seen | {"sc-0": look(Saw.DIFFERS, 4_000.0)}, 4_000.0)
    assert it.members["sc-0"].state is S.GOING
    assert it.wave == 1


def test_a_new_alarm_or_a_host_that_is_down_keeps_a_wave_in_its_soak():
    strategy = Strategy(soak="30m", progress_deadline="1h")
    stood = {site: look(Saw.DIFFERS, 0.0, alarms=frozenset({"100.101"})) for site in ("sc-0", "sc-1")}
    it = step(rollout(strategy), all_of(rollout()) | stood, 10.0)
    follows = {site: look(Saw.FOLLOWS, 2_000.0, alarms=frozenset({"100.101"})) for site in stood}
    raised = follows | {"sc-0": look(Saw.FOLLOWS, 2_000.0, alarms=frozenset({"100.101", "200.011"}))}
    it = step(it, all_of(it) | {site: look(Saw.FOLLOWS, 20.0) for site in stood}, 20.0)
    assert it.soaks_until == 1_820.0
    assert to_look_at(it, {}, 1_900.0) == {"sc-0", "sc-1"}
    assert step(it, all_of(it) | raised, 2_000.0).wave == 0
    assert step(it, all_of(it) | follows, 2_000.0).wave == 1
    late = step(it, all_of(it) | raised, 1_820.0 + HOUR)
    assert (late.members["sc-0"].state, late.members["sc-0"].told) == (S.FAILED, "raised alarms: 200.011")
    assert late.wave == 0


def test_a_newer_commit_takes_out_only_the_sites_that_it_changes_and_nobody_who_is_done():
    it = step(rollout(), all_of(rollout()) | {"sc-0": look(Saw.FOLLOWS)}, 10.0)
    renderings = dict.fromkeys(it.members, "digest") | {"sc-0": "newer", "sc-3": "newer"}
    left = superseded(it, renderings, set(it.members) - {"sc-4"}, 20.0)
    gone = [m.site for m in left.members.values() if m.state is S.GONE]
    assert gone == ["sc-3", "sc-4"]
    assert left.members["sc-0"].state is S.DONE
    assert left.may_go("sc-3")


def test_a_pause_lets_end_what_goes_and_sends_nobody_further():
    it = step(rollout(Strategy(max_concurrent=1)), all_of(rollout()), 10.0)
    paused = replace(it, words=Words(paused=Said("night-shift", 15.0, "storm")))
    assert paused.may_go("sc-0")
    after = step(paused, all_of(it) | {"sc-0": look(Saw.FOLLOWS, 20.0)}, 20.0)
    assert states(after, 0) == [S.DONE, S.WAITING]
    assert after.waits_for("sc-1") == "rollout 7c1f: paused by night-shift: storm"


def test_nobody_goes_before_a_commit_is_weighed_and_approved_as_a_whole():
    heavy = rollout(is_weighed=False)
    assert step(heavy, all_of(heavy), 10.0).count(S.GOING) == 0
    heavy = replace(heavy, is_weighed=True, mass="changes 10 of 12 sites (the limit is 20%)")
    assert step(heavy, all_of(heavy), 10.0).count(S.GOING) == 0
    assert heavy.weight.endswith("it waits for `stxr approve --rollout 7c1f`")
    approved = replace(heavy, words=Words(approved=Said("day-shift", 20.0)))
    assert step(approved, all_of(heavy), 20.0).count(S.GOING) == 2


def test_its_end_is_as_forecast_until_it_has_ended_and_nobody_knows_it_while_it_is_stopped():
    told = Forecast(100.0, waves_end=3_700.0)
    it = rollout(foreseen=told, expected=told)
    assert it.expected_end == 3_700.0
    assert replace(it, words=Words(paused=Said("night-shift", 1.0))).expected_end is None
    ended = replace(it, ended=4_600.0)
    assert (ended.expected_end, ended.error) == (4_600.0, 0.25)
    assert rollout().expected_end is None
    assert (it.error, replace(ended, foreseen=None).error) == (None, None)


def test_a_stop_lasts_until_somebody_says_to_go_on_though_who_failed_is_well_again():
    it = step(rollout(Strategy(max_concurrent=1)), all_of(rollout()), 10.0)
    it = step(it, all_of(it) | {"sc-0": look(Saw.FAILED, 20.0, told="refused")}, 20.0)
    healed = step(it, all_of(it) | {"sc-0": look(Saw.FOLLOWS, 30.0)}, 30.0)
    assert healed.members["sc-0"].state is S.DONE
    assert healed.stopped == it.stopped != ""
    assert healed.count(S.GOING) == 0
    resumed = replace(healed, words=Words(resumed=Said("day-shift", 40.0)))
    assert step(resumed, all_of(it) | {"sc-0": look(Saw.FOLLOWS, 30.0)}, 50.0).members["sc-1"].state is S.GOING


def test_a_word_to_go_on_is_heard_though_the_clock_was_set_back():
    it = step(rollout(Strategy(max_concurrent=1)), all_of(rollout()), 10_000.0)
    it = step(it, all_of(it) | {"sc-0": look(Saw.FAILED, 10_001.0)}, 10_001.0)
    resumed = replace(it, words=Words(resumed=Said("day-shift", 5_000.0)))
    again = step(resumed, all_of(it), 5_001.0)
    assert again.members["sc-0"].state is S.GOING
    failed = step(again, all_of(it) | {"sc-0": look(Saw.FAILED, 5_010.0)}, 5_010.0)
    assert (failed.members["sc-0"].state, failed.count(S.GOING)) == (S.FAILED, 0)  # one word, one more try


def test_a_clock_that_is_set_back_makes_nobody_wait_longer():
    strategy = Strategy(soak="30m")
    it = step(rollout(strategy), all_of(rollout()), 10_000.0)
    follows = {site: look(Saw.FOLLOWS, 10_010.0) for site in ("sc-0", "sc-1")}
    it = step(it, all_of(it) | follows, 10_010.0)
    it = step(it, all_of(it) | follows, 5_000.0)
    assert it.soaks_until == 6_800.0
    assert to_look_at(it, {}, 6_801.0) == {"sc-0", "sc-1"}


def test_a_site_that_is_dark_before_anything_was_sent_gives_its_place_to_another():
    it = step(rollout(Strategy(max_concurrent=1)), all_of(rollout()), 10.0)
    it = step(it, all_of(it) | {"sc-0": look(Saw.DARK, 20.0, told="no route")}, 20.0)
    assert states(it, 0) == [S.WAITING, S.GOING]


def test_a_site_that_went_dark_by_what_was_sent_has_failed_at_the_deadline():
    it = step(rollout(Strategy(max_concurrent=1, progress_deadline="1h")), all_of(rollout()), 10.0)
    it = step(it, all_of(it) | {"sc-0": look(Saw.BUSY, 15.0)}, 15.0)
    dark = all_of(it) | {"sc-0": look(Saw.DARK, 20.0, told="no route")}
    it = step(it, dark, 20.0)
    assert it.members["sc-0"].state is S.GOING
    it = step(it, dark, 10.0 + HOUR)
    assert (it.members["sc-0"].state, it.members["sc-0"].told) == (S.FAILED, "no route")
    assert it.stopped.startswith("stopped: 1 failed")


def test_a_pause_begins_no_site_that_was_let_go_and_not_sent_to_yet():
    it = step(rollout(), all_of(rollout()), 10.0)
    it = step(it, all_of(it) | {"sc-0": look(Saw.BUSY, 12.0)}, 12.0)
    paused = replace(it, words=Words(paused=Said("night-shift", 15.0, "storm")))
    after = step(paused, all_of(it) | {"sc-0": look(Saw.BUSY, 12.0)}, 20.0)
    assert states(after, 0) == [S.GOING, S.WAITING]


def test_an_abort_takes_nobody_elses_place():
    it = step(rollout(), all_of(rollout()), 10.0)
    aborted = replace(it, words=Words(aborted=Said("night-shift", 15.0, "wrong")))
    after = step(aborted, all_of(it) | {"sc-0": look(Saw.BUSY, 16.0)}, 20.0)
    assert states(after, 0) == [S.GOING, S.WAITING]
    assert step(after, all_of(it, at=30.0), 30.0).count(S.GOING) == 0


def test_one_that_was_stopped_ends_when_newer_commits_have_taken_all_its_sites():
    it = step(rollout(), all_of(rollout()), 10.0)
    for words in (Words(aborted=Said("n", 15.0, "wrong")), Words(paused=Said("n", 15.0, "storm"))):
        left = superseded(replace(it, words=words), {}, (), 20.0)
        assert step(left, {}, 30.0).ended == 30.0


def test_sites_that_other_rollouts_send_to_count():
    others = frozenset({"elsewhere", "further"})
    it = step(rollout(Strategy(max_concurrent=3)), all_of(rollout()), 10.0, others)
    assert it.count(S.GOING) == 1
    busy = all_of(it) | {"sc-9": Seen(is_busy=True)}  # with an older commit
    assert step(rollout(Strategy(max_concurrent=3)), busy, 10.0, others).count(S.GOING) == 0


def test_nobody_goes_on_when_no_canary_could_be_tried_unless_somebody_says_so():
    strategy = Strategy(canaries=("sc-0", "sc-1"), progress_deadline="1h")
    dark = all_of(rollout()) | {site: look(Saw.DARK, 5.0, told="no route") for site in ("sc-0", "sc-1")}
    it = step(rollout(strategy), dark, 10.0)
    it = step(it, dark, 10.0 + HOUR)
    assert (it.wave, it.count(S.LATE)) == (0, 2)
    assert "none of its canaries could be sent to" in it.stopped
    on = step(replace(it, words=Words(resumed=Said("day-shift", 4_000.0))), dark, 4_001.0)
    assert (on.wave, on.stopped) == (1, "")


def test_what_waits_for_a_yes_when_the_rest_was_sent_holds_no_wave_and_is_watched_all_the_same():
    strategy = Strategy(soak="30m")
    it = step(rollout(strategy), all_of(rollout()), 10.0)
    rests = {"sc-0": look(Saw.RESTS, 20.0, is_sent=True, told="deletes wait"), "sc-1": look(Saw.FOLLOWS, 20.0)}
    it = step(it, all_of(it) | rests, 20.0)
    assert (states(it, 0), it.soaks_until) == ([S.LATE, S.DONE], 1_820.0)
    later = {site: replace(saw, at=2_000.0) for site, saw in rests.items()}
    raised = later | {"sc-0": replace(later["sc-0"], alarms=frozenset({"200.011"}))}
    assert step(it, all_of(it) | raised, 2_000.0).wave == 0
    assert step(it, all_of(it) | later, 2_000.0).wave == 1


def test_what_waits_for_a_yes_before_anything_was_sent_waits_as_any_that_is_held():
    it = step(rollout(), all_of(rollout()) | {"sc-0": look(Saw.RESTS, 5.0, told="needs approval")}, 10.0)
    assert states(it, 0) == [S.WAITING, S.GOING]
    assert it.tells("sc-0") == "wave 1 of rollout 7c1f: waits for one of 1 that go to end; needs approval"


def test_a_site_that_drifts_in_the_soak_is_not_well_but_for_what_had_drifted_before():
    strategy = Strategy(soak="30m")
    stood = {"sc-0": look(Saw.DIFFERS, drift=frozenset({"ntp servers"})), "sc-1": look(Saw.FOLLOWS)}
    it = step(rollout(strategy), all_of(rollout()) | stood, 10.0)
    it = step(it, all_of(it) | {"sc-0": look(Saw.FOLLOWS, 20.0), "sc-1": look(Saw.FOLLOWS)}, 20.0)
    after = {site: look(Saw.FOLLOWS, 2_000.0, drift=frozenset({"ntp servers"})) for site in stood}
    assert step(it, all_of(it) | after, 2_000.0).wave == 1
    drifted = after | {"sc-0": look(Saw.FOLLOWS, 2_000.0, drift=frozenset({"ntp servers", "dns servers"}))}
    assert step(it, all_of(it) | drifted, 2_000.0).wave == 0


def test_who_had_it_all_before_is_not_blamed_for_alarms_that_stood_already():
    strategy = Strategy(soak="30m")
    had = look(Saw.FOLLOWS, 5.0, alarms=frozenset({"100.101"}))
    it = step(rollout(strategy), all_of(rollout()) | {"sc-0": had, "sc-1": had}, 10.0)
    assert (it.wave, states(it, 0)) == (1, [S.DONE, S.DONE])


def test_nobody_goes_before_his_alarms_are_known_where_a_wave_is_watched():
    deaf = all_of(rollout()) | {"sc-0": look(Saw.DIFFERS, is_heard=False)}
    assert states(step(rollout(Strategy(soak="30m")), deaf, 10.0), 0) == [S.WAITING, S.GOING]
    assert states(step(rollout(), deaf, 10.0), 0) == [S.GOING, S.GOING]


def test_a_soak_is_not_over_before_alarms_were_read_again():
    it = step(rollout(Strategy(soak="30m")), all_of(rollout()), 10.0)
    it = step(it, all_of(it) | {site: look(Saw.FOLLOWS, 20.0) for site in ("sc-0", "sc-1")}, 20.0)
    looked = all_of(it) | {site: look(Saw.FOLLOWS, 1_900.0, is_heard=False) for site in ("sc-0", "sc-1")}
    assert step(it, looked, 2_000.0).wave == 0  # another process read them, and this one was started since


def test_it_has_not_ended_before_who_is_tried_again_has():
    it = rollout(Strategy(max_failures=1, max_concurrent=9), sizes=(2, 1))
    it = step(it, all_of(it), 10.0)
    it = step(it, all_of(it) | {"sc-0": look(Saw.FAILED, 20.0), "sc-1": look(Saw.FOLLOWS, 20.0)}, 20.0)
    assert it.wave == 1
    resumed = replace(it, words=Words(resumed=Said("day-shift", 30.0)))
    it = step(resumed, all_of(it) | {"sc-1": look(Saw.FOLLOWS), "sc-2": look(Saw.FOLLOWS, 30.0)}, 40.0)
    assert (it.members["sc-0"].state, it.ended) == (S.GOING, None)
    it = step(it, dict.fromkeys(it.members, look(Saw.FOLLOWS, 50.0)), 50.0)
    assert it.ended == 50.0


def test_who_failed_goes_by_his_own_policies_once_it_has_ended():
    it = rollout(Strategy(max_failures=1), sizes=(2,))
    it = step(it, all_of(it), 10.0)
    it = step(it, all_of(it) | {"sc-0": look(Saw.FAILED, 20.0), "sc-1": look(Saw.FOLLOWS, 20.0)}, 20.0)
    assert (it.ended, it.is_open, it.may_go("sc-0")) == (20.0, False, True)
