"""VF interfaces and Ethernet interfaces over an SR-IOV one: a port that is shared."""

from __future__ import annotations

import pytest

from reconciler.model.words import Action, Disruption, Needs
from tests.kinds.networks import (
    KINDS,
    context,
    differences,
    interface,
    planned,
    port,
    rows,
    sent,
    system_row,
    told,
    written,
)

TEXT = """
hosts:
  controller-0:
    interfaces:
      ethernet:
      - {name: sriov0, class: pci-sriov, vfCount: 12, port: {name: eno1}}
      - {name: pxeboot0, class: platform, lower: sriov0, port: {name: dummy}}
      vf:
      - {name: a0, class: pci-sriov, lower: b0, vfCount: 2, vfDriver: vfio}
      - {name: b0, class: pci-sriov, lower: sriov0, vfCount: 6, vfDriver: vfio}
"""


def found(*more, **facts):
    sriov0 = interface("sriov0", ifclass="pci-sriov", sriov_numvfs=12)
    return rows(iinterfaces=[sriov0, *more], ports=[port("eno1", of="sriov0")], **facts)


def vf(name: str, lower: str, count: int, **more):
    base = {"sriov_numvfs": count, "sriov_vf_driver": "vfio", "uses": [lower]}
    return interface(name, "vf", "pci-sriov", **{**base, **more})


OVER = interface("pxeboot0", "ethernet", "platform", uses=["sriov0"])


def test_what_stands_below_is_made_first():
    lines = [line for line in sent(planned(TEXT, found())) if "iftype=vf" in line]
    assert lines == [
        "POST iinterfaces iftype=vf uses=sriov0 ifclass=pci-sriov ifname=b0 sriov_numvfs=6 sriov_vf_driver=vfio",
        "POST iinterfaces iftype=vf uses=b0 ifclass=pci-sriov ifname=a0 sriov_numvfs=2 sriov_vf_driver=vfio",
    ]


def test_a_count_changes_in_place_and_another_lower_is_another_vf():
    before = found(OVER, vf("a0", "sriov0", 2), vf("b0", "sriov0", 5))
    changes = differences(TEXT, before)
    assert {k: c.action for k, c in changes.items()} == {"vf/a0": Action.REPLACE, "vf/b0": Action.UPDATE}
    assert [told(c) for c in written("vf", changes["vf/b0"])] == ["PATCH iinterfaces/<b0> sriov_numvfs=6"]
    assert [c.method for c in written("vf", changes["vf/a0"])] == ["DELETE", "POST"]


@pytest.mark.parametrize(
    ("mode", "before", "needs", "disruption"),
    [
        ("simplex", [], Needs.ANY, Disruption.NONE),
        ("simplex", [vf("b0", "sriov0", 5)], Needs.LOCKED, Disruption.LOCK),
        ("duplex", [], Needs.LOCKED, Disruption.LOCK),
    ],
)
def test_an_aio_sx_makes_vfs_in_service_and_changes_them_locked(mode, before, needs, disruption):
    site = found(*before, system=system_row(mode))
    change, around = differences(TEXT, site)["vf/b0"], context(TEXT, site)
    assert (KINDS["vf"].needs_of(change, around), KINDS["vf"].disruption_of(change, around)) == (needs, disruption)


def test_an_ethernet_interface_over_sriov_is_made_without_a_port():
    (call,) = written("ethernet-over", differences(TEXT, found())["ethernet-over/pxeboot0"])
    assert told(call) == "POST iinterfaces iftype=ethernet uses=sriov0 ifclass=platform ifname=pxeboot0"


def test_an_ethernet_interface_over_sriov_is_read_as_one():
    (read,) = KINDS["ethernet-over"].read(found(OVER))
    assert (read.spec.name, read.spec.lower, read.spec.over) == ("pxeboot0", "sriov0", "port eno1")
    assert differences(TEXT, found(OVER, vf("a0", "b0", 2), vf("b0", "sriov0", 6))) == {}


def test_its_attributes_change_in_place_and_its_lower_does_not():
    moved = {**OVER, "uses": ["other"], "ifclass": None}
    site = rows(
        iinterfaces=[interface("sriov0", ifclass="pci-sriov", sriov_numvfs=12), interface("other"), moved],
        ports=[port("eno1", of="sriov0"), port("eno2", of="other")],
    )
    assert differences(TEXT, site)["ethernet-over/pxeboot0"].action is Action.REPLACE
    site = found({**OVER, "ifclass": None})
    (call,) = written("ethernet-over", differences(TEXT, site)["ethernet-over/pxeboot0"])
    assert told(call) == "PATCH iinterfaces/<pxeboot0> ifclass=platform"
