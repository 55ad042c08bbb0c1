"""From what people say below a pull request to approvals: by change, up to a cost, of what stood there then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.review_consent import Command, Judges, approvals, commands, consented, granted, told
from reconciler.model.approval import Answer, Subject
from reconciler.model.consent import Consent
from reconciler.model.followed import Followed, Shown
from reconciler.model.gate import GateName
from reconciler.model.pull import Assent, Comment, Pull, PullState
from reconciler.model.review import Cost, Example, Group, Held, Review
from reconciler.model.words import Disruption
from tests.model.verdicts import difference

PULL = Pull(7, PullState.OPEN, "main", "h1", is_fork=False, author="amelie")
JUDGES = Judges(Consent(approvers=("noor", "sam")), "amelie", frozenset({"fleet.yaml"}))
SHOWN = Shown("r1", "h1", 100.0, {"c1": Disruption.LOCK, "c2": Disruption.SERVICE})
KNOWN = Followed(PULL, (SHOWN,))


def said(text, by="noor", at=150.0, number=4):
    return Comment(number, by, text, at)


def asking(*groups):
    return Review("b", "h", groups=groups, held=(Held(GateName.APPROVAL, "waits for approval"),))


def group(change="c1", sites=("ottawa-001",), wanted="9000", cost=Disruption.LOCK):
    one = replace(difference(), resource="data-network/midhaul", attribute="mtu", observed="1500", desired=wanted)
    return Group(change, "e1", sites, Cost(disruption=cost), Example(sites[0], {}, (one,)))


@pytest.mark.parametrize("text", ["/stxr approve", "Looks right.\n\n  /stxr approve  \r\nThanks", "/stxr\tapprove"])
def test_a_command_stands_on_a_line_of_its_own(text):
    assert [command for _, command in commands([said(text)], 0)] == [Command.APPROVE]


@pytest.mark.parametrize(
    "text",
    [
        "please /stxr approve",
        "> /stxr approve",
        "`/stxr approve`",
        "```\n/stxr approve\n```",
        "/stxr approved",
        "/stxr APPROVE",
    ],
)
def test_what_only_speaks_of_a_command_is_none(text):
    assert list(commands([said(text)], 0)) == []


def test_a_comment_that_was_edited_asks_for_nothing():
    """At some forges whoever may push may edit what others said."""
    assert list(commands([replace(said("/stxr approve"), is_edited=True)], 0)) == []


def test_a_command_is_heeded_once():
    assert list(commands([said("/stxr plan", number=4)], 4)) == []
    assert consented(KNOWN, [said("/stxr approve", number=4)], (), JUDGES).heard == 4


def test_a_yes_is_to_each_change_that_stood_there_up_to_its_cost():
    known = consented(KNOWN, [said("/stxr approve")], (), JUDGES)
    assert [(yes.change, yes.ceiling, yes.by) for yes in known.yeses] == [
        ("c1", Disruption.LOCK, "noor"),
        ("c2", Disruption.SERVICE, "noor"),
    ]
    assert consented(known, [said("/stxr approve")], (), JUDGES).yeses == known.yeses


@pytest.mark.parametrize(
    "comment", [said("/stxr approve", by="mallory"), said("/stxr approve", by="amelie"), said("/stxr approve", at=99.0)]
)
def test_the_yes_of_a_stranger_or_the_author_or_before_the_review_is_none(comment):
    assert consented(KNOWN, [comment], (), JUDGES).yeses == ()


def test_an_approval_in_the_forge_counts_as_long_as_it_stands():
    known = consented(KNOWN, (), [Assent("noor", "h1", 150.0)], JUDGES)
    assert granted(known, SHOWN).keys() == {"c1", "c2"}
    assert consented(known, (), (), JUDGES).yeses == ()


@pytest.mark.parametrize("assent", [Assent("noor", "h0", 150.0), Assent("noor", "", None), Assent("noor", "h1", 50.0)])
def test_an_approval_of_what_nobody_could_read_of_counts_for_nothing(assent):
    assert consented(KNOWN, (), [assent], JUDGES).yeses == ()


def test_a_push_that_leaves_a_change_leaves_its_yes():
    known = consented(KNOWN, [said("/stxr approve")], (), JUDGES)
    later = Shown("r2", "h2", 200.0, {"c1": Disruption.LOCK, "c3": Disruption.NONE})
    assert granted(known.showing(later), later).keys() == {"c1"}


def test_a_yes_does_not_cover_what_costs_more_now():
    known = consented(KNOWN, [said("/stxr approve")], (), JUDGES)
    dearer = Shown("r2", "h2", 200.0, {"c1": Disruption.REBOOT})
    assert granted(known, dearer) == {}


def test_a_merge_makes_approvals_of_changes_with_who_and_where():
    known = consented(KNOWN, [said("/stxr approve")], (), JUDGES)
    [first, _] = approvals(known, SHOWN, 300.0)
    assert (first.answer, first.subject, first.name, first.ceiling) == (
        Answer.APPROVED,
        Subject.CHANGE,
        "c1",
        Disruption.LOCK,
    )
    assert (first.by, first.at, first.reason) == ("noor on pull request 7", 300.0, "a comment, review r1")


def test_what_is_approved_and_what_is_not_is_told():
    known = consented(KNOWN, [said("/stxr approve")], (), JUDGES)
    lines = list(told(known, asking(group(), group("c9", ("lab-1", "lab-2"))), JUDGES, lambda _id: None))
    assert lines == [
        "Change c1 is approved by `noor` up to lock.",
        "Change c9 (2 sites, lock) needs approval: `/stxr approve` or an approval in the forge, by `noor`, `sam`.",
    ]


def test_what_nobody_in_the_forge_may_approve_is_told_so():
    [line] = told(KNOWN, asking(group("c9", cost=Disruption.DESTRUCTIVE)), JUDGES, lambda _id: None)
    assert line.endswith("needs approval: `stxr approve`, after the merge.")


def test_what_has_changed_since_a_yes_is_told():
    before = asking(group("c1", wanted="9000"))
    known = consented(KNOWN, [said("/stxr approve")], (), JUDGES)
    [line] = told(known, asking(group("c7", wanted="9100")), JUDGES, {"r1": before}.get)
    assert line == (
        "Change c7 (1 site) needs approval anew: `noor` approved c1; since then "
        "`data-network/midhaul:mtu is to become 9100, and was to become 9000`."
    )


def test_where_nothing_needs_a_yes_nothing_is_asked():
    assert list(told(KNOWN, Review("b", "h", groups=(group("c9"),)), JUDGES, lambda _id: None)) == []
