"""Pull requests on each forge, from being opened to being merged: one comment, true of the newest head, and its statuses."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import aiohttp
import orjson
import pytest

from reconciler import app
from reconciler.engine import reviews as engine_reviews
from reconciler.engine.fingerprint import fingerprint
from reconciler.engine.review_freshness import Fresh
from reconciler.engine.reviews import Quiet
from reconciler.model.review_wire import review_json
from reconciler.model.role import Role
from tests.e2e.ottawa import ONE_MORE, OTTAWA, OWN, TWO_STEPS
from tests.e2e.reviewing import CONTROLLER, bench, forge_file
from tests.e2e.test_durable import until
from tests.e2e.world import running
from tests.forges.conftest import KINDS
from tests.forges.server import PROJECT, TOKEN, served
from tests.sources.test_push_events import signature

VALIDATION, PLAN = "stxr/validation", "stxr/plan"
WELL = {VALIDATION: "success", PLAN: "success"}
FRONTHAUL = ONE_MORE.replace("backhaul", "fronthaul2")
BROKEN = ONE_MORE.replace("mtu: 1500", "mtu: high")


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("FORGE_TOKEN", TOKEN)


@pytest.fixture
def reviewing(in_service, tmp_path):
    """An opener of benches whose site is in service, and was read."""

    @asynccontextmanager
    async def opened(kind="github", **said):
        async with in_service(OTTAWA) as (world, clone), bench(clone, tmp_path, kind, world=world, **said) as one:
            await one.read()
            yield one

    return opened


@pytest.fixture
def estimating(git, tmp_path):
    """An opener of benches whose sites nobody has read."""
    return lambda kind="github": bench(git(OTTAWA), tmp_path, kind, Fresh(waits_s=0.0))


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_a_pull_request_from_being_opened_to_being_merged(reviewing, kind):
    async with reviewing(kind) as bench:
        bench.proposes({OWN: ONE_MORE})
        await bench.passes(10)
        assert "data-network/backhaul" in bench.comment()
        assert "No host is locked" in bench.comment()
        assert bench.statuses() == WELL

        bench.proposes({OWN: ONE_MORE + TWO_STEPS}, number=1)  # an update
        await bench.passes(10)
        assert "controller-0" in bench.comment()
        assert bench.statuses() == WELL

        bench.proposes({OWN: TWO_STEPS}, number=1, force=True)
        await bench.passes(10)
        assert "backhaul" not in bench.comment()

        merged = bench.merges(1)
        await bench.passes(10)
        bench.comment()  # it stays, and is one
        assert bench.forge.states(merged) == {"stxr/rollout": "pending"}
        bench.verdicts[OTTAWA] = replace(bench.verdicts[OTTAWA], converged=merged)
        await bench.passes(70)
        assert bench.forge.states(merged) == {"stxr/rollout": "success"}
        assert bench.store.reviews.open() == {}
        assert bench.said == []


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_one_that_is_closed_is_left_as_it_is(estimating, kind):
    async with estimating(kind) as bench:
        bench.proposes({OWN: ONE_MORE})
        await bench.passes(10)
        before = bench.comment()
        bench.closes(1)
        await bench.passes(10)
        writes = [line for line in bench.forge.journal if not line.startswith("GET")]
        await bench.passes(400, step_s=5.0)
        assert [line for line in bench.forge.journal if not line.startswith("GET")] == writes
        assert bench.comment() == before
        assert bench.mirror.git.run("for-each-ref", "refs/stxr/pull", "refs/stxr/merged").text == ""


async def test_thirty_pushes_in_a_minute_are_one_review_of_the_newest_head(estimating):
    async with estimating() as bench:
        bench.proposes({OWN: ONE_MORE})
        for push in range(30):
            bench.proposes({OWN: ONE_MORE.replace("1500", str(1501 + push))}, number=1)
            await bench.passes(2)
        await bench.passes(10)
        assert len(bench.store.reviews.made(100)) == 1
        assert "1530" in bench.comment()
        assert len(bench.forge.asked("POST", "/comments")) == 1
        assert len(bench.forge.asked("PATCH", "/comments")) == 0
        assert bench.statuses() == WELL


async def test_who_never_stops_pushing_is_reviewed_all_the_same(estimating):
    async with estimating() as bench:
        bench.proposes({OWN: ONE_MORE})
        for push in range(70):
            bench.proposes({OWN: ONE_MORE.replace("1500", str(1501 + push))}, number=1)
            await bench.passes(2)
        assert 1 <= len(bench.store.reviews.made(100)) <= 2


async def test_the_whole_review_is_kept_and_the_comment_leads_to_it(reviewing):
    async with reviewing() as bench:
        bench.proposes({OWN: TWO_STEPS})
        await bench.passes(10)
        [made] = bench.store.reviews.made(10)
        assert (made.pull, made.sites, made.hosts, made.errors) == (1, 1, 1, 0)
        assert f"{CONTROLLER}/api/v1/reviews/{made.id}" in bench.comment()
        whole = review_json(bench.store.reviews.review(made.id))
        assert whole["groups"][0]["is_exact"]
        assert whole["groups"][0]["sites"] == [OTTAWA]


async def test_the_plan_that_was_reviewed_is_the_plan_that_is_made_after_the_merge(in_service, tmp_path):
    async with in_service(OTTAWA) as (world, clone):
        async with bench(clone, tmp_path, world=world) as one:
            await one.read()
            one.proposes({OWN: TWO_STEPS})
            await one.passes(10)
            [made] = one.store.reviews.made(10)
            [group] = one.store.reviews.review(made.id).groups
            one.merges(1)
        judged = await world.judged(OTTAWA)
        assert fingerprint(judged.found) == group.fingerprint
        assert len(judged.plan.locked_hosts) == group.cost.hosts == 1


async def test_what_git_says_wrongly_is_told_at_its_line(estimating):
    async with estimating() as bench:
        bench.proposes({OWN: BROKEN})
        await bench.passes(10)
        assert f"{OWN}:8" in bench.comment()
        assert bench.statuses() == {VALIDATION: "failure", PLAN: "error"}


async def test_another_merge_is_in_what_is_reviewed_and_is_not_taken_back(estimating):
    """Compared with its own branch alone, the pull request would seem to delete what was merged since."""
    async with estimating() as bench:
        bench.proposes({"subclouds/ottawa-001/more.yaml": FRONTHAUL})
        bench.proposes({OWN: ONE_MORE})
        await bench.passes(10)
        first = bench.comment(2)
        bench.merges(1)
        await bench.passes(10)
        assert "fronthaul2" not in bench.comment(2)
        assert bench.comment(2) != first  # it is of another base


async def test_a_pull_request_that_changes_no_site_has_no_comment(estimating):
    async with estimating() as bench:
        bench.proposes({"README.md": "# Sites\n"})
        await bench.passes(10)
        assert bench.forge.ours(1) == []
        assert bench.statuses() == WELL


async def test_one_that_conflicts_is_told_what_to_do(estimating):
    async with estimating() as bench:
        bench.proposes({OWN: ONE_MORE})
        await bench.passes(10)
        bench.clone.commit({OWN: ONE_MORE.replace("1500", "9000")})
        bench.moves()
        await bench.passes(10)
        assert f"conflicts in {OWN}; rebase it" in bench.comment()
        assert bench.statuses() == {VALIDATION: "failure", PLAN: "failure"}


async def test_one_for_another_branch_is_others_business(estimating):
    async with estimating() as bench:
        bench.proposes({OWN: ONE_MORE}, base="release")
        await bench.passes(10)
        assert (bench.forge.ours(1), bench.statuses()) == ([], {})


async def test_old_readings_are_read_again_first_and_their_age_is_said_where_they_are_not(reviewing):
    async with reviewing() as bench:
        await bench.clock.sleep(3_600)
        bench.proposes({OWN: ONE_MORE})
        await bench.passes(10)
        assert bench.reads == [frozenset({OTTAWA})]
        assert bench.statuses() == {PLAN: "pending"}
        assert bench.forge.ours(1) == []
        await bench.read()
        await bench.passes(10)
        assert bench.statuses() == WELL

        await bench.clock.sleep(3_600)
        bench.proposes({OWN: ONE_MORE.replace("1500", "9000")}, number=1)
        await bench.passes(120)  # nobody reads it
        assert "The oldest reading that it rests on is of" in bench.comment()
        assert bench.statuses() == WELL
        assert len(bench.reads) == 2


async def test_what_people_say_begins_no_proof_anew(estimating):
    async with estimating() as bench:
        asked = []
        bench.showing.proves = lambda name, question: asked.append((name, question.review.id))
        bench.proposes({OWN: ONE_MORE})
        await bench.passes(10)
        for remark in ("why?", "because"):
            bench.forge.commented(1, "amelie", remark)
            bench.store.reviews.tell(1)
            await bench.passes(10)
        [made] = bench.store.reviews.made(10)
        assert asked == [("pull request 1", made.id)]


async def test_an_event_that_never_came_is_made_up_for_by_the_list(estimating):
    async with estimating() as bench:
        bench.proposes({OWN: ONE_MORE})
        bench.store.reviews.looked(bench.store.reviews.news()[0])  # lost
        await bench.passes(310, step_s=5.0)
        assert "backhaul" in bench.comment()


async def test_a_revoked_token_is_said_once_and_a_new_one_goes_on(estimating, monkeypatch):
    async with estimating() as bench:
        bench.forge.tokens = {"another"}
        bench.proposes({OWN: ONE_MORE})
        await bench.passes(300, step_s=5.0)
        assert len([text for text in bench.said if "it was revoked or has run out" in text]) == 1
        assert len(bench.forge.journal) == 1
        assert all(TOKEN not in text for text in bench.said)
        monkeypatch.setenv("FORGE_TOKEN", "another")
        await bench.passes(120)
        assert "backhaul" in bench.comment()


async def test_a_limit_is_waited_for_and_then_it_goes_on(estimating):
    async with estimating() as bench:
        bench.proposes({OWN: ONE_MORE})
        bench.forge.left, bench.forge.resets_at = 0, bench.clock.now() + 600
        await bench.passes(500, step_s=5.0)
        assert len(bench.forge.journal) == 1
        bench.forge.left = None
        await bench.passes(200, step_s=5.0)
        assert "backhaul" in bench.comment()
        assert bench.said == []


@pytest.mark.xdist_group("dbos")
async def test_a_controller_reviews_what_a_forge_tells_it_of(git, tmp_path, opened, monkeypatch):
    """`stxr run --forge`, from a signed event to the comment; and a review asked for by hand."""
    monkeypatch.setattr(engine_reviews, "Quiet", partial(Quiet, settle_s=0.1))
    monkeypatch.setattr(engine_reviews, "LOOK_S", 0.05)
    clone, forge = git(OTTAWA), KINDS["github"](clock=time.time)
    server = await served(forge)
    clone.git("checkout", "--quiet", "-b", "more")
    head = clone.commit({OWN: ONE_MORE})
    clone.git("update-ref", "refs/pull/1/head", head)
    clone.git("checkout", "--quiet", "main")
    forge.opened(head)
    async with opened(clone, running) as world:
        listen = app.Listen("127.0.0.1", 0, "", ("shared",))
        options = app.Running(
            str(clone.folder),
            "",
            world.endpoints,
            world.state,
            listen,
            branch="main",
            quiet=True,
            forge=forge_file(forge),
        )
        async with app.controller(options) as started, aiohttp.ClientSession() as session:
            it = started.controller
            await until(lambda: OTTAWA in it.verdicts and it.verdicts[OTTAWA].observed_at)
            body = orjson.dumps({"number": 1, "repository": {"full_name": PROJECT}})
            signed = {"X-GitHub-Event": "pull_request", "X-Hub-Signature-256": f"sha256={signature(body, 'shared')}"}
            async with session.post(f"{started.url}/api/v1/webhooks/git", data=body, headers=signed) as answer:
                assert (await answer.json()) == {"result": "accepted"}
            await until(lambda: forge.ours(1))
            assert "backhaul" in forge.ours(1)[0]
            assert it.store.readings.times().keys() == {OTTAWA}

            bearer = {"Authorization": f"Bearer {it.store.tokens.add('night-shift', Role.OPERATOR, 'root')}"}
            said = {"base": "main", "head": "more"}
            async with session.post(f"{started.url}/api/v1/reviews", json=said, headers=bearer) as answer:
                assert answer.status == 202
                id_ = (await answer.json())["id"]
            await until(lambda: it.store.reviews.review(id_))
    await server.close()
