"""Many sites at once: each its own result, one's trouble nobody else's."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.model.errors import ConfigError
from reconciler.model.site import Settings
from reconciler.model.words import Mode, Result
from reconciler.store import Store, StoreMemory, recall
from tests.apply.fakes import unreachable
from tests.engine.offices import APPLY, Git, Line, World
from tests.worlds import Clock, Net, host, snap, system

OLD, NEW = Net(name="a", mtu=1500), Net(name="a", mtu=9000)


@pytest.fixture
def memory(tmp_path):
    with Store.open(tmp_path / "state", clock=lambda: 1_000.0) as store:
        yield StoreMemory(store)


def world(memory, *names, **lines):
    """Sites that lack what Git says."""
    made = {name: Line(snap(OLD)) for name in names} | lines
    return World(memory, Git(**{name: snap(NEW) for name in made}), made)


async def by_site(results):
    return {result.site: result async for result in results}


async def test_judging_reads_every_site_and_sends_nothing(memory):
    one = world(memory, "a", "b")
    found = await by_site(one.fleet.judge_all(["a", "b"]))
    assert {name: len(r.judged.found.changes) for name, r in found.items()} == {"a": 1, "b": 1}
    assert one.lines["a"].sent == one.lines["b"].sent == []


async def test_a_dark_site_is_its_own_error_and_nobody_else_s(memory):
    dark = Line()
    dark.error = unreachable(sent=False)
    one = world(memory, "a", dark=dark)
    found = await by_site(one.fleet.judge_all(["dark", "a"]))
    assert (found["dark"].error, found["dark"].judged) == (dark.error, None)
    assert found["a"].judged is not None


async def test_who_answers_first_is_told_first(memory):
    slow = Line(snap(OLD))
    answers = asyncio.Event()
    observe = slow.observe

    async def observe_later(*said):
        await answers.wait()
        return await observe(*said)

    slow.observe = observe_later
    one = world(memory, "quick", slow=slow)
    order = []
    async for result in one.fleet.judge_all(["slow", "quick"]):
        order.append(result.site)
        answers.set()
    assert order == ["quick", "slow"]


async def test_a_listener_that_leaves_ends_what_is_under_way(memory):
    stuck = Line()
    ended = asyncio.Event()

    async def observe_for_ever(*said):
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    stuck.observe = observe_for_ever
    one = world(memory, "a", stuck=stuck)
    results = one.fleet.judge_all(["stuck", "a"])
    assert (await anext(results)).site == "a"
    await results.aclose()
    assert ended.is_set()


async def test_applying_sends_looks_again_and_notes_the_base(memory):
    one = world(memory, "a")
    found = await by_site(one.fleet.apply_all(["a"], {"a": "*"}))
    assert (found["a"].outcome.result, len(found["a"].outcome.entries)) == (Result.DONE, 1)
    assert found["a"].judged.found.is_empty
    assert memory.base("a") == "c1"


async def test_a_site_that_has_all_already_is_sent_nothing(memory):
    one = world(memory, a=Line(snap(NEW)))
    found = await by_site(one.fleet.apply_all(["a"], {"a": "*"}))
    assert (found["a"].outcome.result, one.lines["a"].sent) == (Result.IN_SYNC, [])


async def test_what_waits_for_approval_is_sent_once_its_plan_is_approved(memory):
    one = world(memory, "a")
    one.git.policies["a"] = Settings(mode=Mode.APPLY)
    held = (await by_site(one.fleet.apply_all(["a"], {})))["a"]
    assert (held.outcome.result, one.lines["a"].sent) == (Result.HELD, [])
    other = (await by_site(one.fleet.apply_all(["a"], {"a": "0123456789ab"})))["a"]
    assert (other.outcome.result, one.lines["a"].sent) == (Result.HELD, [])
    sent = (await by_site(one.fleet.apply_all(["a"], {"a": held.judged.plan.id})))["a"]
    assert (sent.outcome.result, one.lines["a"].sent) == (Result.DONE, ["PATCH /v1/net"])


async def test_a_site_in_observation_is_never_written_whoever_approves(memory):
    one = world(memory, "a")
    one.git.policies["a"] = APPLY.model_copy(update={"mode": Mode.OBSERVE})
    found = await by_site(one.fleet.apply_all(["a"], {"a": "*"}))
    assert (found["a"].outcome.result, one.lines["a"].sent) == (Result.PLANNED, [])


async def test_an_approval_that_locks_leaves_no_window_open(memory):
    locks = system(host("controller-0"))
    one = World(
        memory,
        Git(a=snap(Clock(servers=("x",)), state=locks)),
        {"a": Line(snap(Clock(servers=("y",)), state=locks))},
    )
    found = await by_site(one.fleet.apply_all(["a"], {"a": "*"}))
    assert found["a"].outcome.result is Result.DONE
    assert [s for s in one.lines["a"].sent if "controller-0" in s] == [
        "PATCH lock controller-0",
        "PATCH unlock controller-0",
    ]
    assert memory.windows("a") == frozenset()


async def test_a_site_without_an_endpoint_says_what_to_add(memory):
    one = world(memory, "a")
    one.git.said["b"] = snap(NEW)
    found = await by_site(one.fleet.judge_all(["a", "b"]))
    assert isinstance(found["b"].error, ConfigError)
    assert str(found["b"].error) == (
        "b: the endpoints file has no entry for this site; add one under `endpoints:`, or `derived:`, by which sites are "
        "found as dcmanager says"
    )


async def test_a_command_that_only_looks_notes_nothing(tmp_path):
    one = World(recall(tmp_path / "state"), Git(a=snap(NEW)), {"a": Line(snap(NEW))})
    found = await by_site(one.fleet.judge_all(["a"]))
    assert found["a"].judged.found.is_empty
    assert not (tmp_path / "state").exists()
