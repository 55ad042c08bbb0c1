"""What was removed from Git: three-way, proved, carried; and when nothing is deleted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from reconciler.diff import Past, Present, compare, gone, let_go, prunings, removals, with_deletes
from reconciler.model.origin import Origin
from reconciler.model.removal import Removal, RemovedValue
from reconciler.model.site import Settings
from reconciler.model.words import Action, Cause, Prune
from tests.worlds import KINDS, Iface, Link, Machine, Net, Tag, key, snap

HERE = Machine(name="controller-0")
A, B = Net(name="a", mtu=1500), Net(name="b")
REMOVED = key("net", "a")


def git(*specs, commit="c1", **facts):
    return replace(snap(HERE, *specs, **facts), revision=commit)


def looked(base, head, observed, **past):
    """The removals of one look; what the base had and the head has not was removed by c2."""
    older = {"c1": base} if base else {}
    known = Past(base, **{"older": older, **past})
    commits = dict.fromkeys(gone(base, head, KINDS), "c2") if base else {}
    return removals(Present(head, observed), known, commits, KINDS)


PROPOSING = Settings()


def deletes(base, head, observed, settings=PROPOSING, **past):
    """The deletes that are planned of it."""
    now = Present(head, observed)
    known = looked(base, head, observed, **past)
    todo = prunings(known, settings, KINDS)
    found = let_go(compare(head, observed, KINDS, base), known)
    return [c for c in with_deletes(found, now, base, todo, KINDS).changes if c.action is Action.DELETE]


def keys(removed):
    return [r.key for r in removed]


def test_what_a_commit_removed_and_the_site_has_is_open():
    found = looked(git(A, B), git(B), snap(A, B))
    assert keys(found.open) == [REMOVED]
    assert (found.open[0].base, found.open[0].commit) == ("c1", "c2")


def test_a_removal_is_planned_as_a_delete_that_says_why():
    [change] = deletes(git(A), git(), snap(A))
    assert (change.key, change.action, change.cause) == (REMOVED, Action.DELETE, Cause.PENDING)
    assert (change.desired, change.have) == (None, A)
    assert change.pruning.in_words == "proposed: needs approval"


def test_what_a_person_made_on_the_site_is_unmanaged_and_stays():
    found = looked(git(), git(), snap(A))
    assert found.open == ()
    assert deletes(git(), git(), snap(A)) == []


def test_an_empty_list_deletes_only_what_the_base_had():
    """`[]` on a list that is owned by key: b was never said."""
    assert [c.key for c in deletes(git(A), git(), snap(A, B))] == [REMOVED]


def test_what_is_gone_from_the_site_needs_no_delete():
    assert deletes(git(A), git(), snap()) == []


def test_an_attribute_that_is_not_said_any_more_is_let_go_of():
    assert deletes(git(A), git(Net(name="a")), snap(A)) == []


def test_a_removal_is_carried_past_the_base_that_proved_it():
    """The site followed c2 but for the delete: its base moved on, and the removal is proved by c1."""
    [carried] = looked(git(A), git(), snap(A)).carried
    later = looked(git(commit="c2"), git(commit="c3"), snap(A), older={"c1": git(A)}, carried=(carried,))
    assert later.open == (carried,)


def test_removal_put_back_in_git_is_over():
    carried = Removal(REMOVED, "c1", "c2")
    found = looked(git(A), git(A), snap(A), carried=(carried,))
    assert (found.open, found.ended, found.carried) == ((), (REMOVED,), ())


def test_a_removal_that_was_applied_is_over():
    carried = Removal(REMOVED, "c1", "c2")
    found = looked(git(), git(), snap(), carried=(carried,))
    assert (found.open, found.ended, found.carried) == ((), (REMOVED,), ())


def test_declined_removal_is_kept_in_mind_and_never_deleted():
    declined = Removal(REMOVED, "c1", "c2", is_declined=True)
    found = looked(git(A), git(), snap(A), carried=(declined,))
    assert (found.open, found.declined, found.carried) == ((), (declined,), (declined,))
    assert deletes(git(A), git(), snap(A), carried=(declined,)) == []


def test_incomplete_listing_deletes_nothing():
    half = snap(A, Tag(name="t"))
    half = replace(half, complete=half.complete - {("net", "")})
    found = looked(git(A, Tag(name="t")), git(), half)
    assert keys(found.open) == [key("tag", "t")]
    assert keys(found.unread) == [REMOVED]
    assert REMOVED in keys(found.carried)


def test_incomplete_listing_of_one_host_says_nothing_of_another():
    where = "controller-1"
    both = (HERE, Machine(name=where), ("controller-0", Tag(name="t")), (where, Tag(name="t")))
    observed = replace(snap(*both[2:]), complete=frozenset({("tag", where)}))
    found = looked(snap(*both), snap(*both[:2]), observed)
    assert keys(found.open) == [key("tag", "t", where)]


def test_base_gone_deletes_nothing_and_says_so():
    carried = Removal(REMOVED, "c1", "c2")
    found = looked(None, git(), snap(A), carried=(carried,), older={"c1": git(A)}, blind="no base")
    assert (found.open, found.unproved, found.blind) == ((), (carried,), "no base")
    assert deletes(None, git(), snap(A), carried=(carried,), older={"c1": git(A)}) == []


def test_store_lost_deletes_nothing_also_of_lists_that_git_says_whole():
    owned = frozenset({("link", "controller-0", "e")})
    head, observed = git(Iface(name="e"), owned=owned), snap(Iface(name="e"), Link(iface="e", net="n"))
    assert deletes(None, head, observed) == []
    assert keys(compare(head, observed, KINDS).extra) == [key("link", "e/n")]


def test_history_rewritten_leaves_what_is_carried_unproved():
    """The commit that proved it is in nobody's history any more."""
    carried = Removal(REMOVED, "old", "c2")
    found = looked(git(), git(), snap(A), carried=(carried,), older={"old": None})
    assert (found.open, found.unproved, found.carried) == ((), (carried,), (carried,))


