"""Sites go to the release that Git says: three of them by one commit, one that cannot, and what a person sees of it."""

from __future__ import annotations

import pytest

from reconciler.model.condition import Condition
from reconciler.model.gate import GateName
from reconciler.model.words import Disruption, Result
from reconciler.simulator.call import Call
from reconciler.simulator.dcmanager import CENTRAL
from reconciler.simulator.usm import releases
from reconciler.simulator.vim import creating
from reconciler.store import Store
from tests.e2e.ottawa import OTTAWA

SITES = ("gatineau-001", "ottawa-001", "yard-west")
OLD, NEW = "24.09.0", "24.09.1"


def upload(world, *names, version=NEW, **facts):
    """A release that is available on sites that run the one before it."""
    for name in names:
        system = world.site(name).system
        releases.fill(system)
        releases.put(system, version, **facts)


def states(world, name):
    return {row["sw_version"]: row["state"] for row in releases.all_of(world.site(name).system)}


def says(clone, name, text):
    """The site's own file with more at its end."""
    path = f"subclouds/{name}/site.yaml"
    said = (clone.folder / path).read_text()
    clone.commit({path: said + text})


def fleet_says(clone, text):
    said = (clone.folder / "fleet.yaml").read_text()
    clone.commit({"fleet.yaml": said.replace("defaults:\n", f"defaults:\n{text}")})


def wanted(version=NEW, **more):
    said = "".join(f", {key}: {str(value).lower()}" for key, value in more.items())
    return f'  software: {{release: "{version}"{said}}}\n'


def on_site(version=NEW, **more):
    return wanted(version, **more).lstrip()


@pytest.fixture
def copied(tmp_path):
    """What a site's own file says where dcmanager copies the release, with the password of its user."""
    password = tmp_path / f"{OTTAWA}.sysadmin"
    password.write_text("the-password")
    password.chmod(0o600)
    return on_site().replace("}", f', prestage: {{sysadmin: {{secretRef: "file:{tmp_path}/{{site}}.sysadmin"}}}}}}')


async def test_three_sites_go_from_one_release_to_the_next_by_a_commit(in_service):
    async with in_service(*SITES) as (world, clone):
        upload(world, *SITES)
        locks = {name: world.count(name, "lock") for name in SITES}
        fleet_says(clone, wanted())
        ended = await world.converge()
        assert {name: result.outcome.result for name, result in ended.items()} == dict.fromkeys(SITES, Result.DONE)
        for name in SITES:
            assert states(world, name) == {OLD: "deployed", NEW: "deployed"}
            assert world.count(name, "lock") == locks[name] + 1
            assert await world.is_in_sync(name)
            assert world.site(name).rows("vim_strategy", {}) == []
            assert world.site(name).rows("usm_deploy", {}) == []


async def test_a_later_system_that_takes_releases_in_lists_goes_to_its_release_too(in_service):
    """What comes after 26.03 (starlingx/update 9e844c8)."""
    async with in_service(OTTAWA) as (world, clone):
        system = world.site(OTTAWA).system
        system.update("isystems", system.own["uuid"], software_version="26.10")
        upload(world, OTTAWA, version="26.10.1")
        began = len(world.writes(OTTAWA))
        says(clone, OTTAWA, on_site("26.10.1"))
        outcome = await world.applied(OTTAWA)
        assert outcome.result is Result.DONE, outcome.message
        assert states(world, OTTAWA)["26.10.1"] == "deployed"
        bodies = [write.body for write in world.writes(OTTAWA, began) if write.method == "POST"]
        assert any('"release":["starlingx-26.10.1"]' in body for body in bodies)
        assert await world.is_in_sync(OTTAWA)


async def test_a_plan_says_what_it_costs_and_which_hosts_in_turn(in_service):
    async with in_service("yard-west") as (world, clone):
        upload(world, "yard-west")
        says(clone, "yard-west", on_site())
        plan = (await world.judged("yard-west")).plan
        assert plan.disruption is Disruption.REBOOT
        assert plan.locked_hosts == ("controller-1", "controller-0")
        assert plan.most_out == 1


async def test_a_release_that_needs_no_reboot_locks_nothing(in_service):
    async with in_service(OTTAWA) as (world, clone):
        upload(world, OTTAWA, reboot_required=False)
        says(clone, OTTAWA, on_site())
        plan = (await world.judged(OTTAWA)).plan
        assert (plan.disruption, plan.locked_hosts) == (Disruption.SERVICE, ())
        locks = world.count(OTTAWA, "lock")
        assert (await world.applied(OTTAWA)).result is Result.DONE
        assert (states(world, OTTAWA)[NEW], world.count(OTTAWA, "lock")) == ("deployed", locks)


