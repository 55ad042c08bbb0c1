"""Proofs beside a serving loop: what failed is kept for the gate, and who cancels waits for nothing."""

from __future__ import annotations

import asyncio
import time
from functools import partial

import pytest

from reconciler.engine.opening import open_folder
from reconciler.engine.prover import Prover
from reconciler.engine.proving import Budget, Inventory
from reconciler.kinds import registry
from reconciler.model.proof import ProofResult
from reconciler.store import Store
from tests.desired.writing import document
from tests.engine.twins import KINDS, OTTAWA, copied, inventory

NOW = 1_000_000.0
TICK_S = 0.005
MOST_LATE_S = 1.0  # a thread that proves would hold the loop up for as long at a time
TWICE = document(
    "HostProfile",
    "ran-server",
    "  interfaces:\n    vlan:\n"
    "    - {name: a0, class: platform, lower: oam0, vid: 30, mtu: 1500}\n"
    "    - {name: b0, class: platform, lower: oam0, vid: 30, mtu: 1500}",
)


class Now:
    def now(self):
        return NOW

    async def sleep(self, seconds):
        raise AssertionError(f"nobody has to wait for {seconds} s")


@pytest.fixture
def prover(tmp_path):
    with Store.open(tmp_path / "state") as store:
        yield Prover(registry, store.proofs, Now(), Budget(seconds=60.0))


@pytest.fixture
def lots(prover, tmp_path):
    """What is to be tried when documents, and settings, are added to a site that is in sync."""
    known = {OTTAWA: Inventory(partial(inventory, OTTAWA), NOW - 60.0)}
    inventory(OTTAWA)  # read before the test's loop runs

    def lots(own, settings=""):
        before = open_folder(copied(tmp_path / "before", OTTAWA), KINDS)
        root = copied(tmp_path / "after", OTTAWA, own=own)
        with (root / f"subclouds/{OTTAWA}/site.yaml").open("a") as file:
            file.write(settings)
        return prover.lots(before, open_folder(root, KINDS), [OTTAWA], known.get)

    return lots


async def test_what_failed_is_kept_for_the_gate(prover, lots):
    [proof] = await prover.proved(lots(TWICE))
    assert (proof.result, proof.inventory_age_s) == (ProofResult.REFUSED, 60.0)
    assert prover.store.of(OTTAWA, proof.fingerprint) == (
        "a twin of ottawa-001 refused POST /v1/iinterfaces: 400: VLAN id 30 already in use on another platform interface"
    )


def test_a_site_whose_policy_is_never_is_not_tried(lots):
    assert lots(TWICE, "proof: never\n") == ()


async def test_the_loop_goes_on_meanwhile(prover, lots):
    wanted, late = lots(TWICE), []
    task = asyncio.create_task(prover.proved(wanted))
    while not task.done():
        due = time.monotonic() + TICK_S
        await asyncio.sleep(TICK_S)
        late.append(time.monotonic() - due)
    assert len(await task) == 1
    assert sorted(late)[int(len(late) * 0.9)] < MOST_LATE_S


async def test_who_cancels_ends_the_process_and_keeps_nothing(prover, lots):
    wanted = lots(TWICE)
    task = asyncio.create_task(prover.proved(wanted))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert prover.store.of(OTTAWA, wanted[0].fingerprint) == ""


async def test_two_that_ask_take_turns(prover, lots):
    wanted = lots(TWICE)
    one, other = await asyncio.gather(prover.proved(wanted), prover.proved(wanted))
    assert one == other
