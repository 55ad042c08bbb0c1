"""Hosts come, change and go on simulated sites: added, awaited, recognised, taken out of service, replaced, left alone."""

from __future__ import annotations

import pytest

from reconciler.cli.plan_text import plan_lines
from reconciler.model.words import Disruption, Result
from reconciler.simulator.hardware import Disk, Machine, Port, made_mac
from tests.desired.writing import document
from tests.e2e.ottawa import by_hand
from tests.e2e.test_windows import actions, own, states

PLANT = "plant-1"
NEW_MAC, BMC = "52:54:00:0d:09:a0", "10.20.13.90"
SETTINGS = f"subclouds/{PLANT}/site.yaml"
ROOT = "/dev/disk/by-path/pci-0000:00:1f.2-ata-1.0"


def machine(mac=NEW_MAC):
    """What stands in the rack of a plant: it boots from its second port."""
    ports = (Port("enp0s3", made_mac(mac)), Port("enp0s8", mac), Port("ens1f0", made_mac(mac, "data")))
    return Machine("", mac, ports, (Disk(ROOT),))


def worker(name, *overrides, match=""):
    said = "".join(f"    {line}\n" for line in overrides)
    matched = f"  match: {match}\n" if match else ""
    return document("Host", name, f"  profile: plant-worker\n{matched}  overrides:\n    location: Plant 1\n{said}")


STATIC = worker(
    "worker-2",
    f'bootMAC: "{NEW_MAC}"',
    "powerOn: true",
    f"boardManagement: {{type: redfish, address: {BMC}, credentials: {{password: {{secret: bmc}}}}}}",
)
DYNAMIC = worker("worker-2", "provisioningMode: dynamic", match="{dmi: {serialNumber: SN-9}}")
SECRETS = "secrets: {bmc: {username: root, secretRef: env:PLANT_BMC}}\n"


def calls(world, since=0):
    """The accepted writes, as `POST ihosts`."""
    taken = [w for w in world.writes(PLANT, since) if w.status < 400]
    return [f"{w.method} {w.path.split('/')[2]}" for w in taken]


async def reasons(world):
    return {str(b.key): b.reason for b in (await world.judged(PLANT)).plan.blocked}


def told(judged):
    return list(plan_lines(judged.plan, judged.found))


def say(clone, documents, more=""):
    settings = (clone.folder / SETTINGS).read_text()
    clone.commit({own(PLANT): documents, SETTINGS: settings + more})


async def test_a_worker_is_added_installed_by_its_controller_and_unlocked_once(in_service, monkeypatch):
    monkeypatch.setenv("PLANT_BMC", "Li69nux*")
    async with in_service(PLANT) as (world, clone):
        site, began = world.site(PLANT), len(world.writes(PLANT))
        site.bring(machine(), is_on=False)
        say(clone, STATIC, SECRETS)
        planned = (await world.judged(PLANT)).plan
        assert (planned.locked_hosts, planned.disruption) == ((), Disruption.NONE)
        assert "once it is on the system, it boots from the network" in planned.blocked[0].reason

        await world.applied(PLANT, approved="")
        assert calls(world, began) == ["POST ihosts", "PATCH ihosts"]
        (reason,) = (await reasons(world)).values()
        assert "not installed yet" in reason

        site.settle()
        assert world.host(PLANT, "worker-2")["inv_state"] == "inventoried"
        assert (await world.applied(PLANT, approved="")).is_done
        assert actions(world, PLANT)[-2:] == [("worker-2", "reinstall"), ("worker-2", "unlock")]
        assert states(world, PLANT, ["worker-2"]) == {"unlocked-enabled"}
        assert (world.count(PLANT, "lock", "worker-2"), world.count(PLANT, "unlock", "worker-2")) == (0, 1)
        assert await world.is_in_sync(PLANT)
        assert "Li69nux*" in world.writes(PLANT)[began].body
        assert "Li69nux*" not in f"{planned}{world.said}"