async def test_what_the_precheck_finds_holds_the_plan_in_usms_words_until_it_is_mended(in_service):
    async with in_service(OTTAWA) as (world, clone):
        upload(world, OTTAWA)
        says(clone, OTTAWA, on_site())
        marks = world.site(OTTAWA).system.marks
        marks.add("precheck-refuses:Disk space for /scratch is short")
        writes = len(world.writes(OTTAWA))
        outcome = await world.applied(OTTAWA)
        assert outcome.result is Result.HELD
        (hold,) = outcome.holds
        assert hold.gate is GateName.PRECHECK
        assert "Disk space for /scratch is short: [Fail]" in hold.reason
        assert "[OK]" not in hold.reason
        assert world.writes(OTTAWA, writes) == []
        marks.clear()
        assert (await world.applied(OTTAWA)).result is Result.DONE
        assert states(world, OTTAWA)[NEW] == "deployed"


async def test_who_is_asked_for_a_yes_is_told_what_the_precheck_found(in_service):
    async with in_service(OTTAWA) as (world, clone):
        upload(world, OTTAWA)
        says(clone, OTTAWA, f"apply: approved\n{on_site()}")
        marks = world.site(OTTAWA).system.marks
        marks.add("precheck-refuses:Disk space for /scratch is short")
        writes = len(world.writes(OTTAWA))
        asked = await world.applied(OTTAWA, approved="")
        assert [hold.gate for hold in asked.holds] == [GateName.APPROVAL, GateName.PRECHECK]
        assert "Disk space for /scratch is short: [Fail]" in asked.holds[1].reason
        marks.clear()
        assert [hold.gate for hold in (await world.applied(OTTAWA, approved="")).holds] == [GateName.APPROVAL]
        assert world.writes(OTTAWA, writes) == []


async def test_a_site_that_fails_says_so_in_usms_words_and_goes_on_once_somebody_says_so(in_service):
    async with in_service(*SITES) as (world, clone):
        upload(world, *SITES)
        marks = world.site(OTTAWA).system.marks
        marks.add("deploy-host-fails:controller-0:ostree pull failed")
        fleet_says(clone, wanted())
        ended = await world.converge()
        outcome = ended[OTTAWA].outcome
        assert outcome.result is Result.FAILED
        assert {c.name for c in outcome.conditions} == {Condition.DEPLOY_FAILED}
        assert "Failed software deploy host controller-0: ostree pull failed" in outcome.message
        assert "stxr resume ottawa-001" in outcome.message
        assert {ended[name].outcome.result for name in SITES if name != OTTAWA} == {Result.DONE}
        assert world.host(OTTAWA)["administrative"] == "unlocked"

        marks.clear()
        held = await world.applied(OTTAWA, approved="")
        assert {hold.gate for hold in held.holds} == {GateName.CONDITION}
        with Store.open(world.state) as store:
            assert store.words.resume("jo", site=OTTAWA)
        assert (await world.applied(OTTAWA, approved="")).result is Result.DONE
        assert states(world, OTTAWA)[NEW] == "deployed"
        assert await world.is_in_sync(OTTAWA)


async def test_a_site_whose_file_says_an_older_release_than_the_centre_is_in_sync_when_it_runs_that(in_service):
    """dcmanager calls it out of sync for ever: it compares with what the centre runs."""
    async with in_service(OTTAWA) as (world, clone):
        central = world.server.central
        (row,) = central.rows("subclouds", {"name": OTTAWA})
        central.change_rows("subclouds", {"name": OTTAWA}, {"sync": {**row["sync"], "software": "out-of-sync"}})
        upload(world, OTTAWA)  # the centre's, copied ahead
        says(clone, OTTAWA, on_site(OLD))
        assert await world.is_in_sync(OTTAWA)
        assert (await world.applied(OTTAWA)).result is Result.IN_SYNC
        assert states(world, OTTAWA) == {OLD: "deployed", NEW: "available"}


async def test_a_site_does_not_go_back_unless_git_says_that_it_may(in_service):
    async with in_service(OTTAWA) as (world, clone):
        upload(world, OTTAWA, unremovable=False)
        says(clone, OTTAWA, on_site())
        await world.converge(OTTAWA)
        path = f"subclouds/{OTTAWA}/site.yaml"
        said = (clone.folder / path).read_text()
        clone.commit({path: said.replace(NEW, OLD)})
        (blocked,) = (await world.judged(OTTAWA)).plan.blocked
        assert blocked.reason == (
            "24.09.0 is older than 24.09.1, which the site runs: it goes back only with software.rollback: true"
        )
        clone.commit({path: said.replace(on_site(), on_site(OLD, rollback=True))})
        assert (await world.applied(OTTAWA)).result is Result.DONE
        assert states(world, OTTAWA) == {OLD: "deployed", NEW: "available"}


async def test_what_is_not_on_the_site_is_copied_by_dcmanager_and_then_deployed(in_service, copied):
    """The central cloud has 24.09.1 deployed: that is what it copies."""
    async with in_service(OTTAWA) as (world, clone):
        says(clone, OTTAWA, copied)
        plan = (await world.judged(OTTAWA)).plan
        assert [c.key.kind for c in plan.changes] == ["uploaded-release", "software-release"]
        assert plan.disruption is Disruption.REBOOT
        assert (await world.applied(OTTAWA)).result is Result.DONE
        assert states(world, OTTAWA) == {OLD: "deployed", NEW: "deployed"}
        (row,) = world.server.central.rows("subclouds", {"name": OTTAWA})
        assert row["prestage-status"] == "complete"


