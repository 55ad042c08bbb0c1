"""Changes in, stages out: order, windows, prices."""

from __future__ import annotations

from dataclasses import replace

from reconciler.diff import Present, compare, with_unapplied
from reconciler.model.change import Change
from reconciler.model.kind import Context
from reconciler.model.plan import Opening, StageType
from reconciler.model.stored import Stored, targets_of
from reconciler.model.words import Action, Disruption, Needs
from reconciler.plan import plan
from tests.worlds import KINDS, After, Clock, Iface, Link, Machine, Net, Tag, host, key, snap, system


def planned(desired, observed, ours=()):
    return plan(compare(desired, observed, KINDS), Context(desired, observed), KINDS, ours, "c0ffee")


def shape(todo):
    return [(s.type.value, s.host, [(x.kind, [c.method for c in x.calls]) for x in s.steps]) for s in todo.stages]


def test_in_sync_is_an_empty_plan():
    same = snap(Net(name="a", mtu=1500))
    assert planned(same, same).stages == ()


def test_what_needs_no_lock_is_online():
    todo = planned(snap(Net(name="a"), Tag(name="t", value="1")), snap())
    assert shape(todo) == [("online", "", [("net", ["POST"]), ("tag", ["POST"])])]
    assert todo.disruption is Disruption.NONE


def test_a_host_is_locked_once_for_all_its_changes_and_unlocked():
    todo = planned(snap(Net(name="a"), Iface(name="eth0", mtu=9000), Link(iface="eth0", net="a")), snap())
    _, window = todo.stages
    assert (window.opening, window.unlocks, window.disruption) == (Opening.LOCK, True, Disruption.LOCK)
    assert shape(todo)[1][2] == [("iface", ["POST"]), ("link", ["POST"])]
    assert todo.locked_hosts == ("controller-0",)


def test_replacing_what_others_refer_to_replaces_them_around_it_in_one_window():
    same = [Iface(name="eth0"), Link(iface="eth0", net="a")]
    todo = planned(snap(Net(name="a", type="vlan"), *same), snap(Net(name="a", type="flat"), *same))
    [window] = todo.stages
    assert [(x.kind, [c.method for c in x.calls]) for x in window.steps] == [
        ("link", ["DELETE"]),
        ("net", ["DELETE"]),
        ("net", ["POST"]),
        ("link", ["POST"]),
    ]


def test_configuration_that_takes_effect_at_a_lock_is_sent_before_every_window():
    duplex = system(host("controller-0"), host("controller-1", is_active=False), mode="duplex")
    todo = planned(snap(Clock(servers=("a",)), state=duplex), snap(Clock(servers=("b",)), state=duplex))
    assert [(s.type, s.host) for s in todo.stages] == [
        (StageType.ONLINE, ""),
        (StageType.WINDOW, "controller-1"),
        (StageType.SWACT, "controller-0"),
        (StageType.WINDOW, "controller-0"),
    ]


def test_the_standby_controller_is_locked_before_the_active_and_workers_last():
    hosts = system(
        host("worker-0", personality="worker"),
        host("controller-0"),
        host("controller-1", is_active=False),
        host("storage-0", personality="storage"),
        mode="duplex",
    )
    wanted = [(h, Iface(name="eth0", mtu=9000)) for h in hosts.hosts]
    todo = planned(
        snap(*wanted, state=hosts), snap(*((h, Iface(name="eth0", mtu=1500)) for h in hosts.hosts), state=hosts)
    )
    order = [s.host for s in todo.stages if s.type is StageType.WINDOW]
    assert order == ["controller-1", "controller-0", "storage-0", "worker-0"]


def test_a_host_that_never_was_in_service_costs_nothing_and_is_unlocked_where_git_says_so():
    new = system(host("controller-0", "new"))
    unlocked = [Machine(name="controller-0", administrative="unlocked"), Iface(name="eth0")]
    shown = [Machine(name="controller-0", administrative="locked")]
    [window] = planned(snap(*unlocked, state=new), snap(*shown, state=new)).stages
    assert (window.opening, window.unlocks, window.disruption) == (Opening.LOCKED, True, Disruption.NONE)


def test_a_host_that_git_does_not_describe_is_not_locked_for_what_is_system_wide():
    pair = system(host("controller-0"), host("controller-1", is_active=False), mode="duplex")
    described = Machine(name="controller-1")
    todo = planned(snap(Clock(servers=("a",)), described, state=pair), snap(Clock(servers=()), described, state=pair))
    assert todo.locked_hosts == ("controller-1",)
    assert [s.why for s in todo.stages if not s.host] == [
        "not locked for it, for Git does not describe them: controller-0"
    ]


def test_a_host_that_git_does_not_unlock_stays_locked():
    new = system(host("controller-0", "new"))
    [window] = planned(snap(Iface(name="eth0"), state=new), snap(state=new)).stages
    assert (window.opening, window.unlocks) == (Opening.LOCKED, False)


