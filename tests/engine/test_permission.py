"""What may be sent: commits by `apply`, drift by `heal`, everything by an approval, and owed unlocks always."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings

from reconciler.diff import compare
from reconciler.engine.permission import Asked, in_words, permitted
from reconciler.model.change import Change
from reconciler.model.kind import Context, Deletion
from reconciler.model.plan import Opening
from reconciler.model.removal import Pruning, Removal
from reconciler.model.resource import ResourceKey
from reconciler.model.site import Settings
from reconciler.model.words import Action, ApplyPolicy, Cause, Disruption, HealPolicy, Mode, Prune, Result
from reconciler.plan import plan
from tests.plan.test_properties import sides
from tests.worlds import KINDS, Clock, Iface, Link, Machine, Net, Tag, host, snap, system

APPROVED = "the plan's own id"
OBSERVE, PLAN, APPLY = Mode
NEVER, APPROVAL, AUTO = ApplyPolicy
NO_HEAL, NONDISRUPTIVE, WINDOW = HealPolicy


def asking(want, have, *, base=None, approved="", ours=(), mode=APPLY, apply=AUTO, heal=NONDISRUPTIVE):
    """(everything that differs as a plan, what may be sent of it)."""
    found = compare(want, have, KINDS, base)
    context = Context(want, have)
    todo = plan(found, context, KINDS, ours, "c0ffee")
    settings = Settings(mode=mode, apply=apply, heal=heal)
    asked = Asked(settings, todo.id if approved == APPROVED else approved, frozenset(ours))
    return todo, permitted(found, todo, context, KINDS, asked)


def sent(permission):
    """The resources that may be sent, by name."""
    return {change.key.name for change in permission.plan.changes}


def differing(cause, price):
    """A site where one value differs, whose mending costs nothing or a lock."""
    new, old = (Net(name="x", mtu=9000), Net(name="x", mtu=1500))
    if price is Disruption.LOCK:
        new, old = (Iface(name="x", mtu=9000), Iface(name="x", mtu=1500))
    return {"want": snap(new), "have": snap(old), "base": snap(new) if cause is Cause.DRIFTED else snap(old)}


def is_sent(mode, apply, heal, cause, price, approved):  # noqa: PLR0917 - columns of a table
    """The policy in one expression, as an operator would say it."""
    if mode is not APPLY:
        return False
    if approved in {APPROVED, "*"}:
        return True
    if cause is Cause.PENDING:
        return apply is AUTO
    return heal is not NO_HEAL and price is Disruption.NONE


@pytest.mark.parametrize("approved", ["", "*"])
@pytest.mark.parametrize("base", [Net(name="x", mtu=1500), Net(name="x", mtu=9000)], ids=["pending", "drifted"])
def test_what_destroys_by_an_update_waits_for_a_yes_to_its_very_plan(base, approved):
    """As an application that Git wants out of the cluster: nothing that Git says is deleted, and what it made goes."""
    kinds = {**KINDS, "net": replace(KINDS["net"], disruption=Disruption.DESTRUCTIVE)}
    want, have = snap(Net(name="x", mtu=9000), Tag(name="t")), snap(Net(name="x", mtu=1500))
    found = compare(want, have, kinds, snap(base))
    context = Context(want, have)
    todo = plan(found, context, kinds, (), "c0ffee")
    policies = Settings(mode=APPLY, apply=AUTO, heal=WINDOW)
    held = permitted(found, todo, context, kinds, Asked(policies, approved))
    assert sent(held) == {"t"}
    assert "waits for approval of this very plan: what it takes away is lost" in in_words(held.holds)
    assert sent(permitted(found, todo, context, kinds, Asked(policies, todo.id))) == {"x", "t"}


COSTS = (Disruption.NONE, Disruption.LOCK)
APPROVALS = ("", "the id of another plan", APPROVED, "*")


@pytest.mark.parametrize(
    ("mode", "apply", "heal", "cause", "price", "approved"),
    list(product(Mode, ApplyPolicy, HealPolicy, (Cause.PENDING, Cause.DRIFTED), COSTS, APPROVALS)),
)
def test_every_policy_of_every_change(mode, apply, heal, cause, price, approved):  # noqa: PLR0917 - columns of a table
    todo, allowed = asking(**differing(cause, price), approved=approved, mode=mode, apply=apply, heal=heal)
    expected = is_sent(mode, apply, heal, cause, price, approved)
    assert (allowed.plan.id == todo.id) is expected
    assert sent(allowed) == ({"x"} if expected else set())
    assert bool(allowed.holds) is not expected
    if not expected:
        is_never = apply is NEVER if cause is Cause.PENDING else heal is NO_HEAL
        waits = mode is APPLY and not is_never
        assert allowed.result is (Result.HELD if waits else Result.PLANNED)


@pytest.mark.parametrize(
    ("policy", "cause", "price", "said"),
    [
        ({"mode": OBSERVE}, Cause.PENDING, Disruption.NONE, "mode is observe: nothing is sent"),
        ({"mode": PLAN}, Cause.DRIFTED, Disruption.NONE, "mode is plan: nothing is sent"),
        ({"apply": NEVER}, Cause.PENDING, Disruption.NONE, "apply is never: what Git changes is only reported"),
        ({"apply": APPROVAL}, Cause.PENDING, Disruption.NONE, "waits for approval: apply is approved"),
        ({"heal": NO_HEAL}, Cause.DRIFTED, Disruption.NONE, "heal is never: what the site changed is only reported"),
        ({}, Cause.DRIFTED, Disruption.LOCK, "heal is nondisruptive: mending this drift needs a lock"),
        ({"heal": WINDOW}, Cause.DRIFTED, Disruption.LOCK, "heal is window: mending this drift needs a lock"),
    ],
)
def test_what_is_held_says_why(policy, cause, price, said):
    _, allowed = asking(**differing(cause, price), **policy)
    assert said in in_words(allowed.holds)


def test_a_site_with_nothing_to_do_is_in_sync():
    _, allowed = asking(snap(Net(name="x")), snap(Net(name="x")))
    assert (in_words(allowed.holds), allowed.result) == ("", Result.IN_SYNC)


def test_what_policy_permits_of_a_plan_is_a_plan_of_its_own():
    todo, allowed = asking(
        snap(Net(name="new"), Tag(name="moved", value="git")),
        snap(Tag(name="moved", value="site")),
        base=snap(Tag(name="moved", value="git")),
        apply=NEVER,
    )
    assert sent(allowed) == {"moved"}
    assert allowed.plan.id != todo.id
    assert in_words(allowed.holds) == "1 of 2 changes held: apply is never: what Git changes is only reported"


def test_reasons_are_counted_each():
    git, live = (Net(name="a", mtu=1), Iface(name="b", mtu=1)), (Net(name="a", mtu=2), Iface(name="b", mtu=2))
    _, allowed = asking(snap(*git, Net(name="new")), snap(*live), base=snap(*git), apply=APPROVAL)
    assert in_words(allowed.holds) == (
        "1 of 3 changes held: heal is nondisruptive: mending this drift needs a lock, and waits for approval or a window; "
        "1 of 3 changes held: waits for approval: apply is approved"
    )


def test_drift_that_needs_a_lock_is_held_while_a_commit_goes_on():
    drifted, fresh = Iface(name="moved", mtu=9000), Net(name="new")
    _, allowed = asking(snap(drifted, fresh), snap(Iface(name="moved", mtu=1500)), base=snap(drifted))
    assert sent(allowed) == {"new"}
    assert "needs a lock" in in_words(allowed.holds)


def test_a_commit_that_locks_a_host_takes_no_drift_into_its_window_that_policy_holds():
    moved = Iface(name="moved", mtu=9000)
    _, allowed = asking(snap(moved, Iface(name="new")), snap(Iface(name="moved", mtu=1500)), base=snap(moved))
    assert sent(allowed) == {"new"}


def test_drift_whose_mending_locks_what_hangs_on_it_needs_a_lock_too():
    """A net is replaced while nothing is locked, and the link on it only on a locked host."""
    links = (Iface(name="e"), Link(iface="e", net="n"))
    git, live = Net(name="n", type="vlan"), Net(name="n", type="flat")
    _, allowed = asking(snap(git, *links), snap(live, *links), base=snap(git, *links))
    assert allowed.plan.locked_hosts == ()
    assert sent(allowed) == set()
    assert "needs a lock" in in_words(allowed.holds)


def test_drift_that_takes_effect_only_by_a_lock_needs_one():
    """The clock is written online, and then every controller goes through a lock."""
    git, live = Clock(servers=("a",)), Clock(servers=("b",))
    todo, allowed = asking(snap(git), snap(live), base=snap(git))
    assert todo.locked_hosts == ("controller-0",)
    assert sent(allowed) == set()
    assert allowed.plan.locked_hosts == ()
    assert "needs a lock" in in_words(allowed.holds)


def test_drift_that_locks_by_what_hangs_on_it_does_not_ride_on_a_commit_that_locks_nothing():
    git, live, fresh = Clock(servers=("a",)), Clock(servers=("b",)), Net(name="new")
    _, allowed = asking(snap(git, fresh), snap(live), base=snap(git))
    assert sent(allowed) == {"new"}
    assert allowed.plan.locked_hosts == ()


def test_a_commit_whose_effect_needs_a_lock_is_sent_where_commits_are():
    todo, allowed = asking(snap(Clock(servers=("a",))), snap(Clock(servers=("b",))))
    assert allowed.plan.id == todo.id
    assert allowed.plan.locked_hosts == ("controller-0",)


PAIR = system(host("controller-0"), host("controller-1", is_active=False), mode="duplex")


def shared_net(kind):
    """A net that both controllers have a link on."""
    links = [(h, one) for h in PAIR.hosts for one in (Iface(name="e"), Link(iface="e", net="n"))]
    return snap(Net(name="n", type=kind), *links, state=PAIR)


def test_a_commit_that_locks_a_host_twice_waits_for_an_approval_and_takes_nothing_else_along():
    want = shared_net("vlan")
    resources = {**want.resources, **snap(Net(name="new")).resources}
    todo, allowed = asking(replace(want, resources=resources), shared_net("flat"))
    assert todo.locked_hosts == ("controller-1", "controller-0", "controller-1")
    assert sent(allowed) == {"new"}
    assert "controller-1 would be locked twice" in in_words(allowed.holds)


def test_a_host_that_an_approved_plan_locks_twice_is_locked_twice():
    todo, allowed = asking(shared_net("vlan"), shared_net("flat"), approved=APPROVED)
    assert allowed.plan.id == todo.id


def worker_that_git_locks(*more, **said):
    """Worker-0 in service, which Git wants locked, with other changes of it."""
    hosts = system(host("controller-0"), host("worker-0", personality="worker", is_active=False), mode="duplex")
    want = snap(Machine(name="worker-0", administrative="locked", **said), *more, state=hosts)
    return want, snap(Machine(name="worker-0", administrative="unlocked"), state=hosts)


@pytest.mark.parametrize("heal", HealPolicy)
@pytest.mark.parametrize("base", ["pending", "drifted"])
def test_a_host_that_git_takes_out_of_service_waits_for_somebody_to_say_so(base, heal):
    want, have = worker_that_git_locks(("worker-0", Iface(name="eth0")), Net(name="a"))
    todo, allowed = asking(want, have, base=want if base == "drifted" else None, heal=heal)
    assert todo.left_locked == ("worker-0",)
    assert not allowed.plan.locked_hosts
    assert allowed.quiet.locked_hosts == ()
    assert sent(allowed) == (set() if base == "drifted" and heal is NO_HEAL else {"a"})
    if heal is not NO_HEAL or base == "pending":
        assert "Git takes worker-0 out of service, and leaves it locked" in in_words(allowed.holds)


def test_a_host_that_git_takes_out_of_service_is_locked_when_somebody_said_so():
    want, have = worker_that_git_locks(("worker-0", Iface(name="eth0")))
    todo, allowed = asking(want, have, approved=APPROVED)
    assert allowed.plan.id == todo.id
    [window] = allowed.plan.stages
    assert (window.opening, window.unlocks) == (Opening.LOCK, False)
    assert "out of service until Git says unlocked" in window.why


def test_a_closed_gate_leaves_such_a_host_in_service_whatever_else_is_said_of_it():
    want, have = worker_that_git_locks(Net(name="a"), location="row 7")
    _, allowed = asking(want, have, approved="*")
    assert allowed.plan.left_locked == ("worker-0",)
    assert allowed.quiet.left_locked == ()
    assert {change.key.name for change in allowed.quiet.changes} == {"a"}


LOCKED = system(host("controller-0", "locked"))


@pytest.mark.parametrize(
    "policy",
    [{"mode": OBSERVE}, {"mode": PLAN}, {"apply": NEVER, "heal": NO_HEAL}, {"apply": APPROVAL}, {}],
    ids=["observe", "plan", "never", "approved", "auto"],
)
def test_a_window_that_we_opened_is_closed_whatever_the_policies_say(policy):
    """An unlocked host is what we owe, also where nothing else may be sent."""
    want, have = snap(Iface(name="x", mtu=9000), state=LOCKED), snap(Iface(name="x", mtu=1500), state=LOCKED)
    _, allowed = asking(want, have, ours=("controller-0",), **policy)
    [window] = allowed.plan.stages
    assert (window.opening, window.unlocks) == (Opening.ADOPT, True)
    assert sent(allowed) == ({"x"} if not policy else set())


def test_a_window_that_is_owed_is_closed_on_a_site_with_no_difference():
    want = snap(Net(name="x"), state=LOCKED)
    _, allowed = asking(want, want, ours=("controller-0",), mode=OBSERVE)
    assert [stage.opening for stage in allowed.plan.stages] == [Opening.ADOPT]


def test_drift_may_be_mended_inside_a_window_that_is_open_already():
    """The lock is paid for: nothing is taken out of service for it."""
    git, live = Iface(name="x", mtu=9000), Iface(name="x", mtu=1500)
    _, allowed = asking(
        snap(git, state=LOCKED), snap(live, state=LOCKED), base=snap(git, state=LOCKED), ours=("controller-0",)
    )
    assert allowed.plan.locked_hosts == ()
    assert [stage.opening for stage in allowed.plan.stages] == [Opening.ADOPT]


def test_a_host_that_an_operator_locked_stays_locked():
    want, have = snap(Iface(name="x", mtu=9000), state=LOCKED), snap(Iface(name="x", mtu=1500), state=LOCKED)
    todo, allowed = asking(want, have, approved="*")
    assert todo.stages == ()
    assert "locked-by-operator" in todo.blocked[0].reason
    assert allowed.result is Result.HELD


@given(sides())
@settings(max_examples=100, deadline=None)
def test_drift_never_takes_a_host_out_of_service_unasked(both):
    want, have = both
    _, allowed = asking(want, have, base=want)
    assert allowed.plan.locked_hosts == ()


@given(sides())
@settings(max_examples=100, deadline=None)
def test_what_is_neither_sent_nor_held_is_nothing(both):
    want, have = both
    todo, allowed = asking(want, have, base=want)
    held = {c.key for c in todo.changes} - {c.key for c in allowed.plan.changes}
    assert bool(held) is bool(allowed.holds)


DESTROYING = {**KINDS, "net": replace(KINDS["net"], deletion=Deletion(is_destructive=True))}
HAVE_OSD = snap(Net(name="data"), Tag(name="t", value="site"))


def deleting(approved, *, prune=Prune.AUTO, settings=Settings(mode=APPLY, apply=AUTO)):  # noqa: B008 - frozen
    """What may be sent of a plan that deletes what is destructive to delete, and sets one value beside."""
    want = snap(Tag(name="t", value="git"))
    key = ResourceKey("net", "data")
    pruning = Pruning(Removal(key, "c1", "c2"), prune, is_destructive=True)
    gone = Change(key, Action.DELETE, None, HAVE_OSD.resources[key], pruning=pruning)
    found = compare(want, HAVE_OSD, DESTROYING)
    found = replace(found, changes=(*found.changes, gone))
    context = Context(want, HAVE_OSD)
    todo = plan(found, context, DESTROYING)
    asked = Asked(settings, todo.id if approved == APPROVED else approved)
    return permitted(found, todo, context, DESTROYING, asked)


@pytest.mark.parametrize("approved", ["", "the id of another plan", "*"])
@pytest.mark.parametrize("prune", [Prune.AUTO, Prune.PROPOSE])
def test_what_destroys_waits_for_an_approval_of_its_very_plan(approved, prune):
    allowed = deleting(approved, prune=prune)
    assert sent(allowed) == {"t"}
    assert "1 of 2 changes held: waits for approval of this very plan: deleting is destructive" in in_words(
        allowed.holds
    )


def test_what_destroys_is_sent_with_the_approval_of_its_plan():
    assert sent(deleting(APPROVED)) == {"t", "data"}


@pytest.mark.parametrize("approved", ["", "*"])
def test_making_anew_what_is_destructive_to_delete_waits_too(approved):
    want, have = snap(Net(name="x", type="vlan")), snap(Net(name="x", type="flat"))
    found, context = compare(want, have, DESTROYING), Context(want, have)
    todo = plan(found, context, DESTROYING)
    allowed = permitted(found, todo, context, DESTROYING, Asked(Settings(mode=APPLY, apply=AUTO), approved))
    assert (sent(allowed), allowed.unsent().result) == (set(), Result.HELD)


def test_what_a_site_that_is_not_asked_waits_for_is_told_with_how_far_it_is():
    kinds = {**KINDS, "net": replace(KINDS["net"], asks="a machine is bootstrapped")}
    want, have = snap(Net(name="a")), snap(absent="the site is not deployed yet: its deploy status is bootstrap-failed")
    found, context = compare(want, have, kinds, None), Context(want, have)
    allowed = permitted(found, plan(found, context, kinds), context, kinds, Asked(Settings(mode=APPLY, apply=AUTO)))
    assert in_words(allowed.holds) == (
        "1 of 1 changes held: waits for approval of this very plan: a machine is bootstrapped (the site is not deployed "
        "yet: its deploy status is bootstrap-failed)"
    )
