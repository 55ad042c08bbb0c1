"""What a proof says is what then happens: the same change on the twin first, then on the site, by the controller's way."""

from __future__ import annotations

import pytest

from reconciler.model.proof import ProofResult
from tests.desired.writing import document
from tests.e2e.proving import counts, proved_first, tolls
from tests.e2e.test_windows import PLANT, PLANT_MTU, YARD, YARD_MTU, own

OTTAWA = "ottawa-001"
OTTAWA_MTU = YARD_MTU.replace("yard-server", "ran-server")
MORE = document("DataNetwork", "backhaul", "  type: vlan\n  mtu: 1500")
TWICE = document(
    "HostProfile",
    "ran-server",
    "  interfaces:\n    vlan:\n"
    "    - {name: a0, class: platform, lower: oam0, vid: 30, mtu: 1500}\n"
    "    - {name: b0, class: platform, lower: oam0, vid: 30, mtu: 1500}",
)
CORES = document(
    "HostProfile", "ran-server", "  processors:\n  - {node: 0, functions: [{function: platform, count: 4}]}"
)
GROUP = document(
    "Host",
    "worker-0",
    "  profile: plant-worker\n  overrides: {storage: {volumeGroups: [{name: nova-local, physicalVolumes:"
    " [{type: disk, path: '/dev/disk/by-path/pci-0000:00:17.0-ata-1.0'}]}]}}",
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (OTTAWA, MORE),
        (OTTAWA, OTTAWA_MTU),
        (OTTAWA, CORES),
        (YARD, YARD_MTU),
        (PLANT, PLANT_MTU),
        (PLANT, GROUP),
    ],
    ids=["no lock", "AIO-SX", "AIO-SX cores", "AIO-DX", "standard", "standard storage"],
)
async def test_the_figures_of_a_proof_are_those_of_the_site_when_it_is_done_there(in_service, name, text):
    async with in_service(name) as (world, clone):
        proof = await proved_first(world, name, lambda: clone.commit({own(name): text}))
        before, began = counts(world, name), len(world.writes(name))
        assert (await world.applied(name)).is_done
        assert (proof.result, proof.reason) == (ProofResult.PROVED, "")
        assert proof.tolls == tolls(world, name, before)
        assert proof.calls == len(world.writes(name, began))
        assert await world.is_in_sync(name)


async def test_what_is_refused_on_the_twin_is_refused_on_the_site_in_the_same_words(in_service):
    async with in_service(OTTAWA) as (world, clone):
        proof = await proved_first(world, OTTAWA, lambda: clone.commit({own(OTTAWA): TWICE}))
        before = counts(world, OTTAWA)
        ended = await world.applied(OTTAWA)
        assert proof.result is ProofResult.REFUSED
        assert proof.refusal.fault == "VLAN id 30 already in use on another platform interface"
        assert proof.refusal.fault in ended.message
        assert proof.tolls == tolls(world, OTTAWA, before)


@pytest.mark.parametrize(
    ("said", "untried"),
    [
        ("kubernetes: {version: v1.30.6, rootCa: {renewBefore: 9000d}}", ("kubernetes-root-ca", "kubernetes-version")),
        ('deviceImages: {ran: {bitstream: "0x23a5"}}', ("device-image/functional 23a5",)),
        ('software: {release: "24.09.1"}', ("software-release", "uploaded-release/24.09.1")),
    ],
)
async def test_what_the_sites_vim_would_do_is_told_as_not_tried(in_service, said, untried):
    """A twin is a platform alone."""
    async with in_service(OTTAWA) as (world, clone):
        path = f"subclouds/{OTTAWA}/site.yaml"
        site = (clone.folder / path).read_text()
        proof = await proved_first(world, OTTAWA, lambda: clone.commit({path: f"{site}{said}\n"}))
        assert (tuple(sorted(proof.untried)), proof.left, proof.objections) == (untried, (), ())