def test_a_host_that_a_person_locked_stays_locked():
    theirs = system(host("controller-0", "locked"))
    wanted = [Machine(name="controller-0", administrative="unlocked"), Iface(name="eth0")]
    todo = planned(
        snap(*wanted, state=theirs), snap(Machine(name="controller-0", administrative="locked"), state=theirs)
    )
    assert todo.stages == ()
    assert all("locked-by-operator" in b.reason for b in todo.blocked)
    assert len(todo.blocked) == 2


def test_a_window_that_we_opened_is_adopted_and_closed_even_with_nothing_left_to_do():
    ours = system(host("controller-0", "locked"))
    same = snap(Net(name="a"), state=ours)
    [window] = planned(same, same, ours=["controller-0"]).stages
    assert (window.opening, window.unlocks, window.steps) == (Opening.ADOPT, True, ())


def test_what_needs_the_host_in_service_comes_after_its_window():
    todo = planned(snap(Iface(name="eth0"), After(name="x")), snap())
    assert [(s.type.value, [x.kind for x in s.steps]) for s in todo.stages] == [
        ("window", ["iface"]),
        ("online", ["after"]),
    ]


def test_the_id_is_of_the_work_and_not_of_commit_time_or_uuid():
    desired, observed = snap(Net(name="a", mtu=1)), snap(Net(name="a", mtu=2))
    other = snap(Net(name="a", mtu=3))
    assert planned(desired, observed).id == planned(desired, observed).id
    assert planned(desired, observed).id != planned(desired, other).id


def test_there_is_no_delete_but_inside_a_replacement():
    observed = snap(Net(name="a"), Net(name="b"), Link(iface="eth9", net="b"), Tag(name="t"))
    desired = snap(Net(name="a"), owned=frozenset({("link", "controller-0", "eth9")}))
    todo = planned(desired, observed)
    assert [c.method for s in todo.stages for x in s.steps for c in x.calls if c.method == "DELETE"] == []


def test_a_system_wide_change_that_needs_hosts_in_service_waits_for_the_controllers_alone():
    kinds = {**KINDS, "net": replace(KINDS["net"], needs=Needs.UNLOCKED)}
    hosts = system(host("controller-0"), host("worker-0", personality="worker"), mode="duplex")
    ifaces = [("controller-0", Iface(name="eth0", mtu=9000)), ("worker-0", Iface(name="eth0", mtu=9000))]
    desired, observed = snap(Net(name="a"), *ifaces, state=hosts), snap(state=hosts)
    todo = plan(compare(desired, observed, kinds), Context(desired, observed), kinds)
    order = [s.host or "online" for s in todo.stages if s.type is not StageType.SWACT]
    assert order == ["controller-0", "online", "worker-0"]


def test_a_change_may_wait_for_another_host_to_be_in_service():
    kinds = {**KINDS, "tag": replace(KINDS["tag"], waits_for=lambda _change, _context: ["worker-0"])}
    hosts = system(host("controller-0"), host("worker-0", personality="worker"), mode="duplex")
    desired = snap(("controller-0", Tag(name="t")), ("worker-0", Iface(name="eth0", mtu=9000)), state=hosts)
    observed = snap(state=hosts)
    todo = plan(compare(desired, observed, kinds), Context(desired, observed), kinds)
    assert [s.host or "online" for s in todo.stages] == ["worker-0", "online"]


def test_a_host_is_left_alone_until_it_is_installed_and_online():
    hosts = system(
        host("controller-0"), host("worker-0", "new", personality="worker", availability="offline", inv_state="")
    )
    wanted = [("worker-0", Iface(name="eth0")), Machine(name="worker-0", administrative="unlocked")]
    todo = planned(snap(*wanted, state=hosts), snap(Machine(name="worker-0", administrative="locked"), state=hosts))
    assert todo.stages == ()
    assert {b.reason for b in todo.blocked} == {
        "worker-0 is locked-disabled-offline: it is configured once it is installed and online; 1 resource follows"
    }


def test_a_new_host_whose_own_change_is_refused_is_prepared_and_stays_locked():
    kinds = {**KINDS, "machine": replace(KINDS["machine"], impossible=lambda _change, _context: "waits for another")}
    new = system(host("controller-0", "new"))
    desired = snap(Machine(name="controller-0", administrative="unlocked"), Iface(name="eth0"), state=new)
    observed = snap(Machine(name="controller-0", administrative="locked"), state=new)
    [window] = plan(compare(desired, observed, kinds), Context(desired, observed), kinds).stages
    assert (window.unlocks, [s.kind for s in window.steps]) == (False, ["iface"])


def test_what_refers_to_something_that_cannot_be_made_waits_for_it():
    kinds = {**KINDS, "net": replace(KINDS["net"], impossible=lambda _change, _context: "never")}
    desired = snap(Net(name="a"), Iface(name="eth0"), Link(iface="eth0", net="a"))
    todo = plan(compare(desired, snap(Iface(name="eth0")), kinds), Context(desired, snap()), kinds)
    assert todo.stages == ()
    assert [b.reason for b in todo.blocked] == ["waits for net/a, which is blocked", "never"]


