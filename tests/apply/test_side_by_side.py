"""Windows that are open together: each goes its own way, and one that ends badly keeps others from opening."""

from __future__ import annotations

import pytest

from reconciler.apply import send
from reconciler.diff import compare
from reconciler.model.condition import Condition
from reconciler.model.errors import Held
from reconciler.model.kind import Context
from reconciler.model.outcome import StepResult
from reconciler.model.words import Result
from reconciler.plan import plan
from tests.apply.fakes import FakeJournal, FakeSite, refused, unreachable, work_on
from tests.worlds import KINDS, Iface, host, snap, system

WORKERS = [f"worker-{n}" for n in range(5)]


def sides(mtus=(9000, 1500)):
    controllers = (host("controller-0"), host("controller-1", is_active=False))
    state = system(*controllers, *(host(w, personality="worker") for w in WORKERS), mode="duplex")
    return [snap(*((w, Iface(name=f"e-{w}", mtu=mtu)) for w in WORKERS), state=state) for mtu in mtus]


class Plant(FakeSite):
    """Hosts that walk each for itself; `most` were out of service together."""

    def __init__(self, shown):
        super().__init__(shown)
        self.most = 0
        self.left = {}

    def _effect(self, method, path, body):
        if "/ihosts/" in path:
            return self._act(path.rsplit("uuid-", 1)[1], body[0]["value"])
        [key] = [k for k, r in self.shown.resources.items() if path.endswith(str(r.ids["uuid"])) and k.kind == "iface"]
        old = self.shown.resources[key]
        self.put(type(old)(old.key, old.spec.model_copy(update={"mtu": body[0]["value"]}), old.ids))
        return None

    def _act(self, name, action):
        self.host(name, task="Locking" if action == "lock" else "Unlocking")
        self.left[name] = (action, 6 if action == "unlock" else 2)
        return {}

    async def look(self, kinds=(), host=""):
        for name, (action, looks) in list(self.left.items()):
            self.left[name] = (action, looks - 1)
            if not looks:
                del self.left[name]
                self._arrive(f"{name} {action}")
        self.most = max(self.most, sum(h.administrative == "locked" for h in self.shown.system.hosts.values()))
        return self.shown


async def sent(site, out, permits=None):
    want, have = sides()
    work = work_on(site, want, FakeJournal())
    work.permits = permits or work.permits
    todo = plan(compare(want, have, KINDS), Context(want, have, workers_out=out), KINDS)
    return await send(todo, work), work


def locked(site):
    return [call.removeprefix("PATCH lock ") for call in site.sent if call.startswith("PATCH lock ")]


@pytest.mark.parametrize("out", [1, 2, 5])
async def test_so_many_are_out_together_and_each_is_locked_and_unlocked_once(out):
    want, have = sides()
    site = Plant(have)
    outcome, work = await sent(site, out)
    assert (outcome.result, site.most) == (Result.DONE, out)
    assert sorted(locked(site)) == WORKERS
    assert sorted(c for c in site.sent if "unlock" in c) == [f"PATCH unlock {w}" for w in WORKERS]
    assert [e.host for e in outcome.entries] == WORKERS, "told in the order of the plan"
    assert compare(want, site.shown, KINDS).is_empty
    assert work.journal.open == {}


@pytest.mark.parametrize("action", ["lock", "unlock"])
async def test_one_that_ends_badly_keeps_others_from_opening_and_those_that_are_open_end_well(action):
    site = Plant(sides()[1])
    site.before[f"PATCH {action} worker-1"] = [refused("no"), *[refused("no")] * 9]
    outcome, work = await sent(site, 2)
    assert (outcome.result, [c.host for c in outcome.conditions]) == (Result.FAILED, ["worker-1"])
    assert outcome.message.startswith(f"sc-1 worker-1: {action}-refused")
    assert "worker-0" in locked(site)
    assert "worker-4" not in locked(site)
    open_still = {"worker-1"} if action == "unlock" else set()
    assert set(work.journal.open) == open_still
    states = {w: site.shown.system.hosts[w].is_unlocked for w in WORKERS}
    assert [w for w, is_up in states.items() if not is_up] == sorted(open_still)


async def test_a_step_that_is_refused_stops_the_next_windows_too():
    site = Plant(sides()[1])
    site.before["PATCH /v1/iface"] = [refused("MTU is too large")]
    outcome, work = await sent(site, 2)
    assert outcome.result is Result.FAILED
    assert "MTU is too large" in outcome.message
    assert len(locked(site)) < len(WORKERS)
    assert work.journal.open == {}
    assert {e.result for e in outcome.entries} == {StepResult.DONE, StepResult.FAILED}


async def test_a_gate_that_closes_meanwhile_keeps_the_rest_in_service():
    site = Plant(sides()[1])

    async def permits(left, seen):
        if left[0].host == "worker-3":
            raise Held("sc-1 worker-3: not locked: frozen")

    outcome, work = await sent(site, 2, permits)
    assert (outcome.result, outcome.message) == (Result.HELD, "sc-1 worker-3: not locked: frozen (and 1 more)")
    assert sorted(locked(site)) == WORKERS[:3]
    assert work.journal.open == {}


async def test_a_fault_of_ours_ends_what_is_open_before_it_is_told():
    site = Plant(sides()[1])
    act = site._effect

    def broken(method, path, body):
        if "e-worker-1" in path:
            raise KeyError("a fault")
        return act(method, path, body)

    site._effect = broken
    with pytest.raises(KeyError):
        await sent(site, 2)
    assert all(h.is_unlocked for h in site.shown.system.hosts.values())


async def test_all_that_are_stuck_are_told():
    site = Plant(sides()[1])
    for worker in ("worker-0", "worker-1"):
        site.before[f"PATCH unlock {worker}"] = [refused("no")]
    outcome, _ = await sent(site, 2)
    assert [(c.host, c.name) for c in outcome.conditions] == [
        ("worker-0", Condition.UNLOCK_REFUSED),
        ("worker-1", Condition.UNLOCK_REFUSED),
    ]


async def test_a_line_that_is_cut_leaves_all_open_windows_journaled():
    site = Plant(sides()[1])
    site.before["PATCH /v1/iface"] = [unreachable(sent=False)] * 9
    outcome, work = await sent(site, 2)
    assert outcome.result is Result.UNREACHABLE
    assert set(work.journal.open) == {"worker-0", "worker-1"}