async def test_a_copy_is_made_ahead_of_the_window_in_which_it_is_deployed(in_service, copied):
    async with in_service(OTTAWA) as (world, clone):
        closed = 'windows: [{cron: "0 0 29 2 *", duration: 1h}]\n'
        says(clone, OTTAWA, copied + closed)
        outcome = await world.applied(OTTAWA, approved="")
        assert {hold.gate for hold in outcome.holds} == {GateName.WINDOW}
        assert states(world, OTTAWA) == {OLD: "deployed", NEW: "available"}


async def test_what_came_up_while_a_release_was_copied_holds_its_deployment(in_service, copied):
    """Hours may have passed since the gates were asked: no host is rebooted by what was permitted then."""
    async with in_service(OTTAWA) as (world, clone):
        says(clone, OTTAWA, copied)
        site, locks = world.site(OTTAWA), world.count(OTTAWA, "lock")
        failed = {"alarm_id": "200.004", "severity": "critical", "entity_instance_id": "host=controller-0"}
        world.at(CENTRAL, "PATCH .*/prestage", lambda: world.after(60, lambda: site.add_row("alarms", failed)))
        outcome = await world.applied(OTTAWA)
        assert (outcome.result, "not begun: " in outcome.message) == (Result.HELD, True), outcome.message
        assert (site.rows("vim_strategy", {}), world.count(OTTAWA, "lock")) == ([], locks)
        assert states(world, OTTAWA) == {OLD: "deployed", NEW: "available"}
        site.delete_rows("alarms", {"alarm_id": "200.004"})
        assert (await world.applied(OTTAWA)).result is Result.DONE


async def test_somebody_elses_strategy_for_another_release_is_not_taken_for_ours(in_service, copied):
    """One that was made while a release was copied, and waits to be applied: it would take the site where nobody wants it."""
    async with in_service(OTTAWA) as (world, clone):
        says(clone, OTTAWA, copied)
        site, locks = world.site(OTTAWA), world.count(OTTAWA, "lock")
        how = dict.fromkeys(("controller-apply-type", "storage-apply-type", "worker-apply-type"), "serial")
        theirs = {**how, "default-instance-action": "stop-start", "release": "starlingx-24.09.9", "delete": True}

        def somebody_makes_one():
            upload(world, OTTAWA, version="24.09.9")
            creating.create(site.system, Call("POST", "", {"name": "sw-upgrade"}, {}, theirs, ""))

        world.at(CENTRAL, "PATCH .*/prestage", lambda: world.after(60, somebody_makes_one))
        outcome = await world.applied(OTTAWA)
        assert "it is somebody else's, and left alone" in outcome.message, outcome.message
        [row] = site.rows("vim_strategy", {})
        assert (outcome.result, row["asked"]["release"]) == (Result.CONFLICT, "starlingx-24.09.9")
        assert world.count(OTTAWA, "lock") == locks


async def test_a_copy_that_fails_says_so_in_dcmanagers_words(in_service, copied):
    async with in_service(OTTAWA) as (world, clone):
        world.server.central.system.marks.add(f"prestaging-fails:{OTTAWA}:no space left on /opt/platform-backup")
        says(clone, OTTAWA, copied)
        outcome = await world.applied(OTTAWA)
        assert outcome.result is Result.FAILED
        assert "no space left on /opt/platform-backup" in outcome.message


async def test_what_is_not_on_the_site_is_said_with_what_it_takes(in_service):
    async with in_service(OTTAWA) as (world, clone):
        says(clone, OTTAWA, on_site())
        reasons = {str(b.key): b.reason for b in (await world.judged(OTTAWA)).plan.blocked}
        assert "upload it there (software upload)" in reasons["uploaded-release/24.09.1"]
        assert reasons["software-release"] == "waits for uploaded-release/24.09.1, which is blocked"


async def test_somebody_elses_deployment_is_left_alone(in_service):
    async with in_service(OTTAWA) as (world, clone):
        upload(world, OTTAWA)
        row = {"from_release": OLD, "to_release": NEW, "state": "host", "reboot_required": True}
        world.site(OTTAWA).add_row("usm_deploy", row)
        says(clone, OTTAWA, on_site())
        outcome = await world.applied(OTTAWA)
        assert {hold.gate for hold in outcome.holds} == {GateName.OTHER_WRITER}


@pytest.mark.parametrize("version", ["1.30.6", "v1.30.6"])
async def test_kubernetes_goes_to_the_version_that_git_says(in_service, version):
    async with in_service("yard-west") as (world, clone):
        says(clone, "yard-west", f"kubernetes: {{version: {version}}}\n")
        plan = (await world.judged("yard-west")).plan
        assert plan.locked_hosts == ("controller-1", "controller-0")
        assert (await world.applied("yard-west")).result is Result.DONE
        (active,) = world.site("yard-west").rows("kube_versions", {"state": "active"})
        assert active["version"] == "v1.30.6"
        assert await world.is_in_sync("yard-west")
