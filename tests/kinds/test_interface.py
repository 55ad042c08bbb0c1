"""The inventory that other kinds refer to: interfaces by name, and ports."""

from __future__ import annotations

from tests.kinds.networks import KINDS, LO, interface, port, rows

FOUND = rows(
    iinterfaces=[
        LO,
        interface("oam0", ifclass="platform", used_by=["vlan10"]),
        interface("bond0", "ae", "platform", uses=["enp0s8"]),
        interface("vlan10", "vlan", "platform", uses=["oam0"]),
        interface("pxeboot0", ifclass="platform", uses=["sriov0"]),
    ],
    ports=[port("enp0s3", of="oam0")],
)


def test_every_interface_is_known_by_name_and_by_what_a_rename_leaves_alone():
    assert {r.key.name: r.spec.carrier for r in KINDS["interface"].read(FOUND)} == {
        "lo": "port lo",
        "oam0": "port enp0s3",
        "bond0": "bond bond0",
        "vlan10": "vlan vlan10",
        "pxeboot0": "ethernet pxeboot0",
    }


def test_what_stands_on_an_interface_is_known():
    read = {r.key.name: r for r in KINDS["interface"].read(FOUND)}
    assert read["oam0"].spec.uppers == ("vlan10",)
    assert read["oam0"].ids == {"uuid": "if-oam0"}


def test_a_port_tells_how_many_vfs_it_can_make():
    (read,) = KINDS["port"].read(FOUND)
    assert (read.key.name, read.spec.vf_limit, read.spec.pci_address) == ("enp0s3", 64, "0000:02:00.0")
