"""What the platform makes one wait for is waited for by name, and a window that serves two purposes is opened once."""

from __future__ import annotations

import pytest

from reconciler.model.words import Result
from reconciler.simulator.interference import Connection
from tests.desired.writing import document
from tests.e2e.ottawa import MORE_CORES, OTTAWA, OWN
from tests.e2e.test_windows import PLANT, YARD, YARD_MTU, actions, own

PAIR = ("controller-0", "controller-1")
DISK = "/dev/disk/by-path/pci-0000:00:17.0-ata-1.0"
NTP = "  ntpServers: [2.pool.ntp.org]"
ROOM = f"volumeGroups: [{{name: cgts-vg, physicalVolumes: [{{type: disk, path: {DISK}}}]}}]"


def said(world, words, since=0):
    """What was told while applying that has these words."""
    return [text for text in world.said[since:] if words in text]


def refusals(world, name, since):
    return [w for w in world.writes(name, since) if w.status >= 400]


def docker(host, profile, gib, more=""):
    storage = f"storage: {{filesystems: [{{name: docker, size: {gib}}}]{', ' + more if more else ''}}}"
    return document("Host", host, f"  profile: {profile}\n  overrides: {{{storage}}}")


SRIOV = """\
  interfaces:
    ethernet:
    - name: data0
      class: pci-sriov
      port: {{name: ens1f0}}
      vfCount: {count}
"""


async def test_the_unlock_waits_for_runtime_configuration_that_is_pending(in_service):
    """Sysinv refuses the unlock until the agent has reported the processors (host_unlock_blocking_period, 120 s)."""
    async with in_service(OTTAWA) as (world, clone):
        locks, began = world.count(OTTAWA, "lock"), len(world.said)
        clone.commit({OWN: MORE_CORES})
        assert (await world.applied(OTTAWA)).is_done
        (waited, *_) = said(world, "waiting to unlock", began)
        assert "platform::compute::grub::runtime is pending" in waited
        assert world.count(OTTAWA, "lock") == locks + 1
        assert await world.is_in_sync(OTTAWA)


async def test_the_unlock_waits_for_the_virtual_functions_that_were_asked_for(in_service):
    async with in_service(PLANT) as (world, clone):
        clone.commit({own(PLANT): document("HostProfile", "plant-worker", SRIOV.format(count=4))})
        assert (await world.applied(PLANT)).is_done
        assert "wait a few minutes for inventory update" in said(world, "waiting to unlock")[0]
        assert {world.count(PLANT, "lock", host) for host in ("worker-0", "worker-1")} == {1}
        assert await world.is_in_sync(PLANT)


async def test_virtual_functions_that_never_come_keep_the_window_ours_and_say_what_it_waits_for(in_service):
    async with in_service(PLANT) as (world, clone):
        clone.commit({own(PLANT): document("HostProfile", "plant-worker", SRIOV.format(count=4))})
        system = world.site(PLANT).system
        system.durations = type(system.durations)(vfs_appear=10_000.0)
        ended = await world.applied(PLANT)
        assert ended.result is Result.FAILED
        assert "wait a few minutes for inventory update" in ended.message
        assert ended.open_windows == ("worker-0",)
        assert world.count(PLANT, "lock", "worker-1") == 0
        assert world.count(PLANT, "unlock", "worker-0") == 1  # its first one


async def test_a_filesystem_waits_until_the_volume_group_was_reported_after_a_resize(in_service):
    """`LVG update is still pending` (recorded): the same call again, until it is taken."""
    async with in_service(YARD) as (world, clone):
        clone.commit({own(YARD): docker("controller-1", "yard-server", 31)})
        assert (await world.applied(YARD)).is_done
        clone.commit({own(YARD): docker("controller-1", "yard-server", 32)})
        began = len(world.writes(YARD))
        assert (await world.applied(YARD)).is_done
        *refused, taken = [w.status for w in world.writes(YARD, began)]
        assert (set(refused), taken) == ({400}, 204)
        assert said(world, "LVG update is still pending")
        assert await world.is_in_sync(YARD)