def test_renderer_changed_between_versions_is_reported_and_never_deletes():
    """An older program read c1 as having a; today's does not, from the same files."""
    found = looked(git(), git(), snap(A), remembered=frozenset({REMOVED}))
    assert (found.open, found.renderer) == ((), (REMOVED,))
    assert deletes(git(), git(), snap(A), remembered=frozenset({REMOVED})) == []


def test_renderer_changed_between_versions_unproves_what_is_carried():
    carried = Removal(REMOVED, "c1", "c2")
    found = looked(git(), git(), snap(A), carried=(carried,))
    assert (found.open, found.unproved) == ((), (carried,))


def test_what_was_let_go_of_in_another_way_is_no_removal():
    """Its site was not managed in between: no commit of this site removed it."""
    found = removals(Present(git(), snap(A)), Past(git(A)), {}, KINDS)
    assert found.open == ()


def test_the_resources_of_a_host_that_git_drops_are_not_deleted_one_by_one():
    base = snap(HERE, Machine(name="worker-0"), ("worker-0", Tag(name="t")))
    assert gone(base, snap(HERE), KINDS).keys() == {key("machine", "worker-0")}


def test_uncommitted_edits_are_shown_and_not_carried():
    base, head = git(A), git()
    found = removals(Present(head, snap(A)), Past(base), {REMOVED: ""}, KINDS)
    assert (keys(found.open), found.carried) == ([REMOVED], ())


def test_an_extra_member_of_a_whole_list_is_drift_that_a_delete_mends():
    owned = frozenset({("link", "controller-0", "e")})
    head, observed = git(Iface(name="e"), owned=owned), snap(Iface(name="e"), Link(iface="e", net="n"))
    [change] = deletes(git(Iface(name="e"), owned=owned), head, observed)
    assert (change.cause, change.pruning) == (Cause.DRIFTED, None)


def test_a_member_that_git_took_out_of_a_whole_list_is_a_change_of_git():
    owned = frozenset({("link", "controller-0", "e")})
    link = Link(iface="e", net="n")
    head, observed = git(Iface(name="e"), owned=owned), snap(Iface(name="e"), link)
    [change] = deletes(git(Iface(name="e"), link, owned=owned), head, observed)
    assert (change.cause, change.pruning) == (Cause.PENDING, None)


LINK = Link(iface="e", net="n")
WHOLE = frozenset({("link", "controller-0", "e")})
TAKEN = Removal(key("link", "e/n"), "c1", "c2")


@pytest.mark.parametrize(
    ("carried", "prune", "expected"),
    [
        (TAKEN, Prune.PROPOSE, ["proposed: needs approval"]),
        (TAKEN, Prune.NEVER, []),
        (replace(TAKEN, is_declined=True), Prune.AUTO, []),
    ],
)
def test_a_list_that_is_said_whole_later_changes_nothing_for_what_was_removed_before(carried, prune, expected):
    """Removed while its list was owned by key; then Git says the list whole, and it is an extra member too."""
    head = git(Iface(name="e"), owned=WHOLE, commit="c3")
    base, observed = git(Iface(name="e"), commit="c2"), snap(Iface(name="e"), LINK)
    proof = {"c1": git(Iface(name="e"), LINK)}
    found = deletes(base, head, observed, Settings(prune={"default": prune}), older=proof, carried=(carried,))
    assert [c.pruning and c.pruning.in_words for c in found] == expected


@pytest.mark.parametrize(
    ("prune", "expected"),
    [
        ({}, [Prune.PROPOSE]),
        ({"default": Prune.AUTO}, [Prune.AUTO]),
        ({"default": Prune.AUTO, "net": Prune.NEVER}, []),
        ({"net": Prune.AUTO}, [Prune.AUTO]),
    ],
)
def test_the_policy_of_a_kind_goes_before_the_default(prune, expected):
    assert [c.pruning.policy for c in deletes(git(A), git(), snap(A), Settings(prune=prune))] == expected


def test_a_kind_that_cannot_be_deleted_is_let_go_of():
    keeping = {**KINDS, "net": replace(KINDS["net"], deletion=type(KINDS["net"].deletion)(never="it stays"))}
    assert gone(git(A), git(), keeping) == {}


def test_the_removed_block_is_told_with_its_places_and_without_its_secrets():
    base = git(A)
    place = Origin("subclouds/x/deployment-config.yaml", 7)
    told = replace(base.resources[REMOVED], origin=place, origins={"mtu": Origin(place.file, 9)})
    base = replace(base, resources={**base.resources, REMOVED: told})
    [removal] = looked(base, git(), snap(A)).open
    assert removal.where == f"{place.file}:7"
    assert removal.said == (
        RemovedValue("mtu", "1500", f"{place.file}:9"),
        RemovedValue("name", "a", f"{place.file}:7"),
    )


def test_a_secret_is_masked_also_inside_a_list():
    base = git(A)
    hidden = A.model_copy(update={"mtu": (SecretStr("hunter2"),)})
    base = replace(base, resources={**base.resources, REMOVED: replace(base.resources[REMOVED], spec=hidden)})
    [removal] = looked(base, git(), snap(A)).open
    assert "hunter2" not in str(removal)
    assert removal.said[0].value == "[**********]"