async def test_a_dynamic_worker_is_awaited_and_recognised_among_others(in_service):
    async with in_service(PLANT) as (world, clone):
        site, began = world.site(PLANT), len(world.writes(PLANT))
        say(clone, DYNAMIC)
        await world.applied(PLANT, approved="")
        assert "has not booted from the network yet" in (await reasons(world))["host/worker-2"]

        site.bring(machine("52:54:00:0d:08:a0"), serialid="SN-8")
        await world.applied(PLANT, approved="")
        assert calls(world, began) == []

        site.bring(machine(), serialid="SN-9")
        await world.applied(PLANT, approved="")
        assert calls(world, began) == ["PATCH ihosts"]
        assert world.host(PLANT, "worker-2")["mgmt_mac"] == NEW_MAC
        site.settle()
        assert (await world.applied(PLANT, approved="")).is_done
        assert states(world, PLANT, ["worker-2"]) == {"unlocked-enabled"}
        assert world.host(PLANT, None)["serialid"] == "SN-8", "whom nobody meant waits on"


async def test_a_host_whose_machine_is_replaced_is_planned_approved_and_done_while_it_is_locked(in_service):
    async with in_service(PLANT) as (world, clone):
        site = world.site(PLANT)
        site.bring(machine(), is_on=False)
        clone.commit({SETTINGS: (clone.folder / SETTINGS).read_text().replace("52:54:00:0d:03:a0", NEW_MAC)})
        assert "lock it first, by force if it is dead" in (await reasons(world))["host/worker-1"]

        by_hand(world, "lock", "worker-1", PLANT)
        began = len(world.writes(PLANT))
        judged = await world.judged(PLANT)
        assert judged.plan.disruption is Disruption.REINSTALL
        for approved in ("", "*"):
            held = await world.applied(PLANT, approved=approved)
            assert held.result is Result.HELD
            assert "waits for approval of this very plan: a machine is installed anew" in held.message
        assert calls(world, began) == []

        await world.applied(PLANT, approved=judged.plan.id)
        assert calls(world, began) == ["DELETE ihosts", "POST ihosts"]
        site.bring(machine())
        site.settle()
        assert (await world.applied(PLANT, approved="")).is_done
        assert world.host(PLANT, "worker-1")["mgmt_mac"] == NEW_MAC
        assert states(world, PLANT, ["worker-1"]) == {"unlocked-enabled"}
        assert world.count(PLANT, "lock", "worker-1") == 1, "by hand"
        assert await world.is_in_sync(PLANT)


LOCKED = worker("worker-1", "administrativeState: locked")


async def test_a_host_that_git_locks_is_locked_when_somebody_approved_and_unlocked_when_git_says_so(in_service):
    async with in_service(PLANT) as (world, clone):
        clone.commit({own(PLANT): LOCKED})
        judged = await world.judged(PLANT)
        assert (judged.plan.left_locked, judged.plan.disruption) == (("worker-1",), Disruption.LOCK)
        held = await world.applied(PLANT, approved="")
        assert "Git takes worker-1 out of service, and leaves it locked" in held.message
        assert states(world, PLANT, ["worker-1"]) == {"unlocked-enabled"}

        done = await world.applied(PLANT, approved=judged.plan.id)
        assert (done.is_done, done.open_windows) == (True, ())
        assert states(world, PLANT, ["worker-1"]) == {"locked-disabled"}
        again = await world.judged(PLANT)
        assert (again.follows, again.plan.is_empty) == (True, True)

        clone.commit({own(PLANT): LOCKED.replace("administrativeState: locked", "administrativeState: unlocked")})
        assert (await world.applied(PLANT, approved="")).is_done
        assert states(world, PLANT, ["worker-1"]) == {"unlocked-enabled"}
        assert world.count(PLANT, "lock", "worker-1") == 1
        assert world.windows(PLANT) == frozenset()


