"""Replicas have subclouds added one after another: dcmanager checks a new one against the others without a lock."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from functools import partial

import pytest

from reconciler.engine import replicas
from reconciler.engine.central import Central
from reconciler.engine.central_world import Sharing
from reconciler.engine.replicas import Replicas, Times
from reconciler.model.replica import ADDING
from reconciler.store import Process, Store
from tests.e2e.world import Waited
from tests.engine.test_central import PLACE
from tests.store.conftest import empty_database, postgresql

__all__ = ["empty_database", "postgresql"]  # fixtures
pytestmark = pytest.mark.xdist_group("postgresql")
TIMES = Times(lasts_s=30.0, beat_s=1.0, margin_s=1.0, takeover_s=60.0)
PATH = "/v1.0/phased-subcloud-deploy"


class Dcmanager:
    """Each write takes a while; how many are there at a time is what counts."""

    def __init__(self):
        self.at_work, self.most, self.added = 0, 0, []

    async def send(self, method, path, body):
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        await asyncio.sleep(0.01)
        self.at_work -= 1
        self.added.append(body)


@asynccontextmanager
async def replica(folder, name, database, dcmanager):
    """A process's part: its own store on the database that all share, and its own line to the central cloud."""

    @asynccontextmanager
    async def opens(_endpoint):
        yield dcmanager

    with Store.open(folder / name, url=database) as store:
        one = Replicas(Process(name, "node", 1), store.sessions, store.leases, TIMES)
        await one.join()
        sharing = Sharing(store.central, lambda: False, partial(one.alone, ADDING))
        yield one, Central(lambda: PLACE, opens, Waited(), sharing)


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    monkeypatch.setattr(replicas, "LOOK_S", 0.005)


async def test_two_replicas_never_add_at_the_same_time(tmp_path, empty_database):
    dcmanager = Dcmanager()
    async with (
        replica(tmp_path, "stxr-0", empty_database, dcmanager) as (_, first),
        replica(tmp_path, "stxr-1", empty_database, dcmanager) as (_, second),
    ):
        await asyncio.gather(*(each.send("POST", PATH, f"{n}") for n in range(5) for each in (first, second)))
        assert (dcmanager.most, len(dcmanager.added)) == (1, 10)
        await asyncio.gather(*(each.send("PATCH", PATH, "") for each in (first, second)))
        assert dcmanager.most == 2  # what only changes one waits for nobody


async def test_the_turn_of_a_replica_that_died_ends_with_its_session(tmp_path, empty_database):
    dcmanager = Dcmanager()
    async with (
        replica(tmp_path, "stxr-0", empty_database, dcmanager) as (dead, _),
        replica(tmp_path, "stxr-1", empty_database, dcmanager) as (_, second),
    ):
        async with dead.alone(ADDING):
            waits = asyncio.create_task(second.send("POST", PATH, "one"))
            done, _ = await asyncio.wait([waits], timeout=0.1)
            assert not done
            dead.leave()
            await asyncio.wait_for(waits, 5)
        assert dcmanager.added == ["one"]


async def test_an_error_of_dcmanager_gives_the_turn_back(tmp_path, empty_database):
    dcmanager = Dcmanager()
    async with replica(tmp_path, "stxr-0", empty_database, dcmanager) as (one, _):
        with pytest.raises(RuntimeError):
            async with one.alone(ADDING):
                raise RuntimeError("refused")
        async with asyncio.timeout(5), one.alone(ADDING):
            pass
