"""Places in documents, and the table that is read in both directions."""

from __future__ import annotations

from reconciler.kinds import registry
from reconciler.model.resource import Resource
from reconciler.model.said import Element, Said
from reconciler.model.snapshot import Snapshot

EMPTY = Snapshot("ottawa", {})


def test_an_element_is_told_by_the_members_that_it_has():
    element = Element.by({"interface": "oam0", "subnet": "10.0.0.0", "gateway": None})
    assert element.keys == (("interface", "oam0"), ("subnet", "10.0.0.0"))
    assert element == Element.by({"interface": "oam0", "subnet": "10.0.0.0"})


def test_a_place_below_another_says_nothing_yet():
    place = Said("Host", "controller-0", ("labels",), "x")
    assert place.member("storage.filesystems").path == ("labels", "storage", "filesystems")
    assert place.at("tier").value is None


def test_the_table_that_reads_a_document_also_says_it():
    kind = registry()["data-network"]
    spec = kind.spec(name="midhaul", network_type="vxlan", mtu=1500, ttl=10, description="")
    said = list(kind.express(Resource(kind.key(spec), spec), EMPTY))
    place = Said("DataNetwork", "midhaul")
    assert said == [
        place,
        place.at("type").says("vxlan"),
        place.at("mtu").says(1500),
        place.at("vxlan", "ttl").says(10),
    ]


def test_a_list_that_git_owns_whole_is_said_whole():
    kind = registry()["dns"]
    spec = kind.spec(servers=("8.8.8.8", "8.8.4.4"))
    *_, servers = kind.express(Resource(kind.key(spec), spec), EMPTY)
    assert servers == Said("System", "", ("dnsServers",), ("8.8.8.8", "8.8.4.4"))
