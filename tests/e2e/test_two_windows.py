"""Pairs of changes that one window cannot hold: said, approved, made in two windows of one plan, and no third one."""

from __future__ import annotations

from reconciler.model.plan import Opening
from reconciler.model.words import Result
from reconciler.simulator.interference import Connection
from tests.desired.writing import document
from tests.e2e.test_windows import PLANT, own

DISK = "/dev/disk/by-path/pci-0000:00:17.0-ata-1.0"
INSTANCES = "storage: {filesystems: [{name: instances, size: 10}]}"
NOVA_LOCAL = f"storage: {{volumeGroups: [{{name: nova-local, physicalVolumes: [{{type: disk, path: {DISK}}}]}}]}}"


def worker(storage):
    return document("Host", "worker-0", f"  profile: plant-worker\n  overrides: {{{storage}}}")


async def test_a_filesystem_gives_way_to_a_volume_group_in_two_approved_windows(in_service):
    """Sysinv takes the group only when the filesystem is gone, and that goes at an unlock (recorded: storage 28-34)."""
    async with in_service(PLANT) as (world, clone):
        clone.commit({own(PLANT): worker(INSTANCES)})
        assert (await world.applied(PLANT)).is_done
        clone.commit({own(PLANT): worker(NOVA_LOCAL)})
        began, locks = len(world.writes(PLANT)), world.count(PLANT, "lock", "worker-0")
        todo = (await world.judged(PLANT)).plan
        assert todo.locked_hosts == ("worker-0", "worker-0")
        assert (
            "a second lock: volume-group nova-local is possible only once worker-0 was unlocked"
            in todo.locked_twice["worker-0"]
        )
        assert (await world.applied(PLANT, approved="")).result is Result.HELD
        assert (await world.applied(PLANT, approved=todo.id)).is_done
        assert world.count(PLANT, "lock", "worker-0") == locks + 2
        assert {(w.method, w.path) for w in world.writes(PLANT, began) if w.status >= 400} <= {("POST", "/v1/ilvgs")}
        assert await world.is_in_sync(PLANT)


async def test_a_filesystem_that_is_on_its_way_out_is_given_its_unlock_before_the_group_is_made(in_service):
    """The link is cut in the first window: the group does not go into what is left of it."""
    async with in_service(PLANT) as (world, clone):
        clone.commit({own(PLANT): worker(INSTANCES)})
        assert (await world.applied(PLANT)).is_done
        clone.commit({own(PLANT): worker(NOVA_LOCAL)})
        locks, todo = world.count(PLANT, "lock", "worker-0"), (await world.judged(PLANT)).plan
        world.at(PLANT, "DELETE /v1/host_fs", lambda: world.site(PLANT).connect(Connection.RESET))
        assert not (await world.applied(PLANT, approved=todo.id)).is_done
        world.site(PLANT).connect(Connection.UP)
        left = (await world.judged(PLANT)).plan
        assert [s.opening for s in left.stages if s.host == "worker-0"] == [Opening.ADOPT, Opening.LOCK]
        assert (await world.applied(PLANT, approved=left.id)).is_done
        assert world.count(PLANT, "lock", "worker-0") == locks + 2
        assert await world.is_in_sync(PLANT)


async def test_a_volume_group_gives_way_to_a_filesystem_in_one_window(in_service):
    """A group that is being removed keeps nothing from being made (sysinv host_fs.py _check_host_fs)."""
    async with in_service(PLANT) as (world, clone):
        clone.commit({own(PLANT): worker(NOVA_LOCAL)})
        assert (await world.applied(PLANT)).is_done
        clone.commit({own(PLANT): worker(INSTANCES)})
        began, todo = len(world.writes(PLANT)), (await world.judged(PLANT)).plan
        assert todo.locked_hosts == ("worker-0",)
        assert (await world.applied(PLANT, approved=todo.id)).is_done
        assert [w for w in world.writes(PLANT, began) if w.status >= 400] == []
        assert await world.is_in_sync(PLANT)


BONDED = """\
  profile: plant-worker
  overrides:
    interfaces:
      bond:
      - {{name: spare0, class: data, mode: balanced, transmitHashPolicy: layer2, members: [{members}]}}
      ethernet:
      - {{name: second0, {second}, port: {{name: eno8403}}}}
"""


def bonded(members, second):
    return document("Host", "worker-0", BONDED.format(members=members, second=second))


async def test_a_port_that_leaves_its_bond_gets_its_class_in_the_same_window(in_service):
    """A member's class is fixed (recorded): the bond lets go first, in spite of the order of making."""
    async with in_service(PLANT) as (world, clone):
        clone.commit({own(PLANT): bonded("eno8303, eno8403", "class: none")})
        assert (await world.applied(PLANT)).is_done
        clone.commit({own(PLANT): bonded("eno8303", "class: data")})
        began, todo = len(world.writes(PLANT)), (await world.judged(PLANT)).plan
        assert (todo.locked_hosts, todo.blocked) == (("worker-0",), ())
        assert (await world.applied(PLANT)).is_done
        assert [w for w in world.writes(PLANT, began) if w.status >= 400] == []
        assert await world.is_in_sync(PLANT)
