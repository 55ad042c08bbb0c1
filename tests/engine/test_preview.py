"""What a commit would do, told before any site is asked."""

from __future__ import annotations

import pytest

from reconciler.desired import load_site
from reconciler.engine.preview import assumed, exact, preview, rows_of
from reconciler.engine.render import snapshot
from reconciler.kinds import registry
from reconciler.model.words import Action, Disruption
from tests.desired.writing import document, site_files

KINDS = registry()
HOST = "  profile: {profile}\n  match: {{bootMAC: '08:00:27:00:00:0{number}'}}"


def hosts(names, subfunctions="[controller, worker]"):
    """Hosts of one profile each, by personality."""
    text = ""
    for number, (name, personality) in enumerate(names.items()):
        own = f"  subfunctions: {subfunctions}\n" if personality == "controller" and subfunctions else ""
        text += document(
            "HostProfile", f"p{number}", f"  personality: {personality}\n{own}  kernel: standard\n  console: tty0"
        )
        text += document("Host", name, HOST.format(profile=f"p{number}", number=number))
    return text


ONE = {"controller-0": "controller"}
TWO = ONE | {"controller-1": "controller"}
PLANT = TWO | {"worker-0": "worker"}


def said(text, name="ottawa", mode=""):
    """(site, its rendering)"""
    files = {"deployment-config.yaml": text}
    if mode:
        files["bootstrap-values.yaml"] = f"name: {name}\nsystem_mode: {mode}\n"
    site = load_site(site_files(files, name=name))
    return site, snapshot(site, KINDS, "c1")


def network(mtu, names=ONE, name="ottawa"):
    return said(hosts(names) + document("DataNetwork", "midhaul", f"  type: vlan\n  mtu: {mtu}"), name)


def previewed(before, after):
    return preview(after[0], before[1], after[1], KINDS)


def test_a_site_that_follows_git_is_assumed_in_service_and_complete():
    site, rendering = network(1500, TWO)
    have = assumed(site, rendering, KINDS)
    assert have.resources == rendering.resources
    assert {h.name: (h.in_words, h.is_active) for h in have.system.hosts.values()} == {
        "controller-0": ("unlocked-enabled-available", True),
        "controller-1": ("unlocked-enabled-available", False),
    }
    assert all(have.is_complete(kind, host) for kind in KINDS for host in ("", *TWO))


@pytest.mark.parametrize(
    ("names", "subfunctions", "mode", "expected"),
    [
        (ONE, "", "", ("simplex", "All-in-one")),
        (ONE, "[controller, worker]", "simplex", ("simplex", "All-in-one")),
        (TWO, "", "", ("duplex", "All-in-one")),
        (ONE, "", "duplex", ("duplex", "All-in-one")),
        (PLANT, "[controller, worker]", "duplex", ("duplex", "All-in-one")),
        (PLANT, "[controller]", "duplex", ("duplex", "Standard")),
        (PLANT, "", "duplex-direct", ("duplex-direct", "Standard")),
    ],
)
def test_what_the_system_is_follows_from_what_git_says_of_its_hosts(names, subfunctions, mode, expected):
    site, rendering = said(hosts(names, subfunctions), mode=mode)
    system = assumed(site, rendering, KINDS).system
    assert (system.mode, system.type) == expected


def test_a_commit_that_changes_nothing_of_a_site_plans_nothing():
    one = previewed(network(1500), network(1500))
    assert (one.found.is_empty, one.plan.is_empty, one.is_exact) == (True, True, False)


def test_a_changed_value_is_one_update_from_the_old_to_the_new():
    one = previewed(network(1500), network(9000))
    [change] = one.found.changes
    assert [(f.name, f.observed, f.desired) for f in change.fields] == [("mtu", 1500, 9000)]
    assert (one.plan.commit, one.plan.disruption) == ("c1", Disruption.NONE)


def test_a_change_that_needs_a_lock_is_priced_with_it():
    before, after = said(hosts(ONE)), said(hosts(ONE).replace("tty0", "ttyS0"))
    one = previewed(before, after)
    assert one.plan.locked_hosts == ("controller-0",)
    assert one.plan.disruption is Disruption.LOCK


def listed(hosts_, networks):
    """An inventory of two lists."""
    return {
        "/v1/isystems": {"isystems": [{"uuid": "s", "system_mode": "simplex", "system_type": "All-in-one"}]},
        "/v1/ihosts": {"ihosts": hosts_},
        "/v1/datanetworks": {"datanetworks": networks},
    }


LIVE_HOST = {
    "uuid": "u0",
    "id": 1,
    "hostname": "controller-0",
    "personality": "controller",
    "subfunctions": "controller,worker",
    "administrative": "locked",
    "operational": "disabled",
    "availability": "online",
    "invprovision": "provisioned",
}


def live_network(mtu):
    return {"uuid": "n", "id": 1, "name": "midhaul", "network_type": "vlan", "mtu": mtu, "description": None}


