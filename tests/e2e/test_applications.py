"""Applications of a site in service: from YAML to uploads, charts and applies, to a plan that has nothing more to do."""

from __future__ import annotations

import pytest

from reconciler.cli.plan_text import Detail, plan_lines
from reconciler.model.proof import ProofResult
from reconciler.model.words import Action, Cause, Result
from tests.e2e.ottawa import OTTAWA, SETTINGS
from tests.e2e.proving import proved_first

OLD, NEW = "24.09-3", "24.09-4"
CHART = "/v1/helm_charts/snmp"
COMMUNITY = "Zq7-community"


@pytest.fixture
def said(in_service, monkeypatch):
    """An opener of worlds in which Git says an application, and nothing was sent yet."""
    monkeypatch.setenv("SNMP_COMMUNITY", COMMUNITY)

    def say(clone, text, more=""):
        settings = clone.__dict__.setdefault("first", (clone.folder / SETTINGS).read_text())
        clone.commit({SETTINGS: f"{settings}system:\n  applications:\n    snmp: {text}\n{more}"})

    return say


def charts(values):
    return f"charts: {{snmp: {{kube-system: {{values: {values}}}}}}}"


WHOLE = f'{{version: "{OLD}", state: applied, {charts("{trap: {port: 162, auth_token: {secretRef: env:SNMP_COMMUNITY}}}")}}}'


def app(world):
    (row,) = world.site(OTTAWA).rows("apps", {"name": "snmp"})
    return row


def calls(world, since):
    return [f"{w.method} {w.path}" for w in world.writes(OTTAWA, since)]


def stored(world):
    return [row["user_overrides"] for row in world.site(OTTAWA).rows("helm_overrides", {"app_name": "snmp"})]


