"""What keeps a resource from being deleted."""

from __future__ import annotations

from dataclasses import replace

from reconciler.diff import compare
from reconciler.model.change import Change, Comparison
from reconciler.model.kind import Context
from reconciler.model.words import Action
from reconciler.plan import plan
from tests.worlds import KINDS, Iface, Link, Net, key, snap

NET, IFACE = Net(name="n"), Iface(name="e")


def deleted(have, *keys):
    """The plan that deletes these."""
    changes = tuple(Change(k, Action.DELETE, None, have.resources[k]) for k in keys)
    return plan(Comparison(changes), Context(snap(), have), KINDS)


def told(todo):
    return {str(b.key): b.reason for b in todo.blocked}


def test_what_something_on_the_site_refers_to_stays():
    todo = deleted(snap(NET, IFACE, Link(iface="e", net="n")), key("net", "n"))
    assert told(todo) == {"net/n": "controller-0/link/e/n still uses it: remove that first, or with it"}
    assert todo.is_empty


def test_what_is_deleted_with_its_user_goes_after_it():
    todo = deleted(snap(NET, IFACE, Link(iface="e", net="n")), key("net", "n"), key("link", "e/n"))
    assert todo.blocked == ()
    assert [c.key.kind for c in todo.changes] == ["link", "net"]


def test_what_may_be_used_by_a_list_that_was_not_read_stays():
    have = snap(NET)
    have = replace(have, complete=have.complete - {("link", "controller-0")})
    assert told(deleted(have, key("net", "n"))) == {
        "net/n": "whether something still uses it is not known: controller-0 link was not read to its end"
    }


def test_a_list_of_another_host_that_was_not_read_keeps_nothing_of_this_one():
    have = snap(IFACE)
    have = replace(have, complete=have.complete | {("link", "controller-0")} - {("link", "controller-1")})
    assert told(deleted(have, key("iface", "e"))) == {}


def test_what_is_made_anew_waits_too_while_its_users_were_not_read():
    """Else a link would go with its net, and nobody would know to make it again."""
    want, have = snap(Net(name="n", type="vlan")), snap(Net(name="n", type="flat"))
    have = replace(have, complete=have.complete - {("link", "controller-0")})
    todo = plan(compare(want, have, KINDS), Context(want, have), KINDS)
    assert (todo.is_empty, list(told(todo))) == (True, ["net/n"])


def test_nothing_is_made_anew_while_its_own_list_was_not_read():
    """Half of what it is read from may be missing, and look like a difference."""
    want, have = snap(Net(name="n", type="vlan")), snap(Net(name="n", type="flat"))
    have = replace(have, complete=have.complete - {("net", "")})
    assert told(plan(compare(want, have, KINDS), Context(want, have), KINDS)) == {
        "net/n": "it is not deleted, or made anew, while net was not read to its end"
    }
