"""A folder in Git becomes a managed subcloud that is in sync with its deployment-config."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.opening import open_present
from reconciler.engine.reviewing import Known, moved, reviewed
from reconciler.kinds import registry
from reconciler.model.words import Cause, Disruption, Result
from reconciler.simulator.dcmanager import CENTRAL, RESTART
from reconciler.simulator.dcmanager.subclouds import add
from reconciler.simulator.interference import Connection, Rule, Trouble
from reconciler.store import Store
from tests.e2e.lifecycle import FOLDER, NEW, SITE, asked, asked_for, entered, racked, row
from tests.e2e.world import NEW_YEAR, SHORT

LATER = "gatineau-101"
VALUES = f"{FOLDER}/bootstrap-values.yaml"


@pytest.fixture
def clone(git, tmp_path):
    """The site asks for approvals: of its first plan, and of nothing that only carries that out."""
    clone = git(NEW)
    asked_for(clone, tmp_path / "secrets", more="apply: approved\n")
    return clone


@pytest.fixture
def new_site(clone, opened):
    return opened(clone, racked)


async def test_the_plan_of_a_new_folder_says_every_phase_and_what_it_costs(new_site):
    async with new_site as world:
        judged = await world.judged(NEW)
    steps = [(step.kind, step.disruption) for stage in judged.plan.stages for step in stage.steps]
    assert steps == [
        ("subcloud", Disruption.NONE),
        ("subcloud-install", Disruption.REINSTALL),
        ("subcloud-bootstrap", Disruption.NONE),
        ("subcloud-completion", Disruption.NONE),
    ]
    assert [(str(b.key), b.reason) for b in judged.plan.blocked] == [
        ("subcloud-management", "it is managed once its deployment is complete and dcmanager finds it online")
    ]


async def test_it_is_not_begun_before_that_very_plan_is_approved(new_site):
    async with new_site as world:
        outcome = await world.applied(NEW, approved="*")
        assert (outcome.result, row(world)) == (Result.HELD, None)
        assert "waits for approval of this very plan: a machine is installed anew" in outcome.message


async def approved(world):
    """As somebody says yes once, and then leaves."""
    plan = (await world.judged(NEW)).plan
    outcome = await world.applied(NEW, approved=plan.id)
    for _ in range(3):
        outcome = await world.applied(NEW, approved="")
    return outcome


async def test_approved_once_it_becomes_managed_and_in_sync(new_site):
    async with new_site as world:
        outcome = await approved(world)
        assert (row(world)["deploy-status"], row(world)["management-state"]) == ("complete", "managed"), outcome.message
        assert await world.is_in_sync(NEW)
        assert [path.rpartition("/")[2] for path in asked(world)] == [
            "phased-subcloud-deploy",
            "install",
            "bootstrap",
            "complete",
            NEW,
        ]


async def test_no_machine_is_installed_from_the_board_of_another_subcloud(new_site):
    """As in a copied folder: the machine that runs the other site would be installed anew."""
    async with new_site as world:
        add(world.server.central.system, "hull", data_install='{"bmc_address": "10.20.7.112"}')
        outcome = await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)
        told = "install-values.yaml: bmc_address 10.20.7.112 is that of hull in dcmanager: its machine would be installed anew"
        assert told in outcome.message
        assert (row(world)["deploy-status"], asked(world, path="install")) == ("create-complete", [])


async def test_no_machine_is_installed_whose_board_does_not_answer(new_site):
    async with new_site as world:
        board = world.server.boards.room(NEW)["controller-0"]
        board.interference.connection = Connection.RESET
        plan = (await world.judged(NEW)).plan.id
        held = await world.applied(NEW, approved=plan)
        assert (held.result, asked(world)) == (Result.HELD, [])
        assert "not to be installed: controller-0 broken" in held.message
        board.interference.connection = Connection.UP
        assert (await world.applied(NEW, approved=plan)).result is Result.DONE


async def test_after_that_changes_of_git_are_approved_as_on_any_other_site(new_site, clone):
    async with new_site as world:
        await approved(world)
        clone.commit(
            {
                f"{FOLDER}/site.yaml": (clone.folder / f"{FOLDER}/site.yaml").read_text()
                + "system: {timezone: Asia/Tokyo}\n"
            }
        )
        assert (await world.applied(NEW, approved="")).result is Result.HELD


async def test_what_git_says_since_its_deployment_was_approved_is_approved_as_on_any_other_site(new_site, clone):
    """One that never comes into sync would else take every commit for ever, and reboot for it, without a word of anybody."""
    async with new_site as world:
        never = Rule(Trouble.REFUSE, "PATCH", ".*/idns/.*", count=None, status=400, text="not on this system")
        world.site(NEW).interference.rules.append(never)
        assert (await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)).result is Result.FAILED
        file = clone.folder / f"{FOLDER}/site.yaml"
        clone.commit({f"{FOLDER}/site.yaml": file.read_text() + "system: {timezone: Asia/Tokyo}\n"})
        began = len(world.writes(NEW))
        held = await world.applied(NEW, approved="")
        assert (held.result, world.writes(NEW, began)) == (Result.HELD, []), held.message
        world.site(NEW).interference.rules.clear()
        clone.commit({f"{FOLDER}/site.yaml": file.read_text().replace("system: {timezone: Asia/Tokyo}\n", "")})
        for _ in range(3):
            await world.applied(NEW, approved="")
        assert await world.is_in_sync(NEW)


async def test_an_edit_of_what_is_read_once_is_told_and_never_acted_on(new_site, clone):
    async with new_site as world:
        await approved(world)
        before = len(asked(world))
        values = (clone.folder / VALUES).read_text().replace("- 10.0.0.53\n", "- 10.0.0.99\n")
        clone.commit({VALUES: f"{values}cluster_pod_subnet: 172.17.0.0/16\n"})
        judged = await world.judged(NEW)
        assert {change.cause for change in judged.found.changes} == {Cause.PENDING}
        [blocked] = judged.plan.blocked
        assert blocked.reason == (
            "dns_servers is changed by `System.spec.dnsServers`; cluster_pod_subnet: read once, when the site was "
            "bootstrapped: it takes a redeployment (subcloud.redeploy), which loses all that is on the site, or the old value in Git"
        )
        assert (await world.applied(NEW, approved="*")).result is Result.HELD
        assert len(asked(world)) == before


async def test_what_dcmanager_could_not_deploy_is_told_at_its_line_and_not_begun(clone, opened):
    values = (clone.folder / VALUES).read_text().replace("external_oam_gateway_address: 10.20.7.1\n", "")
    clone.commit({VALUES: values})
    async with opened(clone, racked) as world:
        judged = await world.judged(NEW)
    assert judged.plan.stages == ()
    assert (
        f"{VALUES}:1:1: bootstrap-values.yaml: external_oam_gateway_address is missing" in judged.plan.blocked[0].reason
    )


def installs(world):
    return asked(world, path="/install")


def troubled(world, trouble, method, path, count=1):
    world.server.central.interference.rules.append(Rule(trouble, method, path, count))


@pytest.mark.parametrize("trouble", [Trouble.RESET_AFTER, Trouble.HANG_AFTER, Trouble.HALF])
async def test_an_installation_without_an_answer_is_asked_for_once_however_slow_dcmanager_is_to_begin(
    new_site, trouble
):
    """Its API answers before its manager has taken it up: what the row shows meanwhile is from before."""
    async with new_site as world:
        system = world.server.central.system
        system.durations, world.limits = replace(system.durations, subcloud_cast=300), SHORT
        troubled(world, trouble, "PATCH", ".*/install")
        outcome = await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)
        assert (outcome.result, len(installs(world))) == (Result.DONE, 1), outcome.message


async def test_an_installation_of_which_nothing_is_seen_is_asked_for_again_only_with_another_yes(new_site):
    async with new_site as world:
        troubled(world, Trouble.RESET, "PATCH", ".*/install")
        outcome = await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)
        assert (outcome.result, installs(world)) == (Result.UNREACHABLE, [])
        assert "it may have taken effect" in outcome.message
        assert (await world.applied(NEW, approved="*")).result is Result.HELD
        assert (await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)).result is Result.DONE
        assert len(installs(world)) == 1


@pytest.mark.parametrize(("state", "ends"), [("installing", "install-failed"), ("bootstrapping", "bootstrap-failed")])
async def test_a_manager_of_dcmanager_that_restarts_fails_the_phase_and_another_yes_goes_on_with_it(
    new_site, state, ends
):
    async with new_site as world:
        system = world.server.central.system
        entered(world, state, lambda: world.after(60, lambda: system.marks.add(RESTART)))
        outcome = await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)
        assert (outcome.result, row(world)["deploy-status"]) == (Result.FAILED, ends)
        assert f"deploy-status is {ends}" in outcome.message
        assert (await world.applied(NEW, approved="*")).result is Result.HELD
        outcome = await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)
        assert (outcome.result, row(world)["deploy-status"]) == (Result.DONE, "complete"), outcome.message
        assert len(installs(world)) == 1 + (state == "installing")


async def test_a_central_cloud_that_is_dark_for_a_while_ends_no_phase(new_site):
    """A bad line to it, or a swact of it: what runs there is waited for until it is seen again."""
    async with new_site as world:
        central = world.server.central
        world.at(CENTRAL, "PATCH .*/install", lambda: world.after(60, lambda: central.connect(Connection.RESET)))
        world.after(600, lambda: central.connect(Connection.UP))
        outcome = await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)
        assert (outcome.result, len(installs(world))) == (Result.DONE, 1), outcome.message


async def test_a_subcloud_that_is_deleted_by_hand_in_a_phase_is_not_waited_for(new_site):
    async with new_site as world:
        central = world.server.central
        world.at(
            CENTRAL,
            "PATCH .*/install",
            lambda: world.after(300, lambda: central.delete_rows("subclouds", {"name": NEW})),
        )
        began = world.clock.now()
        outcome = await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)
        assert f"/v1.0/subclouds/{NEW} is not there any more" in outcome.message
        assert world.clock.now() - began < 600


async def test_a_creation_that_failed_says_what_it_takes(new_site):
    async with new_site as world:
        world.server.central.system.marks.add(f"creating-fails:{NEW}:no room")
        outcome = await world.applied(NEW, approved=(await world.judged(NEW)).plan.id)
        assert (outcome.result, row(world)["deploy-status"]) == (Result.FAILED, "create-failed")
        reasons = {b.reason for b in (await world.judged(NEW)).plan.blocked}
        assert any("once it is deleted there, it is added anew" in reason for reason in reasons), reasons


@pytest.mark.parametrize(
    ("said", "phases"),
    [
        ("  via: direct\n  onboarding: enroll\n", ["phased-subcloud-deploy", "enroll", "complete"]),
        ("  via: deployment-manager\n", ["phased-subcloud-deploy", "install", "bootstrap", "configure"]),
    ],
    ids=["from-the-factory", "by-a-deployment-manager"],
)
async def test_the_other_ways_come_to_the_same_end(git, opened, tmp_path, said, phases):
    clone = git(NEW)
    asked_for(clone, tmp_path / "secrets", more="apply: auto\n")
    site = (clone.folder / SITE).read_text()
    clone.commit({SITE: site.replace("  via: direct\n", said)})
    async with opened(clone, racked) as world:
        outcome = await approved(world)
        assert [path.rpartition("/")[2] for path in asked(world)] == [*phases, NEW], outcome.message
        assert row(world)["management-state"] == "managed"
        assert await world.is_in_sync(NEW)


def looked_over(clone, state):
    """The review of what the last commit did to the one before."""
    with (
        open_present(str(clone.folder), "", "HEAD~1", state, registry()) as before,
        open_present(str(clone.folder), "", "HEAD", state, registry()) as after,
    ):
        return reviewed(before, after, moved(before, after), Known(NEW_YEAR))


async def test_the_review_of_a_new_folder_says_what_its_deployment_takes(git, tmp_path):
    clone = git("ottawa-001", NEW)
    clone.git("rm", "-r", "--quiet", FOLDER)
    clone.commit({}, subject="Before it")
    clone.git("checkout", "--quiet", "HEAD~1", "--", FOLDER)
    asked_for(clone, tmp_path / "secrets")
    [group] = (review := looked_over(clone, tmp_path / "state")).groups
    assert (group.sites, group.cost.reinstalls, review.new) == ((NEW,), 1, ())
    assert {d.kind for d in group.example.differences} == {
        *("subcloud", "subcloud-install", "subcloud-bootstrap", "subcloud-completion", "subcloud-management")
    }


async def test_the_review_of_a_new_folder_says_at_its_line_what_dcmanager_would_refuse(git, tmp_path):
    clone = git("ottawa-001", NEW)
    clone.git("rm", "-r", "--quiet", FOLDER)
    clone.commit({}, subject="Before it")
    clone.git("checkout", "--quiet", "HEAD~1", "--", FOLDER)
    values = (clone.folder / VALUES).read_text()
    (clone.folder / VALUES).write_text(values.replace("external_oam_gateway_address: 10.20.7.1\n", ""))
    asked_for(clone, tmp_path / "secrets")
    [error] = looked_over(clone, tmp_path / "state").errors
    assert error.in_words.startswith(f"{VALUES}:1")
    assert "external_oam_gateway_address is missing" in error.in_words


async def test_it_is_put_into_the_group_that_git_says_and_moved_when_git_moves_it(git, opened, tmp_path):
    clone = git(NEW)
    asked_for(clone, tmp_path / "secrets", more="  group: east\napply: auto\n")
    async with opened(clone, racked) as world:
        for name in ("east", "west"):
            facts = {"name": name, "description": name, "update_apply_type": "parallel", "max_parallel_subclouds": 2}
            world.server.central.add_row("subcloud_groups", facts)
        await approved(world)
        assert group_of(world) == "east"
        site = (clone.folder / SITE).read_text()
        clone.commit({SITE: site.replace("group: east", "group: west")})
        assert (await world.applied(NEW, approved="")).result is Result.DONE
        assert group_of(world) == "west"
        assert await world.is_in_sync(NEW)


def group_of(world):
    groups = {group["id"]: group["name"] for group in world.server.central.rows("subcloud_groups", {})}
    return groups[row(world)["group_id"]]


DELETE = f"  via: direct\n  delete: {NEW}\n"


async def test_it_is_deleted_only_where_git_names_it_and_its_very_plan_is_approved_once_it_is_offline(new_site, clone):
    async with new_site as world:
        await approved(world)
        site = (clone.folder / SITE).read_text()
        clone.commit({SITE: site.replace("  via: direct\n", DELETE)})
        [blocked] = (await world.judged(NEW)).plan.blocked
        assert "dcmanager deletes only what is offline" in blocked.reason

        world.site(NEW).switch("controller-0", on=False)
        plan = (await world.judged(NEW)).plan
        assert plan.disruption is Disruption.DESTRUCTIVE
        assert [call.method for call in plan.stages[0].steps[0].calls] == ["PATCH", "DELETE"]
        held = await world.applied(NEW, approved="*")
        assert (held.result, "waits for approval of this very plan" in held.message) == (Result.HELD, True)
        assert (await world.applied(NEW, approved=plan.id)).result is Result.DONE
        left = await world.judged(NEW)
        assert (row(world), left.plan.is_empty, left.found.changes) == (None, True, ())


async def test_a_folder_that_is_gone_takes_no_subcloud_with_it(in_service, tmp_path):
    async with in_service("ottawa-001", NEW) as (world, clone):
        begun = len(asked(world))
        clone.git("rm", "-r", "--quiet", FOLDER)
        clone.commit({}, subject="Without it")
        await world.converge()
        assert row(world)["management-state"] == "managed"
        assert len(asked(world)) == begun


async def test_a_folder_with_another_name_is_the_same_subcloud_where_git_says_its_former_name(in_service):
    async with in_service("ottawa-001", NEW) as (world, clone):
        region = row(world)["region-name"]
        clone.git("mv", FOLDER, f"subclouds/{LATER}")
        for file in ("site.yaml", "bootstrap-values.yaml"):
            path = clone.folder / "subclouds" / LATER / file
            path.write_text(path.read_text().replace(f"name: {NEW}\n", f"name: {LATER}\n"))
        site = clone.folder / f"subclouds/{LATER}/site.yaml"
        site.write_text(f"{site.read_text()}subcloud: {{state: managed, formerNames: [{NEW}]}}\n")
        clone.commit({}, subject="Rename a site")

        judged = await world.judged(LATER)
        assert [change.key.kind for change in judged.plan.changes] == ["subcloud"]
        await world.applied(LATER)
        await world.applied(LATER)
        rows = {
            r["name"]: (r["region-name"], r["management-state"]) for r in world.server.central.rows("subclouds", {})
        }
        assert (rows.get(LATER), NEW in rows) == ((region, "managed"), False)


async def test_other_management_addresses_move_all_at_once_and_it_is_managed_again(new_site, clone):
    async with new_site as world:
        await approved(world)
        values = (clone.folder / VALUES).read_text()
        clone.commit({VALUES: values.replace("192.168.107.2\n", "192.168.107.3\n")})
        [blocked] = (await world.judged(NEW)).plan.blocked
        assert blocked.reason.startswith("dcmanager moves subnet, gateway, start and end at once: end, gateway, subnet")

        clone.commit({VALUES: values.replace("192.168.107.", "192.168.207.")})
        plan = (await world.judged(NEW)).plan
        assert plan.disruption is Disruption.SERVICE
        assert (await world.applied(NEW, approved=plan.id)).result is Result.DONE
        assert row(world)["management-start-ip"] == "192.168.207.2"
        await world.applied(NEW, approved="*")
        assert (row(world)["deploy-status"], row(world)["management-state"]) == ("complete", "managed")
        assert await world.is_in_sync(NEW)


async def test_a_row_that_vanished_is_not_added_anew_without_a_yes(git, opened, tmp_path):
    """Another centre may have it by now: nothing is bootstrapped because dcmanager forgot a site that Git names."""
    clone = git(NEW)
    asked_for(clone, tmp_path / "secrets", more="apply: auto\n")
    async with opened(clone, racked) as world:
        await approved(world)
        assert await world.is_in_sync(NEW)
        begun = len(asked(world))
        world.server.central.delete_rows("subclouds", {"name": NEW})
        outcome = await world.applied(NEW, approved="")
        assert (outcome.result, row(world), len(asked(world))) == (Result.HELD, None, begun)
        assert "waits for approval of this very plan: a machine is bootstrapped" in outcome.message


async def test_a_host_that_we_locked_stays_owed_while_its_site_is_not_asked(new_site):
    async with new_site as world:
        await approved(world)
        with Store.open(world.state) as store:
            store.open_window(NEW, "controller-0", "a-plan")
        world.server.central.change_rows("subclouds", {"name": NEW}, {"deploy-status": "install-failed"})
        outcome = await world.applied(NEW, approved="")
        assert (world.windows(NEW), outcome.open_windows) == ({"controller-0"}, ("controller-0",))


async def test_one_that_was_deleted_stays_so_whoever_has_its_former_name_by_now(new_site, clone):
    async with new_site as world:
        await approved(world)
        site = (clone.folder / SITE).read_text()
        clone.commit({SITE: site.replace("  via: direct\n", f"{DELETE}  formerNames: [somebody-elses]\n")})
        world.site(NEW).switch("controller-0", on=False)
        plan = (await world.judged(NEW)).plan
        assert (await world.applied(NEW, approved=plan.id)).result is Result.DONE
        add(world.server.central.system, "somebody-elses")
        left = await world.judged(NEW)
        assert (left.plan.is_empty, left.found.changes) == (True, ())
