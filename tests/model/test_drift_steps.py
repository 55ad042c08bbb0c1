"""What becomes of drift, look by look: it comes once, stays through the dark, and ends in one way."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.alarm import Noted
from reconciler.model.drift import Deed, DriftCause, Resolution, SiteDrift, Turning, fingerprint
from reconciler.model.drift_steps import FLAPS, FLAPS_WITHIN_S, began_before, dated, step
from reconciler.model.drift_wire import site_drift_json, site_drift_of
from reconciler.model.outcome import StepResult
from reconciler.model.words import Cause, State
from tests.model.verdicts import DIFFERENCES, difference, verdict

DATA0 = "controller-0/ethernet/data0"
MTU, VID = difference(kind="ethernet", host="controller-0"), difference("vid", kind="ethernet", host="controller-0")
PENDING = replace(MTU, cause=Cause.PENDING)
NEW = SiteDrift("ottawa-001")


def look(at, *differences, **facts):
    return verdict(judged_at=float(at), differences=differences, **facts)


def after(*looks, deeds=None):
    """The drift after these looks, and (time, what, field, how) of all that happened."""
    known, told = NEW, []
    for one in looks:
        known, events = step(known, one, deeds or {})
        told += [(e.at, e.turning, e.drift.place[1], e.resolution) for e in events]
    return known, told


def test_drift_begins_once_and_keeps_its_first_look():
    known, told = after(look(100, MTU), look(700, replace(MTU, observed="1400"), VID))
    assert told == [(100, Turning.BEGAN, "mtu", None), (700, Turning.BEGAN, "vid", None)]
    mtu = known.open[MTU.place]
    assert (mtu.first_seen, mtu.last_seen, mtu.difference.observed) == (100, 700, "1400")
    assert [d.since for d in dated(look(700, MTU, VID), known).differences] == [100, 700]


@pytest.mark.parametrize(
    ("first", "then", "deed", "how"),
    [
        (MTU, {}, StepResult.DONE, Resolution.HEALED),
        (PENDING, {}, StepResult.DONE, Resolution.APPLIED),
        (PENDING, {}, StepResult.UNVERIFIED, Resolution.APPLIED),
        (MTU, {"accepted": (MTU.place,)}, None, Resolution.ACCEPTED),
        (MTU, {}, None, Resolution.VANISHED),
        (MTU, {}, StepResult.FAILED, Resolution.VANISHED),
        (replace(MTU, cause=Cause.UNMANAGED), {}, None, Resolution.VANISHED),
    ],
)
def test_drift_ends_in_one_way(first, then, deed, how):
    deeds = {DATA0: Deed(150.0, deed)} if deed else {}
    known, told = after(look(100, first), look(700, **then), deeds=deeds)
    assert told[-1] == (700, Turning.ENDED, "mtu", how)
    assert not known.open


def test_what_was_done_before_drift_came_did_not_end_it():
    _, told = after(look(100, MTU), look(700), deeds={DATA0: Deed(50.0, StepResult.DONE)})
    assert told[-1][-1] is Resolution.VANISHED


@pytest.mark.parametrize(
    "dark",
    [
        verdict(state=State.UNREACHABLE, judged_at=700.0, observed_at=100.0, reachable=False),
        verdict(state=State.UNREACHABLE, judged_at=700.0, observed_at=None, reachable=False),
        verdict(state=State.INVALID, judged_at=700.0, observed_at=100.0),
        look(700, unjudged=(DATA0,)),
        look(700, unread=("controller-0/ethernet",)),
    ],
)
def test_a_look_that_could_not_tell_ends_nothing(dark):
    known, told = after(look(100, MTU), dark, look(1_300, MTU))
    assert told == [(100, Turning.BEGAN, "mtu", None)]
    assert known.open[MTU.place].first_seen == 100


def test_drift_that_another_side_overtakes_is_drift_anew():
    known, told = after(look(100, MTU), look(700, PENDING))
    assert told[1:] == [(700, Turning.ENDED, "mtu", Resolution.VANISHED), (700, Turning.BEGAN, "mtu", None)]
    assert known.open[MTU.place].first_seen == 700


@pytest.mark.parametrize(
    ("result", "cause"),
    [
        (StepResult.FAILED, DriftCause.FAILED_APPLY),
        (StepResult.UNVERIFIED, DriftCause.UNVERIFIED),
        (StepResult.DROPPED, DriftCause.PENDING),
        (StepResult.DONE, DriftCause.PENDING),
    ],
)
def test_a_plan_that_did_not_go_through_is_the_cause_from_then_on(result, cause):
    known, _ = after(look(100, PENDING))
    for said in (replace(look(100, PENDING), judged_at=160.0), look(700, PENDING)):
        known, events = step(known, said, {DATA0: Deed(150.0, result)})
        assert (known.open[MTU.place].why, events) == (cause, ())
    known, _ = step(known, look(1_300, PENDING))  # its outcome was pruned meanwhile
    assert known.open[MTU.place].why is cause


def test_a_field_that_comes_and_goes_is_one_drift_until_it_rests():
    looks = [look(600 * i, *([MTU] if i % 2 else [])) for i in range(1, 12)]
    known, told = after(*looks)
    pages = [(at, turning) for at, turning, *_ in told if turning is not Turning.ENDED]
    assert pages == [(600, Turning.BEGAN), (1_800, Turning.BEGAN), (3_000, Turning.FLAPS)]
    flapping = known.open[MTU.place]
    assert (flapping.first_seen, flapping.is_flapping, flapping.absent_since) == (600, True, None)
    known, told = step(known, look(7_200))
    assert (known.open[MTU.place].absent_since, told) == (7_200, ())
    known, [ended] = step(known, look(7_200 + FLAPS_WITHIN_S))
    assert (ended.turning, known.open) == (Turning.ENDED, {})


def test_clues_are_what_was_noted_at_the_host_when_it_drifted():
    here = Noted(90.0, "250.001", "set", "host=controller-0", "major", "controller-0 Configuration is out-of-date.")
    locked = Noted(95.0, "200.001", "set", "host=controller-0")
    there = Noted(91.0, "250.001", "set", "host=compute-1")
    known, _ = after(look(100, MTU, noted=(locked, there, here)), look(700, MTU, noted=(there,)))
    assert known.open[MTU.place].clues == (here, locked)
    assert after(look(100, PENDING, noted=(here,)))[0].open[MTU.place].clues == ()


def test_the_same_change_has_one_fingerprint_on_every_host_and_another_value_another():
    there = replace(MTU, resource="compute-7/ethernet/data0", host="compute-7", since=9.0, origin="a.yaml:4")
    assert fingerprint(MTU) == fingerprint(there)
    assert len({fingerprint(d) for d in (MTU, VID, replace(MTU, observed="1400"), replace(MTU, desired="1501"))}) == 4


def test_drift_of_which_only_the_verdict_is_left_keeps_its_age():
    known = began_before("ottawa-001", look(700, replace(MTU, since=100.0)))
    known, events = step(known, look(1_300, MTU))
    assert (known.open[MTU.place].first_seen, events) == (100, ())
    assert began_before("ottawa-001", None) == NEW


LOOKS = st.lists(
    st.tuples(
        st.floats(1, 4_000),
        st.lists(st.sampled_from([MTU, VID, PENDING, replace(VID, cause=Cause.UNMANAGED)]), max_size=2),
        st.sampled_from(["seen", "dark", "unread", "accepted"]),
        st.none() | st.sampled_from(StepResult),
    ),
    max_size=12,
)


def history(moves):
    """Each (drift before, verdict, what its deeds were, drift after, events)."""
    known, at = NEW, 1_000.0
    for wait, differences, how, result in moves:
        at += wait
        facts = {
            "seen": {},
            "dark": {"observed_at": known.looked_at},
            "unread": {"unread": ("controller-0/ethernet",)},
            "accepted": {"accepted": (MTU.place,)},
        }[how]
        said = look(at, *{d.place: d for d in differences}.values(), **facts)
        before, (known, events) = known, step(known, said, {DATA0: Deed(at - 0.5, result)} if result else {})
        yield before, said, known, events


@settings(max_examples=200)
@given(LOOKS)
def test_whatever_is_seen_is_open_and_what_is_open_was_seen_or_could_not_be_told(moves):
    for before, said, now, _ in history(moves):
        if said.observed_at == before.looked_at:
            assert now.open.keys() == before.open.keys()
            continue
        seen = {d.place for d in said.differences}
        assert seen <= now.open.keys()
        for place in now.open.keys() - seen:
            assert said.unread or now.open[place].is_flapping
        assert all(d.first_seen <= d.last_seen <= said.observed_at for d in now.open.values())


@settings(max_examples=200)
@given(LOOKS)
def test_what_begins_ends_once_or_is_open(moves):
    balance, known = Counter(), NEW
    for _, _, known, events in history(moves):
        for event in events:
            balance[event.drift.place] += -1 if event.turning is Turning.ENDED else 1
            assert (event.resolution is None) is (event.turning is not Turning.ENDED)
        assert {place for place, n in balance.items() if n} == known.open.keys()
        assert set(balance.values()) <= {0, 1}


@settings(max_examples=200)
@given(LOOKS)
def test_nobody_is_told_of_one_field_more_than_so_many_times_in_a_row(moves):
    """Where one side alone moves: a commit that overtakes drift is news."""
    only = [(wait, [d for d in seen if d is MTU], how, None) for wait, seen, how, _ in moves if how != "accepted"]
    pages = [e.at for *_, events in history(only) for e in events if e.turning is not Turning.ENDED]
    for at in pages:
        assert sum(at <= other < at + FLAPS_WITHIN_S for other in pages) <= FLAPS


@settings(max_examples=200)
@given(LOOKS)
def test_the_same_look_again_changes_nothing_and_all_of_it_can_be_kept(moves):
    for _, said, now, _ in history(moves):
        if said.observed_at is not None:
            assert step(now, said) == (now, ())
        assert site_drift_of(orjson.loads(orjson.dumps(site_drift_json(now)))) == now


@given(st.lists(DIFFERENCES, max_size=4))
def test_any_difference_can_be_followed(differences):
    known, _ = step(SiteDrift("a"), verdict("a", judged_at=5.0, differences=tuple(differences)))
    assert known.open.keys() == {d.place for d in differences}
    assert step(known, verdict("a", judged_at=9.0))[0].open == {}