async def test_a_filesystem_grows_once_the_volume_that_makes_room_is_in_its_group(in_service):
    """In service the group grows at run time; before that sysinv refuses every growth in it (recorded)."""
    async with in_service(YARD) as (world, clone):
        clone.commit({own(YARD): docker("controller-1", "yard-server", 40, ROOM)})
        began = len(world.writes(YARD))
        assert (await world.applied(YARD)).is_done
        assert [(w.method, w.status) for w in world.writes(YARD, began)] == [("POST", 200), ("PUT", 204)]
        assert await world.is_in_sync(YARD)


async def test_on_a_worker_it_grows_after_the_unlock_that_adds_the_volume(in_service):
    async with in_service(PLANT) as (world, clone):
        clone.commit({own(PLANT): docker("worker-0", "plant-worker", 40, ROOM)})
        todo, began = (await world.judged(PLANT)).plan, len(world.writes(PLANT))
        assert [(s.type.value, [step.kind for step in s.steps]) for s in todo.stages] == [
            ("window", ["physical-volume"]),
            ("online", ["host-filesystem"]),
        ]
        assert (await world.applied(PLANT)).is_done
        assert refusals(world, PLANT, began) == []
        assert await world.is_in_sync(PLANT)


OAM = document(
    "AddressPool",
    "oam",
    "  subnet: 10.10.10.0\n  prefix: 24\n  allocation: {ranges: [{start: 10.10.10.1, end: 10.10.10.200}]}",
)
CLOCK = document("PtpInstance", "clock", "  service: ptp4l") + document(
    "HostProfile", "yard-server", "  clockSynchronization: ptp\n  ptpInstances: [clock]"
)
MTU_TOO = {
    "ntp": document("System", YARD, NTP) + YARD_MTU,
    "clock": CLOCK + YARD_MTU.partition("spec:\n")[2],
    "oam": OAM + YARD_MTU,
}


@pytest.mark.parametrize("config", MTU_TOO.values(), ids=MTU_TOO)
async def test_what_takes_effect_by_an_unlock_is_sent_before_the_window_that_serves_both(in_service, config):
    async with in_service(YARD) as (world, clone):
        clone.commit({own(YARD): config})
        began, todo = len(actions(world, YARD)), (await world.judged(YARD)).plan
        assert (todo.locked_hosts, todo.locked_twice) == (("controller-1", "controller-0"), {})
        assert (todo.stages[0].type.value, todo.stages[-1].host) == ("online", "controller-0")
        assert (await world.applied(YARD)).is_done
        assert [who for who, what in actions(world, YARD)[began:] if what == "lock"] == ["controller-1", "controller-0"]
        assert [world.host(YARD, host)["config_target"] for host in PAIR] == [
            world.host(YARD, host)["config_applied"] for host in PAIR
        ]
        assert await world.is_in_sync(YARD)


@pytest.mark.parametrize(
    ("moment", "left"),
    [("PATCH /v1/intp", ("controller-1", "controller-0")), ('"value":"swact"', ("controller-0",))],
    ids=["before-any-window", "between-the-windows"],
)
async def test_what_was_stored_before_the_link_was_cut_is_taken_up_afterwards(in_service, moment, left):
    """The value is on the site and nothing differs: only the hosts' configuration says that they lack it."""
    async with in_service(YARD) as (world, clone):
        clone.commit({own(YARD): document("System", YARD, NTP)})
        world.at(YARD, moment, lambda: world.site(YARD).connect(Connection.RESET))
        assert not (await world.applied(YARD, approved="")).is_done
        world.site(YARD).connect(Connection.UP)
        judged = await world.judged(YARD)
        assert [(c.key.kind, c.is_stored) for c in judged.found.changes] == [("ntp", True)]
        assert judged.plan.locked_hosts == left
        began = len(world.writes(YARD))
        await world.applied(YARD, approved="")
        assert [w for w in world.writes(YARD, began) if "intp" in w.path] == []
        assert [world.count(YARD, "lock", host) for host in PAIR] == [1, 1]
        assert await world.is_in_sync(YARD)
