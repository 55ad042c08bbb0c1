"""Exit codes tell the truth: 0 done, 1 wrong, 2 something to do, 3 somebody could not be asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.cli.options import Exit
from reconciler.cli.outcome_text import outcome_lines
from reconciler.cli.results import apply_exit, errors_of, in_order, plan_exit
from reconciler.engine.fleet import SiteResult
from reconciler.model.errors import (
    Busy,
    ConfigError,
    ConfigErrors,
    Failure,
    NotReady,
    Refused,
    Unauthorized,
    Unreachable,
)
from reconciler.model.gate import GateName, Hold
from reconciler.model.outcome import Entry, Outcome, StepResult
from reconciler.model.resource import ResourceKey
from reconciler.model.snapshot import Unread
from reconciler.model.words import Result
from tests.engine.judging import judged
from tests.worlds import Iface, Link, Net, host, snap, system

GIT, LIVE = Net(name="a", mtu=9000), Net(name="a", mtu=1500)
LOCKED = system(host("controller-0", "locked"))
SAME, OTHER = judged(snap(GIT), snap(GIT)), judged(snap(GIT), snap(LIVE))
BLOCKED = judged(snap(Iface(name="e"), state=LOCKED), snap(state=LOCKED))
EXTRA = judged(
    snap(Iface(name="e"), owned=frozenset({("link", "controller-0", "e")})),
    snap(Iface(name="e"), Link(iface="e", net="n")),
)
OWED = judged(snap(GIT, state=LOCKED), snap(GIT, state=LOCKED), ours=("controller-0",))
UNREAD = judged(snap(GIT), replace(snap(GIT), unread=(Unread("labels", "controller-0", "500"),)))
DARK = Unreachable("platform", "GET", "/v1/ihosts", Failure.TIMEOUT, "no answer", sent=False, site="sc-1")


def answered(kind):
    return kind("platform", "GET", "/v1/ihosts", 403, "no", "sc-1")


def seen(what):
    return SiteResult("sc-1", what)


def failed(error):
    return SiteResult("sc-1", error=error)


def sent(what, result, *steps, message="", holds=()):
    entries = tuple(Entry("net", "", (ResourceKey("net", "a"),), step, message) for step in steps)
    return SiteResult("sc-1", what, Outcome("p", result, entries, message=message, holds=holds))


WRONG = failed(ConfigErrors([ConfigError("no", "a.yaml:3")]))


@pytest.mark.parametrize(
    ("results", "allowed", "expected"),
    [
        ([], False, Exit.DONE),
        ([seen(SAME)], False, Exit.DONE),
        ([seen(SAME), seen(OTHER)], False, Exit.CHANGES),
        ([seen(BLOCKED)], False, Exit.CHANGES),
        ([seen(EXTRA)], False, Exit.CHANGES),
        ([seen(OWED)], False, Exit.CHANGES),
        ([seen(SAME), failed(DARK)], False, Exit.UNJUDGED),
        ([seen(OTHER), failed(DARK)], False, Exit.UNJUDGED),
        ([seen(OTHER), failed(DARK)], True, Exit.CHANGES),
        ([failed(DARK)], True, Exit.DONE),
        ([seen(UNREAD)], False, Exit.UNJUDGED),
        ([failed(answered(Unauthorized))], False, Exit.UNJUDGED),
        ([failed(answered(Busy))], False, Exit.UNJUDGED),
        ([failed(NotReady("not yet"))], False, Exit.UNJUDGED),
        ([failed(answered(Refused))], False, Exit.ERROR),
        ([WRONG], False, Exit.ERROR),
        ([WRONG, failed(DARK), seen(OTHER)], False, Exit.ERROR),
        ([WRONG, failed(DARK), seen(OTHER)], True, Exit.ERROR),
    ],
)
def test_how_plan_ends(results, allowed, expected):
    assert plan_exit(results, allow_unreachable=allowed) is expected


@pytest.mark.parametrize(
    ("results", "allowed", "expected"),
    [
        ([], False, Exit.DONE),
        ([sent(SAME, Result.IN_SYNC)], False, Exit.DONE),
        ([sent(SAME, Result.DONE, StepResult.DONE)], False, Exit.DONE),
        ([sent(OTHER, Result.DONE, StepResult.DONE)], False, Exit.ERROR),
        ([sent(EXTRA, Result.IN_SYNC)], False, Exit.ERROR),
        ([sent(BLOCKED, Result.HELD)], False, Exit.ERROR),
        ([sent(OTHER, Result.PLANNED)], False, Exit.ERROR),
        ([sent(OTHER, Result.HELD, message="waits")], False, Exit.ERROR),
        ([sent(OTHER, Result.FAILED, message="no")], False, Exit.ERROR),
        ([sent(OTHER, Result.CONFLICT, message="moved")], False, Exit.ERROR),
        ([sent(OTHER, Result.UNREACHABLE, message="gone")], False, Exit.UNJUDGED),
        ([sent(SAME, Result.DONE), failed(DARK)], False, Exit.UNJUDGED),
        ([sent(SAME, Result.DONE), failed(DARK)], True, Exit.DONE),
        ([sent(OTHER, Result.FAILED), failed(DARK)], True, Exit.ERROR),
        ([WRONG, sent(SAME, Result.DONE)], True, Exit.ERROR),
    ],
)
def test_how_apply_ends(results, allowed, expected):
    assert apply_exit(results, allow_unreachable=allowed) is expected


def test_the_codes_themselves_are_an_interface():
    assert {e.name: e.value for e in Exit} == {"DONE": 0, "ERROR": 1, "CHANGES": 2, "UNJUDGED": 3}


def test_sites_are_told_by_name_whoever_answered_first():
    assert [r.site for r in in_order([SiteResult("b"), SiteResult("a")])] == ["a", "b"]


def test_a_list_that_was_not_read_is_an_error_of_its_site():
    assert errors_of([seen(UNREAD), seen(SAME)]) == [("sc-1", "labels was not read: 500")]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (sent(SAME, Result.IN_SYNC), ["sc-1: in sync, nothing was sent"]),
        (sent(EXTRA, Result.IN_SYNC), ["sc-1: nothing can be sent, and differences remain: see `stxr plan`"]),
        (sent(SAME, Result.DONE, StepResult.DONE, StepResult.SKIPPED), ["sc-1: done (1 done, 1 skipped)"]),
        (
            sent(OTHER, Result.FAILED, StepResult.DONE, StepResult.FAILED, message="mtu is too large"),
            [
                "sc-1: failed (1 done, 1 failed): mtu is too large; differences remain",
                "  failed: net/a: mtu is too large",
            ],
        ),
        (SiteResult("sc-1", error=DARK), []),
    ],
)
def test_what_became_of_a_plan_in_words(result, expected):
    assert list(outcome_lines(result)) == expected


def test_a_plan_that_waits_for_a_yes_is_told_with_how_to_give_it():
    held = sent(OTHER, Result.HELD, message="waits", holds=(Hold(GateName.APPROVAL, "waits"),))
    assert list(outcome_lines(held))[1] == (
        f"  next: `stxr plan sc-1` shows it; `stxr apply sc-1 --plan {held.outcome.plan_id}` sends it as it was read"
    )


def test_what_could_not_be_planned_is_told_with_it():
    assert list(outcome_lines(sent(BLOCKED, Result.HELD)))[1].startswith(
        "  blocked: controller-0/iface/e: locked-by-operator"
    )
