"""A forge beside simulated sites: people push, comment, approve and merge; our side reviews what they propose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from reconciler.clients import load
from reconciler.clients.forges import open_forge
from reconciler.clients.forges.settings import ForgeFile
from reconciler.engine.fleet import Fleet, open_fleet
from reconciler.engine.office import Office
from reconciler.engine.opening import open_commit
from reconciler.engine.review_after import Merges
from reconciler.engine.review_freshness import Fresh, Freshness
from reconciler.engine.review_making import Maker
from reconciler.engine.review_showing import Showing
from reconciler.engine.review_sites import Sites
from reconciler.engine.reviews import Reviews
from reconciler.engine.verdicts import Whose, found
from reconciler.kinds import registry
from reconciler.model.outcome import Outcome
from reconciler.model.verdict import Verdict
from reconciler.model.words import Result
from reconciler.sources.mirror import Mirror
from reconciler.store import Reading, Store, StoreMemory
from tests.e2e.world import Waited, World
from tests.forges.conftest import KINDS, QUICKLY
from tests.forges.server import PROJECT, FakeForge, Pulled, served
from tests.sources.history import History

CONTROLLER = "https://stxr.example.org"
REFS = {"gitlab": "refs/merge-requests/{}/head"}


@dataclass
class Bench:
    """What a test turns. said: what our side complained of. reads: the sites that reviews asked to be read."""

    clock: Waited
    clone: History
    forge: FakeForge
    store: Store
    mirror: Mirror
    fleet: Fleet | None
    reviews: Reviews
    showing: Showing
    verdicts: dict[str, Verdict]
    said: list[str]
    reads: list[frozenset[str]] = field(default_factory=list)

    # ---- what people do

    def proposes(self, files, *, number: int = 0, of: str = "main", force: bool = False, **said) -> Pulled:
        """Somebody opens a pull request with these files changed, or pushes to one."""
        start = self.forge.pulls[number].head if number and not force else of
        self.clone.git("checkout", "--quiet", "--detach", start)
        commit = self.clone.commit(files, subject="Propose")
        self.clone.git("checkout", "--quiet", "main")
        pulled = self.forge.pulls[number] if number else self.forge.opened(commit, **said)
        pulled.head = commit
        ref = REFS.get(self.forge.kind, "refs/pull/{}/head").format(pulled.number)
        self.clone.git("update-ref", ref, commit)
        self.store.reviews.tell(pulled.number, self.clock.now())  # the webhook
        return pulled

    def merges(self, number: int) -> str:
        pulled = self.forge.pulls[number]
        self.clone.git("merge", "--quiet", "--no-ff", "-m", f"Merge {number}", pulled.head)
        pulled.state, pulled.merged = "merged", self.clone.head()
        self.moves()
        self.store.reviews.tell(number, self.clock.now())
        return pulled.merged

    def closes(self, number: int) -> None:
        self.forge.pulls[number].state = "closed"
        self.store.reviews.tell(number, self.clock.now())

    def moves(self) -> None:
        """Our side fetches the branch that it follows."""
        self.mirror.fetch(datetime.fromtimestamp(self.clock.now(), UTC))

    # ---- what our side does

    async def passes(self, seconds: float, step_s: float = 1.0) -> None:
        """So much time, in which our side does what it does each second."""
        for _ in range(round(seconds / step_s)):
            await self.clock.sleep(step_s)
            await self.reviews.step()

    async def read(self, *names: str) -> None:
        """Sites are visited, and not written to."""
        assert self.fleet is not None
        async for result in self.fleet.judge_all(names or sorted(self.fleet.office.repository.names)):
            assert result.judged is not None, result.error
            whose = Whose(result.site, self.fleet.office.repository.settings(result.site), "c", "k")
            none = Outcome(result.judged.plan.id, Result.PLANNED)
            self.verdicts[result.site] = found(whose, result.judged, none, self.clock.now())

    def comment(self, number: int = 1) -> str:
        """Our one comment."""
        [text] = self.forge.ours(number)
        return text

    def statuses(self, number: int = 1) -> dict[str, str]:
        return self.forge.states(self.forge.pulls[number].head)


@asynccontextmanager
async def bench(
    clone: History, folder: Path, kind: str = "github", fresh: Fresh | None = None, world: World | None = None
) -> AsyncIterator[Bench]:
    """The parts as the controller puts them together, with a clock that only waiting moves.

    world: simulated sites, which can be read; without it every review is an estimate.
    """
    clock = world.clock if world else Waited()
    async with AsyncExitStack() as stack:
        forge = KINDS[kind](clock=clock.now)
        stack.push_async_callback((await served(forge)).close)
        store = stack.enter_context(Store.open(world.state if world else folder / "state", clock=clock.now))
        mirror = stack.enter_context(Mirror.open(clone.folder, folder / "mirror", branch="main"))
        mirror.fetch(datetime.fromtimestamp(clock.now(), UTC))
        fleet = await _fleet(stack, store, mirror, world) if world else None
        settings = forge_file(forge)
        client = await stack.enter_async_context(open_forge(settings, clock, QUICKLY))
        said, reads, verdicts = [], [], {}
        sites = Sites(
            lambda: mirror.head().commit, lambda: "main", lambda: verdicts, lambda s: reads.append(frozenset(s))
        )
        maker = Maker(mirror, "", registry(), store.readings)
        merges = Merges(client, maker, store.reviews, sites, clock, store.words.answer, store.rollouts.all)
        freshness = Freshness(maker, sites, fresh or Fresh())
        showing = Showing(client, maker, store.reviews, sites, clock, freshness, merges, settings.link)
        reviews = Reviews(client, store.reviews, showing.look, sites.base, clock, say=said.append)
        yield Bench(clock, clone, forge, store, mirror, fleet, reviews, showing, verdicts, said, reads)


async def _fleet(stack: AsyncExitStack, store: Store, mirror: Mirror, world: World) -> Fleet:
    def keep(site, at, dump):
        store.readings.keep(Reading(site, at, dump()))

    office = Office(registry(), open_commit(mirror, registry()), world.clock, world.pace)
    opening = open_fleet(office, load(world.endpoints), StoreMemory(store), limits=world.limits, keep=keep)
    return await stack.enter_async_context(opening)


def forge_file(forge: FakeForge) -> ForgeFile:
    said = {"type": forge.kind, "url": forge.url, "project": PROJECT, "controller": CONTROLLER}
    return ForgeFile.model_validate({**said, "token": {"secretRef": "env:FORGE_TOKEN"}})
