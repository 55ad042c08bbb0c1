"""Interfaces, their networks, addresses and routes, PTP and labels: what is taken, what is refused, what follows."""

from __future__ import annotations

import pytest

HOST = "controller-0"


@pytest.fixture
def free(simplex):
    """Uuids of the interfaces that have no class."""
    rows = simplex.get(f"/ihosts/{HOST}/iinterfaces")["iinterfaces"]
    return [row for row in rows if row["ifclass"] is None and row["iftype"] == "ethernet"]


@pytest.fixture
def bond(simplex, free):
    uses = [free[0]["ifname"], free[1]["ifname"]]
    return make(
        simplex, ifname="bond0", iftype="ae", ifclass="platform", aemode="802.3ad", txhashpolicy="layer2", uses=uses
    )


def make(api, **values):
    return api.ok("POST", "/iinterfaces", {"ihost_uuid": api.host(HOST)["uuid"], **values})


def test_a_bond_takes_its_members_and_sets_their_mtu(simplex, free, bond):
    simplex.patch(f"/iinterfaces/{bond['uuid']}", imtu=9000)
    members = [simplex.interface(HOST, free[place]["ifname"]) for place in (0, 1)]
    assert [row["imtu"] for row in members] == [9000, 9000]
    assert [row["used_by"] for row in members] == [["bond0"], ["bond0"]]
    simplex.ok("DELETE", f"/iinterfaces/{bond['uuid']}")
    assert simplex.interface(HOST, free[0]["ifname"])["imtu"] == 1500


def test_a_member_cannot_be_in_two_bonds(simplex, free, bond):
    body = {"ihost_uuid": simplex.host(HOST)["uuid"], "ifname": "bond1", "iftype": "ae", "ifclass": "platform",
            "aemode": "802.3ad", "txhashpolicy": "layer2", "uses": [free[1]["ifname"], free[2]["ifname"]]}  # fmt: skip
    text = f"Interface '{free[1]['ifname']}' is already used by another 'aggregated ethernet' interface 'bond0'"
    assert simplex.refusal("POST", "/iinterfaces", body) == (400, text)


def test_a_rename_is_followed_by_those_that_use_it(simplex, bond):
    make(simplex, ifname="vlan7", iftype="vlan", ifclass="platform", vlan_id=7, uses=["bond0"])
    simplex.patch(f"/iinterfaces/{bond['uuid']}", ifname="trunk0")
    assert simplex.interface(HOST, "vlan7")["uses"] == ["trunk0"]


def test_a_bond_in_use_stays(simplex, bond):
    make(simplex, ifname="vlan7", iftype="vlan", ifclass="platform", vlan_id=7, uses=["bond0"])
    text = "Cannot delete interface bond0, still in use by vlan7"
    assert simplex.refusal("DELETE", f"/iinterfaces/{bond['uuid']}") == (400, text)


def test_virtual_functions_appear_after_a_while(simplex, free):
    simplex.patch(f"/iinterfaces/{free[0]['uuid']}", ifclass="pci-sriov", sriov_numvfs=4, ifname="sriov0")
    port = lambda: simplex.get(f"/iinterfaces/{free[0]['uuid']}/ports")["ports"][0]  # noqa: E731
    assert port()["sriov_numvfs"] == 0
    simplex.system.settle()
    assert port()["sriov_numvfs"] == 4
    assert len(port()["sriov_vfs_pci_address"].split(",")) == 4


def test_unlock_waits_for_virtual_functions(simplex, free):
    from .conftest import give_oam

    give_oam(simplex, HOST)
    simplex.system.settle()
    row = simplex.interface(HOST, free[2]["ifname"])
    simplex.patch(f"/iinterfaces/{row['uuid']}", ifclass="pci-sriov", sriov_numvfs=4)
    _, text = simplex.refusal("PATCH", f"/ihosts/{HOST}", [{"op": "replace", "path": "/action", "value": "unlock"}])
    assert "Please wait a few minutes for inventory update" in text


def test_an_assignment_gives_a_class_even_when_it_is_refused(simplex, free):
    network = simplex.ok("POST", "/datanetworks", {"name": "jumbo", "network_type": "flat", "mtu": 9000})
    body = {"interface_uuid": free[0]["uuid"], "datanetwork_uuid": network["uuid"]}
    assert simplex.refusal("POST", "/interface_datanetworks", body)[0] == 400
    assert simplex.get(f"/iinterfaces/{free[0]['uuid']}")["ifclass"] == "data"


