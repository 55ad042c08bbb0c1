"""What a proof says is what then happens: the same change on the twin first, then on the site, by the controller's way."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.engine.preview import Edit
from reconciler.engine.trial import Case, tried
from reconciler.kinds import registry
from reconciler.model.proof import HostToll, ProofResult
from tests.desired.writing import document
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


async def case(world, name, clone, text):
    """The site as it is, and the documents committed that are added to what Git says of it."""
    async with world.fleet() as fleet:
        before, shown = fleet.office.repository.desired(name), await fleet.inventory(name)
    clone.commit({own(name): text})
    async with world.fleet() as fleet:
        repository = fleet.office.repository
        return Case(name, repository.desired(name), Edit(before, repository.settings(name)), shown)


def proof_of(case):
    """As a worker makes it: a loop of its own."""
    return tried(case, registry())


async def apart(case):
    """The proof while the site's own loop goes on."""
    return await asyncio.to_thread(proof_of, case)


def tolls(world, name, before):
    """What happened to the site's hosts since."""
    now = world.site(name).counters()["hosts"]
    gone = {
        host: {what: number - before.get(host, {}).get(what, 0) for what, number in counts.items()}
        for host, counts in now.items()
    }
    return tuple(
        HostToll(host, c.get("lock", 0), c.get("reboot", 0), c.get("swact", 0))
        for host, c in sorted(gone.items())
        if any(c.values())
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
        proof = await apart(await case(world, name, clone, text))
        before, began = world.site(name).counters()["hosts"], len(world.writes(name))
        assert (await world.applied(name)).is_done
        assert (proof.result, proof.reason) == (ProofResult.PROVED, "")
        assert proof.tolls == tolls(world, name, before)
        assert proof.calls == len(world.writes(name, began))
        assert await world.is_in_sync(name)


async def test_what_is_refused_on_the_twin_is_refused_on_the_site_in_the_same_words(in_service):
    async with in_service(OTTAWA) as (world, clone):
        proof = await apart(await case(world, OTTAWA, clone, TWICE))
        before = world.site(OTTAWA).counters()["hosts"]
        ended = await world.applied(OTTAWA)
        assert proof.result is ProofResult.REFUSED
        assert proof.refusal.fault == "VLAN id 30 already in use on another platform interface"
        assert proof.refusal.fault in ended.message
        assert proof.tolls == tolls(world, OTTAWA, before)