async def test_a_machine_is_replaced_by_git_alone_locked_swapped_and_unlocked(in_service):
    async with in_service(PLANT) as (world, clone):
        site = world.site(PLANT)
        clone.commit({own(PLANT): LOCKED})
        assert (await world.applied(PLANT, approved="*")).is_done
        text = (clone.folder / SETTINGS).read_text().replace("52:54:00:0d:03:a0", NEW_MAC)
        clone.commit({SETTINGS: text})
        site.bring(machine(), is_on=False)
        await world.applied(PLANT, approved=(await world.judged(PLANT)).plan.id)
        clone.commit({own(PLANT): LOCKED.replace("administrativeState: locked", "administrativeState: unlocked")})
        waiting = await world.applied(PLANT, approved="")
        assert (waiting.result, waiting.open_windows) == (Result.HELD, ())
        assert world.windows(PLANT) == frozenset(), "the window of a machine that is gone"
        assert "not installed yet" in (await reasons(world))["host/worker-1"]
        site.bring(machine())
        site.settle()
        assert (await world.applied(PLANT, approved="")).is_done
        assert (world.count(PLANT, "lock", "worker-1"), world.windows(PLANT)) == (1, frozenset())
        assert await world.is_in_sync(PLANT)


async def test_a_password_that_is_not_where_git_says_stops_its_step_and_says_where_it_should_be(in_service):
    async with in_service(PLANT) as (world, clone):
        began = len(world.writes(PLANT))
        say(clone, STATIC, SECRETS)
        ended = await world.applied(PLANT, approved="")
        assert ended.result is Result.FAILED
        assert "the environment variable PLANT_BMC is not set" in ended.message
        assert calls(world, began) == []


async def test_a_host_that_somebody_locked_is_drift_and_left_to_who_locked_it(in_service):
    async with in_service(PLANT) as (world, _):
        by_hand(world, "lock", "worker-1", PLANT)
        judged = await world.judged(PLANT)
        (change,) = judged.found.changes
        assert (str(change.key), change.cause) == ("host/worker-1", "drifted")
        assert "locked-by-operator" in judged.plan.blocked[0].reason
        await world.applied(PLANT)
        assert states(world, PLANT, ["worker-1"]) == {"locked-disabled"}


async def test_a_host_that_git_does_not_say_is_reported_and_never_touched(in_service):
    async with in_service(PLANT) as (world, _):
        site = world.site(PLANT)
        site.bring(machine())
        body = {"hostname": "worker-9", "personality": "worker"}
        uuid = site.rows("ihosts", {"mgmt_mac": NEW_MAC})[0]["uuid"]
        site.change_rows("ihosts", {"uuid": uuid}, {**body, "subfunctions": "worker"})
        before = world.host(PLANT, "worker-9")
        began = len(world.writes(PLANT))
        judged = await world.judged(PLANT)
        assert "host/worker-9" in {str(r.key) for r in judged.found.unmanaged}
        assert any("host/worker-9: on the site and not in Git: left alone" in line for line in told(judged))
        assert judged.plan.is_empty
        assert judged.follows
        await world.applied(PLANT)
        assert calls(world, began) == []
        assert world.host(PLANT, "worker-9") == before


@pytest.mark.parametrize("power", [True, False])
async def test_a_host_that_was_switched_off_is_switched_on_when_somebody_approved(in_service, monkeypatch, power):
    monkeypatch.setenv("PLANT_BMC", "Li69nux*")
    async with in_service(PLANT) as (world, clone):
        board = f"boardManagement: {{type: redfish, address: {BMC}, credentials: {{password: {{secret: bmc}}}}}}"
        say(clone, worker("worker-1", board, f"powerOn: {str(power).lower()}", "administrativeState: locked"), SECRETS)
        assert (await world.applied(PLANT)).is_done
        off = "power-off" if power else "power-on"
        world.site(PLANT).settle()
        assert world.host(PLANT, "worker-1")["availability"] == ("online" if power else "power-off")
        by_hand(world, off, "worker-1", PLANT)
        held = await world.applied(PLANT, approved="")
        assert "mending this drift" in held.message
        assert (await world.applied(PLANT)).is_done
        world.site(PLANT).settle()
        assert world.host(PLANT, "worker-1")["availability"] == ("online" if power else "power-off")