class TestAddresses:
    @pytest.fixture
    def data(self, simplex, free):
        return simplex.patch(f"/iinterfaces/{free[0]['uuid']}", ifclass="data", ipv4_mode="static")

    def give(self, api, data, address="192.0.2.10"):
        return api.ok("POST", "/addresses", {"interface_uuid": data["uuid"], "address": address, "prefix": 24})

    def route(self, data, **values):
        body = {"network": "198.51.100.0", "prefix": 24, "gateway": "192.0.2.1", "metric": 1}
        return {"interface_uuid": data["uuid"], **body, **values}

    def test_an_address_needs_the_static_mode(self, simplex, free):
        simplex.patch(f"/iinterfaces/{free[0]['uuid']}", ifclass="data")
        body = {"interface_uuid": free[0]["uuid"], "address": "192.0.2.10", "prefix": 24}
        text = "IPv4 interface address mode must be 'static' to add addresses"
        assert simplex.refusal("POST", "/addresses", body) == (404, text)

    def test_a_route_holds_its_address(self, simplex, data):
        address = self.give(simplex, data)
        simplex.ok("POST", "/routes", self.route(data))
        status, text = simplex.refusal("DELETE", f"/addresses/{address['uuid']}")
        assert (status, text.split(" to ")[0]) == (409, "Address 192.0.2.10 is in use by a route")

    def test_disabling_the_mode_takes_both_away_silently(self, simplex, data):
        self.give(simplex, data)
        simplex.ok("POST", "/routes", self.route(data))
        simplex.patch(f"/iinterfaces/{data['uuid']}", ipv4_mode="disabled")
        assert simplex.get("/routes") == {"routes": []}
        assert simplex.get(f"/iinterfaces/{data['uuid']}/addresses") == {"addresses": []}

    def test_a_gateway_of_its_own_crashes_the_check(self, simplex, data):
        self.give(simplex, data)
        body = self.route(data, gateway="192.0.2.10")
        assert simplex.refusal("POST", "/routes", body) == (500, "argument of type 'NoneType' is not iterable")

    def test_another_metric_is_a_duplicate_and_another_gateway_is_not(self, simplex, data):
        self.give(simplex, data)
        simplex.ok("POST", "/routes", self.route(data))
        assert simplex.refusal("POST", "/routes", self.route(data, metric=2))[0] == 409
        simplex.ok("POST", "/routes", self.route(data, gateway="192.0.2.2"))

    def test_addresses_need_a_locked_host(self, running):
        row = running.get(f"/ihosts/{HOST}/iinterfaces")["iinterfaces"][0]
        body = {"interface_uuid": row["uuid"], "address": "192.0.2.10", "prefix": 24}
        status, text = running.refusal("POST", "/addresses", body)
        assert (status, text.endswith("administrative state = unlocked.")) == (500, True)


class TestPtp:
    def test_ids_are_one_sequence_and_assignment_takes_ids_only(self, simplex, free):
        instance = simplex.ok("POST", "/ptp_instances", {"name": "ptp1", "service": "ptp4l"})
        body = {"name": "if1", "ptp_instance_uuid": instance["uuid"]}
        interface = simplex.ok("POST", "/ptp_interfaces", body)
        assert (instance["id"], interface["id"]) == (1, 2)
        add = lambda value: [{"op": "add", "path": "/ptp_interfaces/-", "value": value}]  # noqa: E731
        path = f"/iinterfaces/{free[0]['uuid']}"
        assert simplex.refusal("PATCH", path, add(interface["uuid"]))[0] == 500
        simplex.ok("PATCH", path, add(2))
        assert simplex.refusal("PATCH", path, add(2))[0] == 409

    def test_another_value_is_another_parameter(self, simplex):
        instance = simplex.ok("POST", "/ptp_instances", {"name": "ptp1", "service": "ptp4l"})
        path = f"/ptp_instances/{instance['uuid']}"
        for value in ("domainNumber=24", "domainNumber=25"):
            shown = simplex.ok("PATCH", path, [{"op": "add", "path": "/ptp_parameters/-", "value": value}])
        assert shown["parameters"] == {"global": ["domainNumber=24", "domainNumber=25"]}

    def test_a_ptp_clock_needs_an_instance_to_unlock(self, simplex):
        from .conftest import give_oam

        give_oam(simplex, HOST)
        simplex.patch(f"/ihosts/{HOST}", clock_synchronization="ptp")
        simplex.system.settle()
        _, text = simplex.refusal("PATCH", f"/ihosts/{HOST}", [{"op": "replace", "path": "/action", "value": "unlock"}])
        assert text.startswith("Hosts with PTP clock synchronization must have")


def test_labels_are_all_or_nothing(simplex):
    host = simplex.host(HOST)["uuid"]
    simplex.ok("POST", f"/labels/{host}", {"a": "1"})
    assert simplex.refusal("POST", f"/labels/{host}", {"b": "2", "a": "9"})[0] == 400
    assert [row["label_key"] for row in simplex.get(f"/ihosts/{HOST}/labels")["labels"]] == ["a"]
    simplex.ok("POST", f"/labels/{host}?overwrite=true", {"b": "2", "a": "9"})
    assert {row["label_key"]: row["label_value"] for row in simplex.get(f"/ihosts/{HOST}/labels")["labels"]} == {
        "a": "9",
        "b": "2",
    }


def test_special_labels_need_the_lock(running):
    host = running.host(HOST)["uuid"]
    running.ok("POST", f"/labels/{host}", {"env": "prod"})
    text = "Host controller-0 must be locked for label(s)=['sriovdp']."
    assert running.refusal("POST", f"/labels/{host}", {"sriovdp": "enabled"}) == (400, text)


def test_deleting_the_admin_networks_pool_takes_the_network_along(pair):
    pool = pair.ok("POST", "/addrpools", {"name": "admin", "network": "198.51.100.0", "prefix": 24})
    body = {"type": "admin", "name": "admin", "dynamic": False, "pool_uuid": pool["uuid"]}
    pair.ok("POST", "/networks", body)
    pair.ok("DELETE", f"/addrpools/{pool['uuid']}")
    assert "admin" not in {row["type"] for row in pair.get("/networks")["networks"]}
