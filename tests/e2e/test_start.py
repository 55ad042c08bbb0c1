"""A controller at its start: what comes before the first visit, whoever asks for one meanwhile."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

from reconciler.app.jobs import Git, follow, visit
from reconciler.engine.membership import Alone
from reconciler.sources.inputs import Affected

HEAD = Affected(appeared=frozenset({"ottawa"}))


class Noting:
    """Notes what it is told to do, in order; a rollout, the central cloud and people put sites from the beginning."""

    def __init__(self):
        self.done: list[str] = []
        self.verdicts: dict[str, object] = {}
        self.is_visiting = asyncio.Event()

    async def run(self):
        self.done.append("visits")
        self.is_visiting.set()

    def __getattr__(self, name):
        return lambda *_: self.done.append(name)


async def test_no_site_is_visited_before_plans_on_their_way_go_on():
    it, workflows = Noting(), asyncio.Event()

    async def moves():
        yield HEAD
        await asyncio.Event().wait()

    async def begin():
        await workflows.wait()
        it.done.append("workflows")

    async def counted():
        it.done.append("commits")

    source = SimpleNamespace(moves=moves, repository=SimpleNamespace(names=frozenset({"ottawa"})))
    bounds, rollouts = SimpleNamespace(read=lambda: None), SimpleNamespace(moved=counted)
    git = Git(source, rollouts, bounds, None, None, begin, None, Alone())
    jobs = [asyncio.create_task(job) for job in (visit(it, git), follow(it, git))]
    await asyncio.sleep(0)
    assert it.done == []
    workflows.set()
    await asyncio.wait_for(it.is_visiting.wait(), 10)
    assert it.done == ["workflows", "drop", "commits", "resume", "visits"]
    jobs[1].cancel()
    await asyncio.gather(*jobs, return_exceptions=True)
