"""What sites share is a profile; what a site has of its own is a value, or its own document."""

from __future__ import annotations

import pytest

from reconciler.adopt import Document, factored
from reconciler.model.said import Element

HEAD = ("System", "", ())


def site(name: str, **more) -> dict:
    """All that Git says of a small site; a place is written `system_location`, or `host_console`."""
    place = {"system": ("System", ""), "host": ("Host", "controller-0")}
    said = {HEAD: name, ("Host", "controller-0", ()): None}
    usual = {"system_contact": "noc@example.com", "host_personality": "controller", "host_console": "ttyS0"}
    usual |= {f"host_attribute{number}": number for number in range(9)}
    for key, value in {**usual, **more}.items():
        whose, _, attribute = key.partition("_")
        if value is not None:
            said[(*place[whose], (attribute,))] = value
    return said


def fleet(*sites: dict) -> dict:
    return {one[HEAD]: one for one in sites}


def one_of(found, name: str):
    return next(one for one in found.sites if one.site == name)


def profile_of(found, kind: str) -> dict:
    [document] = [d for p in found.profiles for d in p.documents if d.kind == kind]
    return document.spec


def test_sites_that_are_equal_but_for_their_names_are_one_profile_and_nothing_else():
    found = factored(fleet(site("a1"), site("b1")))
    [profile] = found.profiles
    assert profile.sites == ("a1", "b1")
    assert [(s.layers, dict(s.values), s.documents) for s in found.sites] == [
        ((profile.name,), {"site": "a1"}, ()),
        ((profile.name,), {"site": "b1"}, ()),
    ]


def test_a_value_that_is_each_sites_own_is_given_by_the_site():
    found = factored(fleet(site("a1", host_bootMAC="52:54:00:00:00:01"), site("b1", host_bootMAC="52:54:00:00:00:02")))
    assert one_of(found, "b1").values == {"site": "b1", "boot_mac": "52:54:00:00:00:02"}
    assert profile_of(found, "Host")["overrides"] == {"bootMAC": "${boot_mac}"}


def test_one_value_serves_every_place_that_follows_from_it():
    places = [("s1", "Ottawa"), ("s2", "Gatineau"), ("s3", "Hull")]
    found = factored(
        fleet(*(site(n, system_location=p, host_location=p, system_description=f"In {p}") for n, p in places))
    )
    assert one_of(found, "s3").values == {"site": "s3", "location": "Hull"}
    assert profile_of(found, "System")["description"] == "In ${location}"
    assert profile_of(found, "Host")["overrides"] == {"location": "${location}"}


def test_addresses_of_one_subnet_follow_from_what_they_have_in_common():
    def pool(name: str, net: str) -> dict:
        said = {"subnet": f"{net}.0", "gateway": f"{net}.1", "floatingAddress": f"{net}.2", "prefix": 24}
        pool = {("AddressPool", "oam", (key,)): value for key, value in said.items()}
        ranges = {("AddressPool", "oam", ("allocation", "ranges")): [{"start": f"{net}.2", "end": f"{net}.50"}]}
        return site(name) | {("AddressPool", "oam", ()): None} | pool | ranges

    found = factored(fleet(pool("a1", "10.20.1"), pool("b1", "10.20.2")))
    assert one_of(found, "a1").values == {"site": "a1", "oam_net": "10.20.1"}
    assert profile_of(found, "AddressPool")["allocation"] == {
        "ranges": [{"start": "${oam_net}.2", "end": "${oam_net}.50"}]
    }


def test_what_one_of_many_says_otherwise_is_its_own_document():
    found = factored(fleet(*(site(f"s{n}", host_console="ttyS1" if n == 7 else "ttyS0") for n in range(40))))
    assert one_of(found, "s7").documents == (Document("Host", "controller-0", {"overrides": {"console": "ttyS1"}}),)
    assert "console" not in one_of(found, "s8").values


def test_an_element_that_a_site_does_not_have_is_removed_there():
    port = ("interfaces", "ethernet", Element.by({"port.name": "ens1f0"}))
    more = {
        ("Host", "controller-0", (*port, "name")): "data0",
        ("Host", "controller-0", (*port, "port", "name")): "ens1f0",
    }
    found = factored(fleet(site("bare"), *(site(f"s{n}") | more for n in range(20))))
    [document] = one_of(found, "bare").documents
    assert document.spec["overrides"]["interfaces"]["ethernet"] == [{"port": {"name": "ens1f0"}, "$remove": True}]


def test_a_value_that_a_site_does_not_have_and_nothing_can_take_out_is_a_second_profile():
    found = factored(fleet(site("bare", host_console=None), *(site(f"s{n}") for n in range(8))))
    assert (*one_of(found, "bare").layers, "controllers-more") == one_of(found, "s1").layers
    assert one_of(found, "bare").documents == ()


def test_sites_that_each_have_something_of_their_own_share_the_rest():
    found = factored(fleet(*(site(f"s{n}", **{f"host_only{n}": n}) for n in range(9))))
    assert {s.site: s.documents for s in found.sites}["s3"] == (
        Document("Host", "controller-0", {"overrides": {"only3": 3}}),
    )


def test_two_regions_that_differ_have_a_profile_each():
    more = {f"host_attribute{n}": "west" for n in range(4)}
    sites = [site(f"e{n}") for n in range(12)] + [site(f"w{n}", **more) for n in range(12)]
    found = factored(fleet(*sites))
    assert {len(p.sites) for p in found.profiles if p.name != "common"} == {12}


def test_a_host_more_has_the_profile_of_the_others():
    def of(name: str, workers: int) -> dict:
        hosts = {
            f"worker-{n}": {"personality": "worker", "console": "ttyS0", "rootDevice": "/dev/sda"}
            for n in range(workers)
        }
        said = {("Host", host, (key,)): value for host, of in hosts.items() for key, value in of.items()}
        return site(name) | {("Host", host, ()): None for host in hosts} | said

    found = factored(fleet(of("large", 3), *(of(f"s{n}", 2) for n in range(9))))
    assert one_of(found, "large").documents == (Document("Host", "worker-2", {"profile": "worker-profile"}),)


def test_a_site_like_no_other_is_left_whole():
    alone = {HEAD: "alone", ("DataNetwork", "x", ()): None, ("DataNetwork", "x", ("type",)): "flat"}
    found = factored(fleet(site("a1"), site("b1"), alone))
    assert [s.site for s in found.sites] == ["a1", "b1"]


def test_text_that_would_read_as_a_substitution_is_escaped_and_shared_by_nobody():
    found = factored(fleet(*(site(n, system_description="${HOME}") for n in ("a1", "b1", "c1"))))
    [document] = one_of(found, "a1").documents
    assert document.spec == {"description": "$${HOME}"}
    assert all("HOME" not in str(p.documents) for p in found.profiles)


@pytest.mark.parametrize("one", [1, True, 1.0, "1"])
def test_values_that_only_look_alike_are_not_shared(one):
    other = next(v for v in (1, True, 1.0, "1") if repr(v) != repr(one))
    found = factored(fleet(site("a1", host_x=one), site("b1", host_x=other)))
    assert repr(one_of(found, "a1").values["x"]) == repr(one)
    assert repr(one_of(found, "b1").values["x"]) == repr(other)


def test_names_that_are_taken_are_not_used():
    found = factored(fleet(site("a1"), site("b1")), taken={"controllers"})
    assert [p.name for p in found.profiles] == ["controllers-2"]


def test_one_site_has_no_profile():
    assert factored(fleet(site("a1"))).profiles == ()
