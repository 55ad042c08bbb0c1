"""Hosts that are alike share a profile, and profile and overrides merged give each host back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.adopt.hosts import profiled
from reconciler.adopt.tree import branches, plain
from reconciler.desired.merge import merge
from reconciler.desired.rules import HOST as RULE
from reconciler.model.said import Element, Said
from tests.kinds.networks import node


def said(host: str, **more) -> list[Said]:
    place = Said("Host", host)
    ethernet = place.at("interfaces", "ethernet", Element.by({"port.name": "enp0s3"}))
    values = {"personality": "worker", "subfunctions": ("worker",), "administrativeState": "unlocked", **more}
    return [
        *(place.at(key).says(value) for key, value in values.items()),
        ethernet.at("name").says("oam0"),
        ethernet.at("class").says("platform"),
        ethernet.at("mtu").says(more.get("mtu", 1500)),
        place.at("bootMAC").says(f"52:54:00:00:00:0{host[-1]}"),
    ]


def written(*hosts: list[Said]):
    branches_of = {name: branch for (_, name), branch in branches([s for host in hosts for s in host]).items()}
    found = list(profiled(branches_of))
    profiles = {d.name: d.spec for d in found if d.kind == "HostProfile"}
    return profiles, {d.name: d.spec for d in found if d.kind == "Host"}


def test_equal_hosts_share_one_profile_and_keep_their_own_address():
    profiles, hosts = written(said("worker-0"), said("worker-1"))
    assert list(profiles) == ["worker-profile"]
    assert "bootMAC" not in profiles["worker-profile"]
    assert hosts["worker-1"] == {"profile": "worker-profile", "overrides": {"bootMAC": "52:54:00:00:00:01"}}


def test_what_differs_is_an_override_of_each():
    profiles, hosts = written(said("worker-0"), said("worker-1", location="Ottawa", console="ttyS1"))
    assert "console" not in profiles["worker-profile"]
    assert hosts["worker-1"]["overrides"] == {
        "bootMAC": "52:54:00:00:00:01",
        "location": "Ottawa",
        "console": "ttyS1",
    }


def test_a_host_of_another_role_has_a_profile_of_its_own():
    profiles, hosts = written(said("controller-0", personality="controller"), said("worker-0"))
    assert list(profiles) == ["controller-profile", "worker-profile"]
    assert hosts["controller-0"]["profile"] == "controller-profile"


def test_a_host_that_is_mostly_different_has_one_too():
    other = [Said("Host", "worker-1", ("labels",)).at(f"l{n}").says("x") for n in range(20)]
    profiles, hosts = written(said("worker-0"), [*said("worker-1"), *other])
    assert list(profiles) == ["worker-profile", "worker-profile-2"]
    assert hosts["worker-1"]["profile"] == "worker-profile-2"


def test_physical_volumes_are_shared_whole_or_not_at_all():
    def group(host: str, *disks: str) -> list[Said]:
        volumes = Said("Host", host, ("storage", "volumeGroups", Element.by({"name": "cgts-vg"}), "physicalVolumes"))
        return [volumes.at(Element.by({"type": "disk", "path": disk})) for disk in disks]

    profiles, hosts = written(
        said("worker-0") + group("worker-0", "/dev/a"), said("worker-1") + group("worker-1", "/dev/a", "/dev/b")
    )
    assert "volumeGroups" not in str(profiles)
    (own,) = hosts["worker-1"]["overrides"]["storage"]["volumeGroups"]
    assert [volume["path"] for volume in own["physicalVolumes"]] == ["/dev/a", "/dev/b"]


LEAVES = st.dictionaries(
    st.tuples(st.sampled_from(("eth0", "eth1", "eth2")), st.sampled_from(("class", "mtu", "ptpRole"))),
    st.sampled_from((1, 2)),
    max_size=6,
)


@given(st.lists(LEAVES, min_size=1, max_size=4))
def test_a_merge_of_profile_and_overrides_gives_every_host_back(hosts):
    said_by = []
    for number, leaves in enumerate(hosts):
        place = Said("Host", f"worker-{number}")
        said_by.append(place.at("personality").says("worker"))
        for (name, key), value in leaves.items():
            said_by.append(place.at("interfaces", "bond", Element.by({"name": name}), key).says(value))
    found = {name: branch for (_, name), branch in branches(said_by).items()}
    documents = list(profiled(found))
    profiles = {d.name: d.spec for d in documents if d.kind == "HostProfile"}
    for host in (d for d in documents if d.kind == "Host"):
        overrides = node(host.spec.get("overrides", {}))
        merged = merge(node(profiles[host.spec["profile"]]), overrides, RULE)
        assert _unordered(merged.plain()) == _unordered(plain(found[host.name]))


def _unordered(spec):
    bonds = spec.get("interfaces", {}).get("bond", [])
    return {"personality": spec["personality"], "bonds": {bond["name"]: bond for bond in bonds}}