def test_an_inventory_makes_the_plan_exact():
    text = document("DataNetwork", "midhaul", "  type: vlan\n  mtu: 9000")
    one = exact(said(text)[1], listed([LIVE_HOST], [live_network(1400)]), KINDS)
    [change] = one.found.changes
    assert [(f.observed, f.desired) for f in change.fields] == [(1400, 9000)]
    assert one.is_exact
    assert exact(said(text)[1], listed([LIVE_HOST], [live_network(9000)]), KINDS).plan.is_empty


def test_an_inventory_shows_the_hosts_as_they_are():
    one = exact(said(hosts(ONE).replace("tty0", "ttyS0"))[1], listed([LIVE_HOST], []), KINDS)
    assert one.plan.is_empty
    assert any("locked-by-operator" in blocked.reason for blocked in one.plan.blocked)


def test_a_list_that_an_inventory_lacks_counts_as_not_read():
    inventory = listed([LIVE_HOST], [live_network(1500)])
    del inventory["/v1/datanetworks"]
    one = exact(network(1500)[1], inventory, KINDS)
    assert "data-network/midhaul" in map(str, one.found.unjudged)


def test_lists_per_host_are_known_by_the_host_s_uuid():
    inventory = listed([LIVE_HOST], []) | {
        "/v1/ihosts/u0/labels": {"labels": [{"uuid": "l"}]},
        "/v1/ihosts/gone/labels": {"labels": [{"uuid": "m"}]},
        "/v1/whatever": {"whatever": []},
        "/v1/intp": "not a list",
    }
    rows = rows_of(inventory)
    assert rows.listed["labels", "controller-0"] == ({"uuid": "l"},)
    assert ("intp", "") not in rows.listed
    assert set(rows.listed) == {("isystems", ""), ("ihosts", ""), ("datanetworks", ""), ("labels", "controller-0")}


def test_an_inventory_without_hosts_shows_the_lists_of_the_system():
    assert rows_of({}).listed == {}
    assert set(rows_of({"/v1/idns": {"idnss": []}}).listed) == {("idns", "")}


def test_what_nobody_can_create_is_assumed_to_be_there():
    """Git says a port's interface for the first time: it exists, and what it is like is not known."""
    port = "  interfaces: {ethernet: [{name: data0, class: data, mtu: 9000, port: {name: eth1}}]}\n  kernel"
    one = previewed(said(hosts(ONE)), said(hosts(ONE).replace("  kernel", port)))
    [change] = one.found.changes
    assert (str(change.key), change.action) == ("controller-0/ethernet/eth1", Action.UPDATE)
    assert ("mtu", None, 9000) in [(f.name, f.observed, f.desired) for f in change.fields]
    assert one.plan.locked_hosts == ("controller-0",)


def trusting(*secrets):
    """A site whose System names authorities; site.yaml says where they are."""
    listed = ", ".join(f"{{type: ssl_ca, secret: {name}}}" for name in secrets)
    places = "".join(f"  {name}: {{secretRef: env:{name.upper()}}}\n" for name in secrets)
    text = hosts(ONE) + document("System", "ottawa", f"  certificates: [{listed}]")
    own = (
        {"deployment-config.yaml": text, "site.yaml": f"secrets:\n{places}"}
        if secrets
        else {"deployment-config.yaml": text}
    )
    site = load_site(site_files(own))
    return site, snapshot(site, KINDS, "c1")


def test_a_certificate_that_a_commit_adds_is_told_without_its_secret():
    one = previewed(trusting("ca"), trusting("ca", "other"))
    assert [str(c.key) for c in one.found.changes] == ["certificate/ssl_ca of other"]


def test_beside_an_inventory_certificates_are_not_judged_for_secrets_are_not_read():
    _, rendering = trusting("ca")
    inventory = {
        "/v1/isystems": {"isystems": [{"uuid": "s", "name": "ottawa"}]},
        "/v1/certificate": {"certificates": []},
    }
    one = exact(rendering, inventory, KINDS)
    key = next(key for key in one.found.reasons)
    assert (str(key), one.found.reasons[key]) == ("certificate/ssl_ca of ca", "its secret is not read here")
    assert not any(c.key.kind == "certificate" for c in one.found.changes)


def test_workers_that_may_be_out_together_are_so_in_a_preview():
    names = PLANT | {"worker-1": "worker"}

    def at(console):
        text = hosts(names).replace("personality: worker\n  kernel: standard\n  console: tty0", console)
        files = {"deployment-config.yaml": text, "site.yaml": "maxWorkersOut: 2\n"}
        site = load_site(site_files(files, name="plant"))
        return site, snapshot(site, KINDS, "c1")

    worker = "personality: worker\n  kernel: standard\n  console: "
    todo = previewed(at(f"{worker}tty0"), at(f"{worker}tty1")).plan
    assert [(s.host, s.at_once) for s in todo.stages if s.opening] == [("worker-0", 2), ("worker-1", 2)]
