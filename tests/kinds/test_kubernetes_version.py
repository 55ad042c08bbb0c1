"""The Kubernetes of a site: what sysinv lists, and what VIM is asked for."""

from __future__ import annotations

import pytest

from reconciler.kinds import registry
from reconciler.model.change import Change, FieldChange
from reconciler.model.host import HostState, SystemState
from reconciler.model.kind import Context
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.rows import Rows
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Disruption

KIND = registry()["kubernetes-version"]
KEY = ResourceKey("kubernetes-version", "")
LISTED = (
    {"version": "v1.28.4", "state": "unavailable"},
    {"version": "v1.29.2", "state": "active"},
    {"version": "v1.30.6", "state": "available"},
    {"version": "v1.31.1", "state": "available"},
)


def host(name):
    facts = {"administrative": "unlocked", "operational": "enabled", "availability": "available"}
    return HostState(name, name, 1, name.split("-")[0], is_active=name == "controller-0", **facts)


ALONE = (host("controller-0"),)
LARGE = tuple(map(host, ("controller-0", "controller-1", "storage-0", "worker-0")))


STANDING = {"management-state": "managed", "availability-status": "online", "sync": {"kubernetes": "out-of-sync"}}


def changed(wanted, hosts=ALONE, listed=LISTED, strategy=None, *, by=None, standing=STANDING):
    lists = {("kube_versions", ""): listed, ("vim_strategy", ""): ({"strategy": strategy},)}
    found = Rows({**lists, ("standing", ""): (standing,)})
    have = next(iter(KIND.read(found)))
    want = Resource(KEY, KIND.spec(version=wanted, **({"by": by} if by else {})))
    mode = "simplex" if len(hosts) == 1 else "duplex"
    state = SystemState("ottawa", "u", mode, "All-in-one", "24.09", {h.name: h for h in hosts})
    sides = (Snapshot("ottawa", {KEY: one}, system=state) for one in (want, have))
    return Change(KEY, Action.UPDATE, want, have, (FieldChange("version", have.spec.version, wanted),)), Context(*sides)


def test_the_active_one_is_what_it_runs():
    change, _ = changed("v1.30.6")
    assert (change.have.version, change.have.versions) == ("v1.29.2", ("v1.30.6", "v1.31.1"))


def test_between_two_none_is_known():
    partial = tuple({**row, "state": "partial"} for row in LISTED)
    assert changed("v1.30.6", listed=partial)[0].have.version is None


def test_with_one_controller_nothing_is_locked():
    change, context = changed("v1.30.6")
    errand = next(call.errand for call in KIND.write([change], context) if call.errand)
    assert (errand.locks, KIND.disruption_of(change, context)) == (False, Disruption.SERVICE)


def test_elsewhere_each_host_with_a_kubelet_is_locked():
    change, context = changed("v1.30.6", LARGE)
    made = list(KIND.write([change], context))
    errand = next(call.errand for call in made if call.errand)
    assert errand.locked_hosts == ("controller-1", "controller-0", "worker-0")
    assert made[0].path == "/api/orchestration/kube-upgrade/strategy"
    assert made[0].body["to-version"] == "v1.30.6"
    assert KIND.disruption_of(change, context) is Disruption.REBOOT


@pytest.mark.parametrize(
    ("wanted", "hosts", "word"),
    [
        ("v1.28.4", ALONE, "does not go back"),
        ("v1.99.0", ALONE, "it offers v1.30.6, v1.31.1"),
        ("v1.31.1", LARGE, "one minor version at a time: say v1.30"),
        ("v1.31.1", ALONE, ""),
        ("v1.30.6", LARGE, ""),
    ],
)
def test_what_it_cannot_go_to_is_said_with_what_it_takes(wanted, hosts, word):
    told = KIND.why_not(*changed(wanted, hosts))
    assert word in told if word else told == ""


def test_a_strategy_of_another_type_stands_in_the_way():
    told = KIND.why_not(*changed("v1.30.6", strategy={"name": "sw-upgrade", "state": "aborted"}))
    assert "VIM keeps a sw-upgrade strategy that is aborted" in told


def test_dcmanagers_strategy_is_ordered_where_git_says_so_and_it_would_do_it():
    change, context = changed("v1.30.6", by="dcmanager")
    (call,) = KIND.write([change], context)
    assert call.body == {"type": "kubernetes", "to-version": "v1.30.6"}
    assert call.errand.strategy == "kubernetes"
    in_sync = {**STANDING, "sync": {"kubernetes": "in-sync"}}
    change, context = changed("v1.30.6", by="dcmanager", standing=in_sync)
    (why,) = [call.errand.why for call in KIND.write([change], context) if call.errand]
    assert why == "to dcmanager its kubernetes is in-sync with the centre's"
    change, context = changed("v1.30.6", by="dcmanager", standing={"unread": "dark"})
    assert "not known yet: dark" in KIND.impossible(change, context)
