"""An effect that takes its time: waited for, told when it comes, and told in the platform's words when it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.apply.step import call_once, perform
from reconciler.diff import compare
from reconciler.model.condition import Condition
from reconciler.model.errors import Failure, NotReady, Refused, Stopped, Stuck, Unauthorized, Unreachable
from reconciler.model.outcome import StepResult
from reconciler.model.plan import Call, Errand, Step, Until
from reconciler.model.words import Service
from tests.apply.fakes import FakeSite, work_on
from tests.worlds import KINDS, Clock, snap, system

INSTALLED = Until(
    "/v1.0/subclouds/ottawa",
    "deploy-status",
    ("install-complete", "complete"),
    limit_s=3600,
    fails=("install-failed",),
    told_by="error-description",
)


def shows(*states, error=""):
    """A site whose subcloud is in one of these states after another."""
    left = list(states)

    class Central(FakeSite):
        async def get(self, path, service=Service.PLATFORM):
            assert (path, service) == ("/v1.0/subclouds/ottawa", Service.DCMANAGER)
            return {"deploy-status": left.pop(0) if len(left) > 1 else left[0], "error-description": error}

        async def send(self, method, path, body, service=Service.PLATFORM):
            self.sent.append(f"{service} {method} {path}")

    return Central(snap(state=system()))


async def installed(site):
    path = "/v1.0/phased-subcloud-deploy/ottawa/install"
    await call_once(Call("PATCH", path, until=INSTALLED, service=Service.DCMANAGER), work_on(site, site.shown), host="")


async def test_it_is_waited_for_at_the_service_that_was_asked_also_where_a_state_was_missed():
    site = shows("pre-install", "installing", "complete")
    await installed(site)
    assert site.sent == ["dcmanager PATCH /v1.0/phased-subcloud-deploy/ottawa/install"]


async def test_what_fails_ends_the_wait_at_once_with_what_the_platform_says_of_it():
    with pytest.raises(Stopped, match="sc-1: deploy-status is install-failed: no route to the board"):
        await installed(shows("installing", "install-failed", error="no route to the board"))


async def test_what_somebody_took_away_meanwhile_is_not_waited_for():
    gone = replace(INSTALLED, fails=("install-failed", None))
    site = shows("installing", None)
    with pytest.raises(Stopped, match=r"sc-1: /v1\.0/subclouds/ottawa is not there any more"):
        await call_once(Call("PATCH", "/x", until=gone, service=Service.DCMANAGER), work_on(site, site.shown), host="")


async def test_what_neither_comes_nor_fails_is_given_up_after_its_limit():
    with pytest.raises(NotReady, match="deploy-status is 'installing' after 3600 s, not install-complete or complete"):
        await installed(shows("installing"))


async def test_of_many_values_that_end_the_wait_the_first_is_named():
    states = ("install-complete", *(f"later-{number}" for number in range(40)))
    many = replace(INSTALLED, values=states)
    site = shows("installing")
    with pytest.raises(NotReady, match=r"after 3600 s, not install-complete or a later one$"):
        await call_once(Call("PATCH", "/x", until=many, service=Service.DCMANAGER), work_on(site, site.shown), host="")


AGAIN = replace(INSTALLED, before=("install-failed",))


async def installed_again(site):
    path = "/v1.0/phased-subcloud-deploy/ottawa/install"
    work = work_on(site, site.shown)
    await call_once(Call("PATCH", path, until=AGAIN, service=Service.DCMANAGER), work, host="")
    return work


async def test_a_failure_from_before_is_not_taken_for_the_end_of_what_was_just_asked_for():
    work = await installed_again(shows("install-failed", "install-failed", "pre-install", "installing", "complete"))
    assert work.clock.now() > 0


async def test_what_fails_anew_in_the_same_words_is_told_as_soon_as_it_was_seen_to_begin():
    with pytest.raises(Stopped, match="install-failed: the board is off"):
        await installed_again(shows("install-failed", "installing", "install-failed", error="the board is off"))


async def test_what_never_begins_is_told_as_it_stood_before_after_a_while():
    site = shows("install-failed", error="no route to the board")
    work = work_on(site, site.shown)
    with pytest.raises(Stopped, match="install-failed: no route to the board"):
        await call_once(Call("PATCH", "/x", until=AGAIN, service=Service.DCMANAGER), work, host="")
    assert work.clock.now() >= work.pace.begun_limit_s


async def test_an_end_from_before_is_not_taken_for_the_new_one():
    moved = Until("/v1.0/subclouds/ottawa", "deploy-status", ("complete",), before=("complete",))
    site = shows("complete", "complete", "reconfiguring-network", "complete")
    work = work_on(site, site.shown)
    await call_once(Call("PATCH", "/x", until=moved, service=Service.DCMANAGER), work, host="")
    assert work.clock.now() > 1


BUILT = Until(
    "/strategy", "strategy.state", ("applied",), 7200, ("aborted",), "strategy.apply-phase.reason", outlasts=True
)
ERRAND = Errand((("controller-1",), ("controller-0",)), Condition.DEPLOY_FAILED, locks=True)
BEGUN = Until("/strategy", "strategy.state", ("applying", "applied"))


def vim(*answers):
    """A VIM whose strategy is as it says, one look after another; an error is raised."""
    left = list(answers)

    class Vim(FakeSite):
        async def get(self, path, service=Service.PLATFORM):
            assert (path, service) == ("/strategy", Service.VIM)
            answer = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(answer, Exception):
                raise answer
            return {"strategy": answer}

        async def send(self, method, path, body, service=Service.PLATFORM):
            self.sent.append(f"{method} {path}")

    return Vim(snap(state=system()))


def strategy(state, reason=""):
    return {"state": state, "apply-phase": {"reason": reason}}


async def applied(site, work=None):
    call = Call("POST", "/strategy/actions", until=BUILT, unless=BEGUN, errand=ERRAND, service=Service.VIM)
    await call_once(call, work or work_on(site, site.shown), host="")


async def test_an_attribute_may_stand_below_others_and_a_service_may_go_away_with_its_host():
    """A strategy on one controller: VIM is down while that reboots, and Keystone is up later than it."""
    gone = Unreachable("nfv", "GET", "/strategy", Failure.REFUSED, "nobody listens", sent=False)
    early = Unauthorized("nfv", "GET", "/strategy", 401, "not yet")
    site = vim(strategy("ready-to-apply"), strategy("applying"), gone, gone, early, strategy("applied"))
    await applied(site)
    assert site.sent == ["POST /strategy/actions"]


async def test_a_service_that_refuses_is_not_down():
    refused = Refused("nfv", "GET", "/strategy", 403, "not for you")
    with pytest.raises(Refused):
        await applied(vim(strategy("ready-to-apply"), refused))


async def test_what_was_asked_for_already_is_not_asked_for_twice_and_waited_for_all_the_same():
    site = vim(strategy("applying"), strategy("applying"), strategy("applied"))
    await applied(site)
    assert site.sent == []


async def test_an_errand_that_fails_leaves_a_condition_of_the_host_that_its_words_name():
    site = vim(strategy("ready-to-apply"), strategy("aborted", "Failed software deploy host controller-0: no space"))
    work = work_on(site, site.shown)
    with pytest.raises(Stuck, match=r"deploy-failed: .*controller-0: no space") as failed:
        await applied(site, work)
    assert (failed.value.condition, failed.value.host) == (Condition.DEPLOY_FAILED, "controller-0")
    assert work.journal.standing["controller-0"].name is Condition.DEPLOY_FAILED


async def test_of_a_report_of_health_what_is_not_well_is_told():
    report = "The following issues\nAll hosts are unlocked: [OK]\nDisk space: [Fail]\n"
    site = vim(strategy("ready-to-apply"), strategy("aborted", report))
    with pytest.raises(Stuck, match=r"The following issues Disk space: \[Fail\]"):
        await applied(site)


def errand_step(have):
    """A clock that VIM is to set, on a site that has it already; and the strategy that does."""
    want = snap(Clock(servers=("a",)))
    [change] = compare(want, snap(Clock(servers=("b",))), KINDS).changes
    made = Call("POST", "/strategy/actions", until=BUILT, unless=BEGUN, errand=ERRAND, service=Service.VIM)
    gone = Until("/strategy", "strategy", (None,))
    site = vim(*have)
    site.shown = want
    return Step("clock", "", (change,), (made, Call("DELETE", "/strategy", unless=gone, service=Service.VIM))), site


async def test_what_an_errand_left_behind_is_taken_away_by_whoever_finds_it_done():
    """The process that asked for it died: VIM ended alone, or is about to."""
    step, site = errand_step([strategy("applying"), strategy("applying"), strategy("applied")])
    entry = await perform(step, work_on(site, site.shown))
    assert (entry.result, site.sent) == (StepResult.SKIPPED, ["DELETE /strategy"])


async def test_where_nothing_is_left_behind_nothing_is_sent():
    step, site = errand_step([None])
    assert (await perform(step, work_on(site, site.shown))).result is StepResult.SKIPPED
    assert site.sent == []


def order_step(*have):
    """The same, by a service that leaves nothing behind, and is only asked whether it is at it."""
    step, site = errand_step(have)
    runs, ends = Until("/strategy", "strategy.runs", (True,)), Until("/strategy", "strategy.state", ("complete",))
    call = Call("POST", "/strategy", until=ends, unless=runs, errand=ERRAND, service=Service.VIM)
    return replace(step, calls=(call,)), site


async def test_an_errand_that_leaves_nothing_behind_is_waited_for_while_it_is_under_way():
    step, site = order_step({"runs": True}, {"state": "applying"}, {"state": "complete"})
    work, told = work_on(site, site.shown), []
    work.record = lambda one: told.append(one.text)
    assert (await perform(step, work)).result is StepResult.SKIPPED
    assert (site.sent, told[-1]) == ([], "strategy.state is complete")


async def test_and_for_one_that_was_never_asked_for_nobody_waits():
    step, site = order_step({"runs": False})
    assert (await perform(step, work_on(site, site.shown))).result is StepResult.SKIPPED
    assert site.sent == []


async def test_how_far_a_long_errand_is_stands_in_the_history_once():
    states = ("building", "ready-to-apply", "applying", "applying", "applying", "applied")
    site = vim(*map(strategy, states))
    work, told = work_on(site, site.shown), []
    work.record = lambda one: told.append(one.text)
    await applied(site, work)
    assert told[-2:] == ["strategy.state is applying", "strategy.state is applied"]
