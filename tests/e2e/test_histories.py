"""Whatever becomes of Git's history: where it does not prove a removal, nothing is deleted, and the site says so."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from reconciler.kinds import registry
from reconciler.model.words import Result
from tests.desired.writing import document
from tests.e2e.ottawa import OTTAWA, OWN, SETTINGS
from tests.e2e.removing import GONE, LESS, ONCE, OSD, deletes, had

AUTO = "layers: [common, aio-sx-ran]\nvalues: {site: ottawa-001, place: Ottawa, boot_mac: '52:54:00:01:00:a0'}\nprune: {default: auto}\n"


async def everything(world, clone):
    """The site follows a commit that says everything; (the commit before it, that commit)."""
    clone.commit({SETTINGS: AUTO})
    assert (await world.applied(OTTAWA)).is_done
    first = clone.head()
    base = clone.commit({OWN: ONCE})
    assert (await world.applied(OTTAWA)).is_done
    assert await world.is_in_sync(OTTAWA)
    return first, base


async def deletes_nothing(world, told):
    """Whatever is approved, all that was removed stays, and the site says why."""
    judged = await world.judged(OTTAWA)
    assert judged.removals.open == ()
    assert told in judged.removals.blind
    for approved in ("", judged.plan.id, "*"):
        await world.applied(OTTAWA, approved=approved)
    assert deletes(world) == []
    assert had(await world.judged(OTTAWA)) == GONE


def rewritten(clone, _first, _base):
    clone.git("checkout", "--quiet", "--orphan", "anew")
    clone.commit({OWN: LESS}, subject="Another first commit")
    clone.git("branch", "--quiet", "-M", "anew", "main")


def squashed(clone, first, _base):
    clone.commit({OWN: LESS})
    clone.git("reset", "--quiet", "--soft", first)
    clone.commit({}, subject="All in one")


def branched(clone, first, _base):
    clone.git("checkout", "--quiet", "-b", "trial", first)
    clone.commit({OWN: LESS})


def amended(clone, _first, _base):
    clone.commit({OWN: LESS}, "--amend", subject="Say less after all")


@pytest.mark.parametrize("rewrite", [rewritten, squashed, branched, amended])
async def test_a_history_without_the_base_deletes_nothing(in_service, rewrite):
    async with in_service(OTTAWA) as (world, clone):
        first, base = await everything(world, clone)
        rewrite(clone, first, base)
        await deletes_nothing(world, f"{base[:12]}, which the site followed last, is not in the history of")


async def test_a_base_that_nobody_has_any_more_deletes_nothing(in_service):
    async with in_service(OTTAWA) as (world, clone):
        first, base = await everything(world, clone)
        amended(clone, first, base)
        clone.git("reflog", "expire", "--expire=now", "--all")
        clone.git("gc", "--quiet", "--prune=now")
        shutil.rmtree(world.state / "mirror")
        await deletes_nothing(world, f"{base[:12]}, which the site followed last, is not in the history of")


async def test_a_lost_store_deletes_nothing(in_service):
    async with in_service(OTTAWA) as (world, clone):
        await everything(world, clone)
        clone.commit({OWN: LESS})
        shutil.rmtree(world.state)
        await deletes_nothing(world, "no commit is known that the site has followed")


async def test_a_site_that_was_not_in_git_for_a_while_is_not_wiped(in_service):
    async with in_service(OTTAWA) as (world, clone):
        _first, base = await everything(world, clone)
        clone.git("rm", "-r", "--quiet", f"subclouds/{OTTAWA}")
        clone.commit({}, subject="Let Ottawa go")
        clone.git("checkout", "--quiet", base, "--", f"subclouds/{OTTAWA}")
        clone.commit({OWN: LESS}, subject="Take Ottawa up again")
        await deletes_nothing(world, f"the site was not in Git all the time since {base[:12]}")


async def test_what_an_older_program_read_and_this_one_does_not_is_no_removal(in_service, monkeypatch):
    async with in_service(OTTAWA) as (world, clone):
        await everything(world, clone)
        kinds = registry()
        forgetful = {**kinds, "label": replace(kinds["label"], declare=lambda _site: ())}
        monkeypatch.setattr("tests.e2e.world.registry", lambda: forgetful)
        labels = {"controller-0/label/openvswitch", "controller-0/label/rack"}
        judged = await world.judged(OTTAWA)
        assert labels <= {str(key) for key in judged.removals.renderer}
        clone.commit({OWN: ONCE + document("DataNetwork", "fresh", "  type: vlan")})
        for approved in ("", (await world.judged(OTTAWA)).plan.id, "*"):
            await world.applied(OTTAWA, approved=approved)
        assert (deletes(world), had(await world.judged(OTTAWA))) == ([], GONE)


async def test_what_was_open_before_the_history_was_rewritten_is_not_deleted_after(in_service):
    async with in_service(OTTAWA) as (world, clone):
        first, base = await everything(world, clone)
        clone.commit({OWN: LESS, SETTINGS: AUTO.replace("auto", "propose")})
        assert (await world.applied(OTTAWA, approved="")).result is Result.HELD
        approved = (await world.judged(OTTAWA)).plan.id
        rewritten(clone, first, base)
        await world.applied(OTTAWA, approved=approved)
        judged = await world.judged(OTTAWA)
        assert {str(r.key) for r in judged.removals.unproved} == GONE
        await world.applied(OTTAWA, approved=judged.plan.id)
        assert (deletes(world), had(await world.judged(OTTAWA))) == ([], GONE)


async def test_a_rewritten_history_proves_again_what_it_removes_later(in_service):
    async with in_service(OTTAWA) as (world, clone):
        _first, _base = await everything(world, clone)
        clone.commit({OWN: ONCE + document("DataNetwork", "fresh", "  type: vlan")}, "--amend", subject="Say more")
        assert (await world.applied(OTTAWA)).is_done
        clone.commit({OWN: LESS})
        judged = await world.judged(OTTAWA)
        assert {OSD, "data-network/fresh"} <= {str(r.key) for r in judged.removals.open}
        assert (await world.applied(OTTAWA, approved=judged.plan.id)).is_done
        assert await world.is_in_sync(OTTAWA)