async def test_it_is_uploaded_its_charts_are_told_and_it_is_applied_once(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        said(clone, WHOLE)
        began = len(world.writes(OTTAWA))
        assert (await world.applied(OTTAWA)).is_done
        assert calls(world, began) == [
            "POST /v1/apps",
            f"PATCH {CHART}",
            "PATCH /v1/apps/snmp",
        ]
        assert (app(world)["status"], app(world)["app_version"]) == ("applied", OLD)
        assert stored(world) == [f"trap:\n  auth_token: {COMMUNITY}\n  port: 162\n"]
        assert await world.is_in_sync(OTTAWA)
        assert world.count(OTTAWA, "lock") == 0


async def test_another_value_applies_it_again_and_another_version_keeps_the_values(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        said(clone, WHOLE)
        assert (await world.applied(OTTAWA)).is_done
        began = len(world.writes(OTTAWA))
        said(clone, WHOLE.replace("162", "1162"))
        assert (await world.applied(OTTAWA)).is_done
        assert calls(world, began) == [f"PATCH {CHART}", "PATCH /v1/apps/snmp"]
        said(clone, WHOLE.replace("162", "1162").replace(OLD, NEW))
        assert (await world.applied(OTTAWA)).is_done
        assert calls(world, began)[2:] == ["POST /v1/apps/update"]
        assert await world.is_in_sync(OTTAWA)
        assert app(world)["app_version"] == NEW


async def test_what_failed_is_told_in_the_platforms_words_and_tried_again(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        said(clone, WHOLE)
        site = world.site(OTTAWA)
        site.system.marks.add("app-apply-fails:snmp:Failed to download images.")
        outcome = await world.applied(OTTAWA)
        assert outcome.result is Result.FAILED
        assert "status is apply-failed: Failed to download images." in outcome.message
        assert [row["alarm_id"] for row in site.rows("alarms", {"entity_instance_id": "k8s_application=snmp"})] == [
            "750.002"
        ]
        began = len(world.writes(OTTAWA))
        assert (await world.applied(OTTAWA)).is_done
        assert calls(world, began) == ["PATCH /v1/apps/snmp"]
        assert await world.is_in_sync(OTTAWA)


async def test_an_update_that_went_back_is_no_success(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        said(clone, WHOLE)
        assert (await world.applied(OTTAWA)).is_done
        world.site(OTTAWA).system.marks.add("app-update-fails:snmp:no room")
        said(clone, WHOLE.replace(OLD, NEW))
        outcome = await world.applied(OTTAWA)
        assert outcome.result is Result.FAILED
        assert app(world)["app_version"] == OLD
        (change,) = (await world.judged(OTTAWA)).found.changes
        assert "aborted. Application recover to version 24.09-3 completed" in change.have.progress


async def test_what_somebody_changed_on_the_site_is_drift(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        said(clone, WHOLE)
        assert (await world.applied(OTTAWA)).is_done
        site = world.site(OTTAWA)
        site.change_rows("helm_overrides", {"app_name": "snmp"}, {"user_overrides": "debug: true\n"})
        site.change_rows("apps", {"name": "snmp"}, {"status": "uploaded"})
        found = {str(c.key): c.cause for c in (await world.judged(OTTAWA)).found.changes}
        assert found["application-state/snmp"] is Cause.DRIFTED
        assert "helm-override/snmp/snmp/kube-system" in found


async def test_one_that_git_wants_out_of_the_cluster_is_removed_with_a_yes_to_that_very_plan(in_service, said):
    """What its charts made goes with it, volumes too."""
    async with in_service(OTTAWA) as (world, clone):
        said(clone, WHOLE)
        assert (await world.applied(OTTAWA)).is_done
        said(clone, WHOLE.replace("state: applied", "state: uploaded"))
        began, plan = len(world.writes(OTTAWA)), (await world.judged(OTTAWA)).plan
        for approved in ("", "*"):
            held = await world.applied(OTTAWA, approved=approved)
            assert (held.result, calls(world, began)) == (Result.HELD, []), held.message
        assert (await world.applied(OTTAWA, approved=plan.id)).is_done
        assert app(world)["status"] == "uploaded"


async def test_one_that_git_wants_gone_is_removed_and_deleted_with_a_word_of_somebody(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        said(clone, WHOLE)
        assert (await world.applied(OTTAWA)).is_done
        said(clone, "{state: removed}")
        began, judged = len(world.writes(OTTAWA)), await world.judged(OTTAWA)
        assert not (await world.applied(OTTAWA, approved="")).is_done
        assert calls(world, began) == []
        assert (await world.applied(OTTAWA, approved=judged.plan.id)).is_done
        assert calls(world, began) == ["PATCH /v1/apps/snmp", "DELETE /v1/apps/snmp"]
        assert world.site(OTTAWA).rows("apps", {"name": "snmp"}) == []
        assert await world.is_in_sync(OTTAWA)


async def test_one_that_a_commit_removed_is_deleted_as_policy_permits(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        said(clone, WHOLE)
        assert (await world.applied(OTTAWA)).is_done
        clone.commit({SETTINGS: clone.first + "prune: {application: auto}\n"})
        judged = await world.judged(OTTAWA)
        (change,) = judged.found.changes
        assert (str(change.key), change.action) == ("application/snmp", Action.DELETE)
        assert (await world.applied(OTTAWA, approved=judged.plan.id)).is_done
        assert world.site(OTTAWA).rows("apps", {"name": "snmp"}) == []


async def test_a_site_without_applications_in_git_is_not_asked_for_charts(in_service):
    async with in_service(OTTAWA) as (world, _clone):
        site = world.site(OTTAWA)
        site.add_row(
            "helm_overrides",
            {"app_name": "cert-manager", "name": "a", "namespace": "b", "user_overrides": "x: 1", "attributes": {}},
        )
        judged = await world.judged(OTTAWA)
        assert not judged.observed.is_complete("helm-override")
        assert judged.observed.is_complete("application")
        assert not any(key.kind == "helm-override" for key in judged.observed.resources)


async def test_no_secret_of_a_chart_is_in_a_plan_an_inventory_or_the_store(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        said(clone, WHOLE)
        before = await world.judged(OTTAWA)
        outcome = await world.applied(OTTAWA)
        async with world.fleet() as fleet:
            inventory = await fleet.inventory(OTTAWA)
        shown = [
            *plan_lines(before.plan, before.found, Detail(calls=True)),
            repr((before, outcome, inventory)),
            *world.said,
        ]
        assert "sha256:" in "\n".join(shown)
        assert f"{CHART}?name=snmp&namespace=kube-system" in inventory
        assert COMMUNITY not in "\n".join(shown)
        kept = [path for path in world.state.rglob("*") if path.is_file()]
        assert [path for path in kept if COMMUNITY.encode() in path.read_bytes()] == []


PLAIN = f'{{version: "{OLD}", state: applied, {charts("{trap: {port: 162}}")}}}'


async def test_it_is_proved_on_a_twin_before_and_then_goes_as_it_did_there(in_service, said):
    async with in_service(OTTAWA) as (world, clone):
        proof = await proved_first(world, OTTAWA, lambda: said(clone, PLAIN))
        assert (proof.result, proof.refusal) == (ProofResult.PROVED, None)
        assert (await world.applied(OTTAWA)).is_done
        again = await proved_first(world, OTTAWA, lambda: said(clone, PLAIN.replace("162", "1162").replace(OLD, NEW)))
        assert again.result is ProofResult.PROVED


async def test_a_tarball_of_ones_own_is_taken_to_be_there_on_a_twin_and_is_refused_where_it_is_not(in_service, said):
    """No inventory tells the files of a controller: a proof that refused them would hold what is right."""
    own = "{state: uploaded, tarball: /home/sysadmin/ours.tgz}"
    async with in_service(OTTAWA) as (world, clone):
        proof = await proved_first(world, OTTAWA, lambda: said(clone, own))
        assert proof.result is ProofResult.PROVED
        outcome = await world.applied(OTTAWA)
        assert "failed to extract tar file" in outcome.message
        world.site(OTTAWA).add_row("app_tarballs", {"path": "/home/sysadmin/ours.tgz", "name": "snmp", "version": "1"})
        assert (await world.applied(OTTAWA)).is_done
