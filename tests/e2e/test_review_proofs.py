"""A pull request proved on twins of its sites: told below it, as a status, and to the gate that holds what failed."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from reconciler.engine.prover import Prover
from reconciler.engine.proving import Budget
from reconciler.engine.review_proofs import Proofs
from reconciler.kinds import registry
from reconciler.model.gate import GateName
from tests.desired.writing import document
from tests.e2e.ottawa import ONE_MORE, OTTAWA, OWN, SETTINGS, TWO_STEPS
from tests.e2e.reviewing import bench
from tests.forges.server import TOKEN

PROOF = "stxr/proof"
TWICE = document(
    "HostProfile",
    "ran-server",
    "  interfaces:\n    vlan:\n"
    "    - {name: a0, class: platform, lower: oam0, vid: 30, mtu: 1500}\n"
    "    - {name: b0, class: platform, lower: oam0, vid: 30, mtu: 1500}",
)
WORDS = "VLAN id 30 already in use on another platform interface"


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("FORGE_TOKEN", TOKEN)


@pytest.fixture
def proving(in_service, tmp_path):
    """An opener of benches whose site is in service and was read, and which prove what is proposed."""

    @asynccontextmanager
    async def opened(settings=""):
        async with in_service(OTTAWA) as (world, clone):
            if settings:
                clone.commit({SETTINGS: (clone.folder / SETTINGS).read_text() + settings})
            async with bench(clone, tmp_path, world=world) as one:
                await one.read()
                prover = Prover(registry, one.store.proofs, one.clock, Budget(seconds=60.0))
                proofs = Proofs(one.showing.maker, prover, one.said.append)
                one.showing.proves = proofs.put
                yield one, proofs

    return opened


async def test_a_proof_comes_after_the_plan_into_the_same_comment(proving):
    async with proving() as (bench, proofs):
        bench.proposes({OWN: TWO_STEPS})
        await bench.passes(10)
        assert "proved" not in bench.comment()
        assert bench.statuses()[PROOF] == "pending"
        await proofs.step()
        assert "It is proved: on twins of these sites every plan went through" in bench.comment()
        assert "proved for 1 site, on 1 twin: 1 lock and 1 reboot" in bench.comment()
        assert bench.statuses()[PROOF] == "success"
        assert bench.said == []


async def test_what_the_platform_refuses_is_told_before_the_merge_in_its_words(proving):
    async with proving() as (bench, proofs):
        bench.proposes({OWN: TWICE})
        await bench.passes(10)
        await proofs.step()
        assert WORDS in bench.comment()
        assert bench.statuses()[PROOF] == "failure"


async def test_what_failed_on_a_twin_is_held_after_the_merge_where_that_is_the_policy(proving):
    async with proving("proof: block\nmode: apply\napply: auto\n") as (bench, proofs):
        bench.proposes({OWN: TWICE})
        await bench.passes(10)
        await proofs.step()
        bench.merges(1)
        bench.fleet.office.repository.tree.advance(bench.mirror.head().commit)
        [held] = [r async for r in bench.fleet.apply_all([OTTAWA], {})]
        [hold] = held.outcome.holds
        assert hold.gate is GateName.PROOF
        assert WORDS in hold.reason


async def test_a_newer_push_gives_up_the_proof_of_an_older_one(proving):
    async with proving() as (bench, proofs):
        bench.proposes({OWN: TWICE})
        await bench.passes(10)
        task = asyncio.create_task(proofs.step())
        await asyncio.sleep(0)
        bench.proposes({OWN: ONE_MORE}, number=1)
        await bench.passes(10)
        await task
        assert WORDS not in bench.comment()
        assert bench.statuses()[PROOF] == "success"


async def test_what_a_fork_proposes_is_not_run(proving):
    async with proving() as (bench, proofs):
        bench.proposes({OWN: TWICE}, is_fork=True)
        await bench.passes(10)
        await proofs.step()
        assert PROOF not in bench.statuses()
        assert WORDS not in bench.comment()


async def test_a_proof_that_could_not_be_made_says_why(proving, monkeypatch):
    async with proving() as (bench, proofs):
        bench.proposes({OWN: ONE_MORE})
        await bench.passes(10)
        monkeypatch.setattr(type(bench.showing.maker), "lots", lambda *_: 1 / 0)
        await proofs.step()
        assert "a fault of stx-reconciler: ZeroDivisionError" in bench.comment()
        assert bench.statuses()[PROOF] == "error"
