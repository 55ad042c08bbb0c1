"""What is said, value by value, becomes documents in the order of writing."""

from __future__ import annotations

from reconciler.adopt.tree import branches, grown, leaves, plain
from reconciler.model.said import Element, Said

HOST = Said("Host", "controller-0")
ETHERNET = HOST.at("interfaces", "ethernet")


def spec(*said: Said):
    return plain(branches(said)["Host", "controller-0"])


def test_values_of_one_element_come_together_whoever_says_them():
    oam = ETHERNET.at(Element.by({"port.name": "enp0s3"}))
    said = [oam.at("platformNetworks").says(("oam",)), oam.at("class").says("platform"), oam.at("name").says("oam0")]
    one = {"name": "oam0", "class": "platform", "port": {"name": "enp0s3"}, "platformNetworks": ["oam"]}
    assert spec(*said) == {"interfaces": {"ethernet": [one]}}


def test_keys_stand_in_the_order_in_which_authors_write_them():
    said = [HOST.at(key).says("x") for key in ("storage", "bootMAC", "interfaces", "personality", "unheard")]
    assert list(spec(*said)) == ["personality", "bootMAC", "interfaces", "storage", "unheard"]


def test_elements_stand_by_their_names_and_numbers_count_as_numbers():
    said = [
        ETHERNET.at(Element.by({"port.name": f"p{n}"}), "name").says(name) for n, name in enumerate(("e10", "e9", "lo"))
    ]
    assert [e["name"] for e in spec(*said)["interfaces"]["ethernet"]] == ["lo", "e9", "e10"]


def test_equal_partitions_of_one_disk_are_as_many_as_there_are():
    volumes = HOST.at("physicalVolumes")
    said = [volumes.at(Element.by({"type": "partition", "size": 4}, nth)) for nth in (1, 2)]
    assert spec(*said) == {"physicalVolumes": [{"type": "partition", "size": 4}] * 2}


def test_an_empty_list_is_said():
    assert spec(HOST.at("ptpInstances").says(())) == {"ptpInstances": []}


def test_a_place_that_says_nothing_is_there():
    assert branches([Said("PtpInstance", "ptp0")]) == {("PtpInstance", "ptp0"): {}}


def test_leaves_grow_back_into_their_branch():
    said = [ETHERNET.at(Element.by({"name": "a"}), "mtu").says(1500), ETHERNET.at(Element.by({"name": "b"}))]
    branch = branches(said)["Host", "controller-0"]
    assert grown(dict(leaves(branch))) == branch
