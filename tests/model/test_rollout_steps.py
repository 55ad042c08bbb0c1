"""A rollout moved on by what is seen of its sites: whatever they do, and whenever it is looked at."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.rollout import Member, MemberState, Rollout, Said, Saw, Seen, Words
from reconciler.model.rollout_steps import expected_end, released, step, superseded, to_look_at
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


def all_of(it, saw=Saw.DIFFERS, at=0.0):
    return {site: Seen(saw, at) for site in it.members}


def states(it, wave):
    return [m.state for m in it.members.values() if m.wave == wave]


def run(it, sights):
    """The rollout after each step, with what was seen of its sites then."""
    seen, now = all_of(it), 0.0
    for number, saw, later in sights:
        now += later + 1
        seen[f"sc-{number}"] = Seen(saw, now)
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
            soaking = [m for m in it.of(before.wave) if m.state is S.DONE]
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
    it = replace(it, words=Words(resumed=Said("day-shift", now)))
    seen = all_of(it, Saw.DIFFERS, now)
    for _ in range(40):
        now += HOUR / 2 + 1
        it = step(it, seen, now)
        going = {site: Seen(Saw.FOLLOWS, now) for site, m in it.members.items() if m.state in {S.GOING, S.DONE}}
        seen = seen | going
    assert it.ended is not None
    assert {m.state for m in it.members.values()} == {S.DONE}


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
    it = step(it, all_of(it) | {"sc-0": Seen(Saw.FAILED, 20.0, told="refused"), "sc-1": Seen(Saw.FOLLOWS, 20.0)}, 20.0)
    assert it.stopped == "stopped: 1 failed, and 0 may; `stxr rollout resume 7c1f` tries them again"
    assert it.members["sc-0"].told == "refused"


def test_a_dark_site_holds_its_wave_to_the_deadline_and_is_caught_up_when_it_is_back():
    strategy = Strategy(progress_deadline="1h")
    seen = all_of(rollout()) | {"sc-0": Seen(Saw.DARK, 5.0, told="no route")}
    it = step(rollout(strategy), seen, 10.0)
    seen["sc-1"] = Seen(Saw.FOLLOWS, 20.0)
    it = step(it, seen, 20.0)
    assert (it.wave, it.members["sc-0"].state) == (0, S.WAITING)
    it = step(it, seen, 10.0 + HOUR)
    assert (it.wave, it.members["sc-0"].state) == (1, S.LATE)
    it = step(it, seen | {"sc-0": Seen(Saw.DIFFERS, 4_000.0)}, 4_000.0)
    assert it.members["sc-0"].state is S.GOING
    assert it.wave == 1


def test_a_new_alarm_or_a_host_that_is_down_keeps_a_wave_in_its_soak():
    strategy = Strategy(soak="30m", progress_deadline="1h")
    stood = {site: Seen(Saw.DIFFERS, 0.0, alarms=frozenset({"100.101"})) for site in ("sc-0", "sc-1")}
    it = step(rollout(strategy), all_of(rollout()) | stood, 10.0)
    follows = {site: Seen(Saw.FOLLOWS, 2_000.0, alarms=frozenset({"100.101"})) for site in stood}
    raised = follows | {"sc-0": Seen(Saw.FOLLOWS, 2_000.0, alarms=frozenset({"100.101", "200.011"}))}
    it = step(it, all_of(it) | {site: Seen(Saw.FOLLOWS, 20.0) for site in stood}, 20.0)
    assert it.soaks_until == 1_820.0
    assert to_look_at(it, {}, 1_900.0) == {"sc-0", "sc-1"}
    assert step(it, all_of(it) | raised, 2_000.0).wave == 0
    assert step(it, all_of(it) | follows, 2_000.0).wave == 1
    late = step(it, all_of(it) | raised, 1_820.0 + HOUR)
    assert (late.members["sc-0"].state, late.members["sc-0"].told) == (S.FAILED, "raised alarms: 200.011")
    assert late.wave == 0


def test_a_newer_commit_takes_out_only_the_sites_that_it_changes_and_nobody_who_is_done():
    it = step(rollout(), all_of(rollout()) | {"sc-0": Seen(Saw.FOLLOWS)}, 10.0)
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
    after = step(paused, all_of(it) | {"sc-0": Seen(Saw.FOLLOWS, 20.0)}, 20.0)
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


def test_its_end_is_expected_from_how_long_sites_took():
    it = step(rollout(Strategy(max_concurrent=2, soak="30m")), all_of(rollout()), 0.0)
    assert expected_end(it, 0.0) is None
    seen = all_of(it) | {"sc-0": Seen(Saw.FOLLOWS, 100.0), "sc-1": Seen(Saw.FOLLOWS, 100.0)}
    it = step(it, seen, 100.0)
    assert expected_end(it, 100.0) == 100.0 + 3 * 1_800.0 + (2 + 3) * 100.0
    assert expected_end(released(it, 110.0), 200.0) == 110.0
