"""What is told of a site after each visit, and after each that could not look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.conditions import with_conditions
from reconciler.engine.verdicts import Whose, after, found, not_found
from reconciler.model.condition import Condition, HostCondition
from reconciler.model.errors import (
    Busy,
    ConfigError,
    ConfigErrors,
    Failure,
    NotReady,
    Refused,
    SecretUnread,
    Unauthorized,
    Unreachable,
)
from reconciler.model.expiry import Expiry
from reconciler.model.gate import GateName, Hold
from reconciler.model.outcome import Entry, Outcome, StepResult
from reconciler.model.plan import Blocked, Plan
from reconciler.model.site import Settings
from reconciler.model.snapshot import Unread
from reconciler.model.verdict import Verdict
from reconciler.model.wire import verdict_json, verdict_of
from reconciler.model.words import Mode, Result, State
from reconciler.sources.errors import GitError, UnreadableInputError
from tests.engine.judging import judged
from tests.model.verdicts import difference, verdict
from tests.worlds import Iface, Net, host, key, snap, system

SETTINGS = Settings(group="ran", mode=Mode.APPLY)
WHOSE = Whose("sc-1", SETTINGS, "c0ffee", "k1")
GIT, LIVE = Net(name="a", mtu=9000), Net(name="a", mtu=1500)


def seen(*resources, **facts):
    return replace(snap(*resources, **facts), taken_at=990.0)


def test_a_verdict_says_what_was_seen_and_when():
    both = system(host("controller-0"), host("controller-1", "locked"), mode="duplex")
    visit = judged(snap(GIT, state=both), seen(GIT, state=both))
    told = found(WHOSE, visit, Outcome("p", Result.IN_SYNC), now=1_000.0)
    assert told == Verdict(
        "sc-1",
        State.IN_SYNC,
        group="ran",
        mode="apply",
        commit="c0ffee",
        input_key="k1",
        observed_at=990.0,
        judged_at=1_000.0,
        reachable=True,
        release="24.09",
        system_mode="duplex",
        hosts={"controller-0": "unlocked-enabled-available", "controller-1": "locked-disabled-online"},
        converged="c0ffee",
    )


def test_ends_of_certificates_stay_what_they_were_while_their_list_cannot_be_read():
    ssl, newer = Expiry("ssl", "ssl_1", 2_000.0, 1_500.0), Expiry("ssl", "ssl_2", 9_000.0, 8_000.0)
    visit = judged(snap(GIT), seen(GIT))
    first = found(WHOSE, replace(visit, certificates=(ssl,)), Outcome("p", Result.IN_SYNC), 1_000.0)
    unread = found(WHOSE, replace(visit, certificates=None), Outcome("p", Result.IN_SYNC), 1_100.0, first)
    renewed = found(WHOSE, replace(visit, certificates=(newer,)), Outcome("p", Result.IN_SYNC), 1_200.0, unread)
    assert [told.certificates for told in (first, unread, renewed)] == [(ssl,), (ssl,), (newer,)]


def test_a_difference_comes_with_the_plan_that_mends_it():
    visit = judged(snap(GIT), seen(LIVE), base=snap(GIT))
    told = found(WHOSE, visit, Outcome(visit.plan.id, Result.PLANNED), 1_000.0)
    assert (told.state, told.plan_id, told.plan["id"]) == (State.DRIFTED, visit.plan.id, visit.plan.id)
    assert [d.attribute for d in told.differences] == ["mtu"]


def test_a_plan_that_ended_badly_is_told_in_the_platform_s_words():
    visit = judged(snap(GIT), seen(LIVE))
    outcome = Outcome("p", Result.FAILED, open_windows=("controller-0",), message="sc-1: platform refused")
    told = found(WHOSE, visit, outcome, 1_000.0)
    assert (told.state, told.reason, told.message) == (State.FAILED, "failed", "sc-1: platform refused")
    assert told.open_windows == ("controller-0",)


def test_a_site_that_fell_silent_while_it_was_changed_is_not_reachable():
    visit = judged(snap(GIT), seen(LIVE))
    told = found(WHOSE, visit, Outcome("p", Result.UNREACHABLE, message="timed out"), 1_000.0)
    assert (told.state, told.reachable, told.observed_at) == (State.UNREACHABLE, False, 990.0)


def test_what_stands_in_the_way_is_told():
    locked = system(host("controller-0", "locked"))
    visit = judged(snap(Iface(name="a"), Iface(name="b"), state=locked), seen(state=locked))
    told = found(WHOSE, visit, Outcome("p", Result.HELD), 1_000.0)
    assert (told.state, told.reason) == (State.HELD, "blocked")
    assert told.message.startswith("controller-0/iface/a: locked-by-operator: controller-0 is locked-disabled-online")
    assert told.message.endswith("(and 1 more)")
    assert told.plan_id == ""
    assert [b["resource"] for b in told.plan["blocked"]] == ["controller-0/iface/a", "controller-0/iface/b"]


def test_what_only_waits_for_another_is_told_after_what_that_takes():
    visit = judged(snap(GIT), seen(LIVE))
    waits, takes = (
        Blocked(key("net", "a"), "waits for net/b, which is blocked"),
        Blocked(key("net", "b"), "upload it there"),
    )
    told = found(
        WHOSE, replace(visit, plan=Plan("", "sc-1", blocked=(waits, takes))), Outcome("p", Result.HELD), 1_000.0
    )
    assert told.message == "net/b: upload it there (and 1 more)"


def test_of_a_site_that_is_not_asked_it_is_told_why_and_not_for_each_of_its_resources():
    visit = judged(snap(GIT), replace(seen(absent="the site is another central cloud's"), complete=frozenset()))
    told = found(WHOSE, visit, Outcome("", Result.IN_SYNC), 1_000.0)
    assert (told.state, told.message) == (State.UNKNOWN, "the site is another central cloud's")


def test_why_policy_held_a_plan_is_told_without_hiding_the_state():
    visit = judged(snap(GIT), seen(LIVE))
    why = Hold(GateName.MODE, "mode is observe: nothing is sent")
    told = found(WHOSE, visit, Outcome("p", Result.PLANNED, message=why.reason, holds=(why,)), 1_000.0)
    assert (told.state, told.reason, told.message) == (State.PENDING, "mode", "mode is observe: nothing is sent")


def test_a_gate_is_told_with_the_first_visit_that_found_it_closed():
    visit = judged(snap(GIT), seen(LIVE))
    window, alarms = Hold(GateName.WINDOW, "outside", until=9_000.0), Hold(GateName.ALARMS, "200.004 on controller-1")
    first = found(WHOSE, visit, Outcome("p", Result.HELD, message="…", holds=(window,)), 1_000.0)
    second = found(WHOSE, visit, Outcome("p", Result.HELD, message="…", holds=(alarms, window)), 2_000.0, first)
    assert second.reason == "alarms"
    assert [(h.gate, h.since, h.until) for h in second.holds] == [
        ("alarms", 2_000.0, None),
        ("window", 1_000.0, 9_000.0),
    ]
    assert verdict_of(verdict_json(second)).holds == second.holds


def test_a_list_that_was_not_read_is_told_with_its_reason():
    unread = (Unread("labels", "controller-0", "sc-1: 500"), Unread("intp", "", "sc-1: 500"))
    visit = judged(snap(GIT), replace(seen(), complete=frozenset(), unread=unread))
    told = found(WHOSE, visit, Outcome("p", Result.IN_SYNC), 1_000.0)
    assert (told.state, told.reason, told.unjudged) == (State.UNKNOWN, "unread", ("net/a",))
    assert told.message == "labels of controller-0 was not read: sc-1: 500 (and 1 more)"


def unreachable():
    return Unreachable("platform", "GET", "/v1/ihosts", Failure.TIMEOUT, "no answer in 10 s", sent=False, site="sc-1")


def answered(kind):
    return kind("platform", "GET", "/v1/ihosts", 400, "no", "sc-1")


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (unreachable(), State.UNREACHABLE, "Unreachable"),
        (answered(Unauthorized), State.UNREACHABLE, "Unauthorized"),
        (answered(Refused), State.FAILED, "Refused"),
        (answered(Busy), State.FAILED, "PlatformBusy"),
        (NotReady("sc-1: no hosts yet"), State.FAILED, "NotReady"),
        (ConfigError("no", "a.yaml:3"), State.INVALID, "ConfigInvalid"),
        (SecretUnread("vault:a/b#c: it is sealed"), State.FAILED, "SecretUnread"),
        (ConfigErrors([ConfigError("no", "a.yaml:3")]), State.INVALID, "ConfigInvalid"),
        (UnreadableInputError("a.yaml: a symbolic link is never read"), State.INVALID, "ConfigInvalid"),
        (GitError("git ended with 128"), State.FAILED, "Failed"),
    ],
)
def test_the_state_of_a_site_that_could_not_be_looked_at(error, state, reason):
    told = not_found(WHOSE, error, None, 1_000.0)
    assert (told.state, told.reason, told.message) == (state, reason, str(error))
    assert (told.observed_at, told.judged_at) == (None, 1_000.0)


def test_a_silent_site_keeps_what_was_known_of_it_with_its_age():
    before = verdict(
        "sc-1",
        group="old",
        differences=(difference(since=500.0),),
        plan_id="p",
        plan={"id": "p"},
        hosts={"controller-0": "unlocked-enabled-available"},
        release="24.09",
    )
    told = not_found(WHOSE, unreachable(), before, 9_000.0)
    assert told == replace(
        before,
        state=State.UNREACHABLE,
        group="ran",
        mode="apply",
        commit="c0ffee",
        input_key="k1",
        judged_at=9_000.0,
        reachable=False,
        reason="Unreachable",
        message=str(unreachable()),
    )
    assert told.observed_at == 1_000.0


@pytest.mark.parametrize("reachable", [True, False, None])
def test_a_commit_that_cannot_be_read_says_nothing_about_the_line_to_the_site(reachable):
    told = not_found(WHOSE, ConfigError("no"), verdict("sc-1", reachable=reachable), 9_000.0)
    assert told.reachable is reachable


class TestStuckHosts:
    STUCK = HostCondition(Condition.FAILED, "worker-0", "it is unlocked-disabled-failed", 900.0)

    def test_a_site_with_a_host_that_is_stuck_has_failed_whatever_else_it_is(self):
        told = with_conditions(verdict(state=State.IN_SYNC), (self.STUCK,), {})
        assert (told.state, told.reason, told.conditions) == (State.FAILED, "failed", (self.STUCK,))
        assert told.message.startswith(
            "worker-0 failed: it is unlocked-disabled-failed. Next: system host-lock worker-0"
        )
        assert verdict_of(verdict_json(told)) == told

    @pytest.mark.parametrize("state", [State.APPLYING, State.UNREACHABLE, State.INVALID])
    def test_what_goes_on_or_is_not_known_is_told_first(self, state):
        told = with_conditions(verdict(state=state, message="so it is"), (self.STUCK,), {})
        assert (told.state, told.message, told.conditions) == (state, "so it is", (self.STUCK,))

    def test_a_host_that_is_not_late_yet_is_no_reason(self):
        told = with_conditions(verdict(state=State.IN_SYNC), (), {"worker-0": 2_000.0})
        assert (told.state, told.due) == (State.IN_SYNC, {"worker-0": 2_000.0})


def test_while_a_plan_is_sent_that_is_told_and_not_what_waits_for_its_end():
    waiting = replace(judged(snap(GIT), seen(LIVE)), plan=Plan("p", "", blocked=(Blocked(key("net", "a"), "later"),)))
    told = found(WHOSE, waiting, Outcome("p", Result.BEGUN), 1_000.0)
    assert (told.state, told.reason) == (State.APPLYING, "begun")
    assert told.message == "its plan is being sent: `stxr history sc-1` tells how far it is"


def test_a_plan_that_left_something_unverified_says_so_until_the_site_is_looked_at_again():
    before = found(WHOSE, judged(snap(GIT), seen(LIVE)), Outcome("p", Result.BEGUN), 1_000.0)
    unsure = Entry("dns", "", (), StepResult.UNVERIFIED, "stored without an answer")
    told = after(before, Outcome("p", Result.DONE, (unsure,)), 1_100.0)
    assert (told.state, told.reason, told.message) == (State.UNVERIFIED, "unverified", "stored without an answer")
    assert after(before, Outcome("p", Result.CONFLICT, (unsure,), message="it moved"), 1_100.0).state is State.PENDING