def test_a_window_that_was_journaled_and_never_locked_locks_nothing():
    """The process died between its note and the lock: the host is in service, and nothing is left to do."""
    same = snap(Net(name="a"))
    assert planned(same, same, ours=["controller-0"]).stages == ()


def test_a_window_that_is_on_its_way_back_is_left_to_end_by_itself():
    same = snap(Net(name="a"), state=system(host("controller-0", "locked", task="Unlocking")))
    assert planned(same, same, ours=["controller-0"]).stages == ()


PAIR = system(host("controller-0"), host("controller-1", is_active=False), mode="duplex")


def shared_net(kind: str, state=PAIR):
    """A net that both controllers have a link on."""
    links = [(h, one) for h in state.hosts for one in (Iface(name="eth0"), Link(iface="eth0", net="a"))]
    return snap(Net(name="a", type=kind), *links, state=state)


def test_replacing_what_two_hosts_use_locks_one_of_them_twice_and_says_why():
    todo = planned(shared_net("vlan"), shared_net("flat"))
    assert [(s.type.value, s.host) for s in todo.stages] == [
        ("window", "controller-1"),
        ("swact", "controller-0"),
        ("window", "controller-0"),
        ("swact", "controller-1"),
        ("window", "controller-1"),
    ]
    assert todo.locked_twice == {"controller-1": "a second lock: link eth0/a waits until net a is done"}
    assert todo.blocked == ()


def test_a_window_that_is_open_ends_before_its_host_is_locked_again():
    locked = system(host("controller-0"), host("controller-1", "locked", is_active=False), mode="duplex")
    todo = planned(shared_net("vlan", locked), shared_net("flat", locked), ours=["controller-1"])
    windows = [(s.host, s.opening) for s in todo.stages if s.type is StageType.WINDOW]
    assert windows == [
        ("controller-1", Opening.ADOPT),
        ("controller-0", Opening.LOCK),
        ("controller-1", Opening.LOCK),
    ]


def test_a_host_whose_first_window_would_do_nothing_is_locked_once():
    """Its link is gone already; only the new one is to come, after the net that the other host still holds."""
    have = shared_net("flat")
    gone = {k: r for k, r in have.resources.items() if k != key("link", "eth0/a", "controller-1")}
    todo = planned(shared_net("vlan"), replace(have, resources=gone))
    assert (todo.locked_hosts, todo.locked_twice) == (("controller-0", "controller-1"), {})


def test_what_only_goes_with_an_unlock_gives_way_in_a_second_window_of_the_same_plan():
    kinds = {**KINDS, "link": replace(KINDS["link"], waits_for=lambda change, _: [change.key.host])}
    links = {"state": system(host("controller-0"))}
    desired, observed = snap(Iface(name="b", mtu=9000), Link(iface="b", net="n"), **links), snap(**links)
    todo = plan(compare(desired, observed, kinds), Context(desired, observed), kinds)
    assert [[s.kind for s in stage.steps] for stage in todo.stages] == [["iface"], ["link"]]
    assert todo.locked_hosts == ("controller-0", "controller-0")


def test_kinds_know_what_the_plan_deletes_for_good():
    seen = []
    kinds = {**KINDS, "net": replace(KINDS["net"], impossible=lambda _change, context: seen.append(context.going))}
    have = snap(Tag(name="t"))
    found = compare(snap(Net(name="a")), have, kinds)
    gone = Change(key("tag", "t"), Action.DELETE, None, have.resources[key("tag", "t")])
    plan(replace(found, changes=(*found.changes, gone)), Context(snap(Net(name="a")), have), kinds)
    assert seen == [{key("tag", "t")}]


def test_what_is_set_again_is_set_back_first_and_locks_its_hosts_once():
    want, before = snap(Clock(servers=("new",))), snap(Clock(servers=("old",)))
    note = Stored(before.resources[key("clock", "")], want.resources[key("clock", "")], targets_of(want))
    found = with_unapplied(compare(want, want, KINDS), Present(want, want), [note], KINDS)
    todo = plan(found, Context(want, want), KINDS)
    set_to = [[c.want.servers for c in step.changes] for stage in todo.stages for step in stage.steps]
    assert set_to == [[("old",)], [("new",)]]
    assert todo.locked_hosts == ("controller-0",)


def test_what_is_stored_already_locks_only_the_hosts_that_lack_it_and_sends_nothing():
    owing = {"config_target": "f5", "config_applied": "a1"}
    pair = system(host("controller-0", **owing), host("controller-1", is_active=False), mode="duplex")
    want, base = snap(Clock(servers=("new",)), state=pair), snap(Clock(servers=("old",)))
    todo = plan(compare(want, want, KINDS, base), Context(want, want), KINDS)
    assert todo.locked_hosts == ("controller-0",)
    assert [call for stage in todo.stages for step in stage.steps for call in step.calls] == []
