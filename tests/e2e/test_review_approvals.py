"""From a word below a pull request to a plan that may be sent: it survives what does not concern it, and nothing else."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from reconciler.model.words import Result
from tests.e2e.ottawa import ONE_MORE, OTTAWA, OWN
from tests.e2e.reviewing import bench
from tests.e2e.test_reviews import token  # noqa: F401
from tests.forges.conftest import KINDS

REVIEW = """
review:
  approvers: [noor]
  rules:
    - paths: ["subclouds/ottawa-*/**"]
      upTo: service
      approvers: [sam]
"""


@pytest.fixture
def proposing(in_service, tmp_path):
    """A bench whose site needs an approval for what Git changes, and a pull request that adds a network."""

    @asynccontextmanager
    async def opened(kind="github", **said):
        async with in_service(OTTAWA) as (world, clone):
            fleet = (clone.folder / "fleet.yaml").read_text()
            clone.commit({"fleet.yaml": fleet.replace("apply: auto", "apply: approved") + REVIEW})
            async with bench(clone, tmp_path, kind, world=world) as one:
                await one.read()
                one.proposes({OWN: ONE_MORE}, **said)
                await one.passes(10)
                yield one

    return opened


def comments(bench, who, text):
    bench.forge.commented(1, who, text)
    bench.store.reviews.tell(1)


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_an_approval_in_the_forge_lets_the_plan_be_sent_after_the_merge(in_service, tmp_path, kind):
    async with in_service(OTTAWA) as (world, clone):
        fleet = (clone.folder / "fleet.yaml").read_text()
        clone.commit({"fleet.yaml": fleet.replace("apply: auto", "apply: approved") + REVIEW})
        async with bench(clone, tmp_path, kind, world=world) as one:
            await one.read()
            one.proposes({OWN: ONE_MORE})
            await one.passes(10)
            assert "`/stxr approve` or an approval in the forge, by `noor`, `sam`" in one.comment()
            one.forge.approved(1, "noor")
            one.store.reviews.tell(1)
            await one.passes(10)
            assert "is approved by `noor` up to none" in one.comment()
            assert one.store.words.answered(10) == ()  # nothing is approved before it is merged
            one.merges(1)
            await one.passes(10)
            [answered] = one.store.words.answered(10)
            assert answered.approval.by == "noor on pull request 1"
            assert one.forge.states(one.clone.head()) == {"stxr/rollout": "pending"}
        assert (await world.applied(OTTAWA, approved="")).result is Result.DONE
        assert await world.is_in_sync(OTTAWA)


async def test_without_a_yes_the_plan_waits_after_the_merge(in_service, tmp_path):
    async with in_service(OTTAWA) as (world, clone):
        fleet = (clone.folder / "fleet.yaml").read_text()
        clone.commit({"fleet.yaml": fleet.replace("apply: auto", "apply: approved") + REVIEW})
        async with bench(clone, tmp_path, world=world) as one:
            await one.read()
            one.proposes({OWN: ONE_MORE})
            await one.passes(10)
            one.forge.approved(1, "mallory")
            one.forge.commented(1, "amelie", "/stxr approve")  # the author
            one.merges(1)
            await one.passes(10)
            assert one.store.words.answered(10) == ()
        assert (await world.applied(OTTAWA, approved="")).result is Result.HELD


async def test_a_yes_survives_an_unrelated_push_and_not_a_change_of_what_it_was_given_to(proposing):
    async with proposing() as bench:
        comments(bench, "sam", "/stxr approve")
        await bench.passes(10)
        assert "is approved by `sam`" in bench.comment()

        bench.proposes({"README.md": "# Sites\n"}, number=1)
        await bench.passes(10)
        assert "is approved by `sam`" in bench.comment()

        bench.proposes({OWN: ONE_MORE.replace("1500", "9000")}, number=1)
        await bench.passes(10)
        text = bench.comment()
        assert "needs approval anew: `sam` approved" in text
        assert "9000" in text.partition("needs approval anew")[2]
        bench.merges(1)
        await bench.passes(10)
        assert bench.store.words.answered(10) == ()


async def test_who_approves_and_merges_at_once_is_heard(proposing):
    async with proposing() as bench:
        bench.forge.approved(1, "noor")
        bench.merges(1)
        await bench.passes(10)
        [answered] = bench.store.words.answered(10)
        assert answered.approval.by == "noor on pull request 1"


async def test_a_rule_counts_as_narrowly_after_the_merge(proposing):
    async with proposing() as bench:
        bench.proposes({"README.md": "# Sites\n"}, number=1)
        await bench.passes(10)
        bench.forge.approved(1, "sam")
        bench.merges(1)
        await bench.passes(10)
        assert bench.store.words.answered(10) == ()
        comments(bench, "noor", "/stxr approve")  # while it is on its way
        await bench.passes(10)
        [answered] = bench.store.words.answered(10)
        assert answered.approval.by == "noor on pull request 1"


async def test_a_push_on_the_followed_branch_leaves_the_yes(proposing):
    async with proposing() as bench:
        comments(bench, "noor", "/stxr approve")
        await bench.passes(10)
        bench.clone.commit({"README.md": "# Sites\n"})
        bench.moves()
        await bench.passes(10)
        assert "is approved by `noor`" in bench.comment()


async def test_an_approval_that_is_taken_back_counts_no_more(proposing):
    async with proposing() as bench:
        bench.forge.approved(1, "noor")
        bench.store.reviews.tell(1)
        await bench.passes(10)
        assert "is approved by `noor`" in bench.comment()
        bench.forge.approved(1, "noor", state="CHANGES_REQUESTED")
        bench.store.reviews.tell(1)
        await bench.passes(10)
        assert "is approved by" not in bench.comment()


async def test_nobody_makes_himself_an_approver_by_what_he_proposes(proposing):
    async with proposing() as bench:
        fleet = (bench.clone.folder / "fleet.yaml").read_text()
        bench.proposes({"fleet.yaml": fleet.replace("[noor]", "[noor, mallory]")}, number=1)
        await bench.passes(10)
        comments(bench, "mallory", "/stxr approve")
        await bench.passes(10)
        assert "is approved by" not in bench.comment()


async def test_a_rule_counts_only_for_what_lies_below_its_paths(proposing):
    async with proposing() as bench:
        bench.proposes({"README.md": "# Sites\n"}, number=1)
        await bench.passes(10)
        comments(bench, "sam", "/stxr approve")
        await bench.passes(10)
        assert "is approved by" not in bench.comment()
        assert "by `noor`." in bench.comment()


async def test_a_word_reads_the_sites_anew_for_who_may(proposing):
    async with proposing() as bench:
        comments(bench, "mallory", "/stxr plan")
        await bench.passes(10)
        assert bench.reads == []
        comments(bench, "noor", "/stxr plan")
        await bench.passes(10)
        assert bench.reads == [frozenset({OTTAWA})]
        await bench.read()
        await bench.passes(10)
        assert bench.statuses()["stxr/plan"] == "success"
