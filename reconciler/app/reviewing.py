"""What reviews pull requests, and what somebody asks for, put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.api import ReviewDesk
from reconciler.clients import SYSTEM_CLOCK
from reconciler.clients.forges import ForgeClient, ForgeFile
from reconciler.engine.controller import Controller
from reconciler.engine.follow import Source
from reconciler.engine.membership import Membership
from reconciler.engine.prover import Prover
from reconciler.engine.review_after import Merges
from reconciler.engine.review_asking import Asking
from reconciler.engine.review_freshness import Fresh, Freshness
from reconciler.engine.review_making import Maker
from reconciler.engine.review_proofs import Proofs
from reconciler.engine.review_showing import Showing
from reconciler.engine.review_sites import Sites
from reconciler.engine.reviews import Reviews, Say
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError
from reconciler.model.verdict import Verdict
from reconciler.sources.mirror import Mirror

WHO = "stx-reconciler"


@dataclass(frozen=True, slots=True)
class Known:
    """The controller, and the repository that it follows."""

    it: Controller
    source: Source
    members: Membership

    def base(self) -> str:
        """The commit that is followed; "" before the first, and for edits that nobody committed."""
        repository = self.source.repository
        return repository.commit if not self.source.waits_for and repository.is_committed else ""

    def branch(self) -> str:
        head = self.source.mirror and self.source.mirror.head()
        return head.branch if head else ""

    def verdicts(self) -> Mapping[str, Verdict]:
        return self.it.verdicts

    def read(self, names: Iterable[str]) -> None:
        """Have these sites read now, by whichever replica they belong to."""
        wanted = frozenset(names) & self.it.sites
        mine = frozenset(filter(self.members.is_mine, wanted))
        self.it.put(mine)
        for name in sorted(wanted - mine):
            self.it.store.words.note(WHO, "look", name)


def asking(known: Known, root: str) -> Asking | None:
    """Reviews by hand; None for a folder that is no git repository."""
    mirror, store = known.source.mirror, known.it.store
    if mirror is None:
        return None
    maker = Maker(mirror, root, registry(), store.readings, store.durations.known)
    return Asking(maker, store.reviews, SYSTEM_CLOCK, _proofs(maker, known))


def desk(known: Known, asked: Asking | None) -> ReviewDesk | None:
    store = known.it.store
    return ReviewDesk(store.reviews, store.words, asked.ask) if asked else None


def reviews(forge: ForgeClient, settings: ForgeFile, known: Known, root: str, say: Say) -> tuple[Reviews, Proofs]:
    """What follows the pull requests of a forge, and proves what they propose. Raises ConfigError without a mirror."""
    store = known.it.store
    maker = Maker(mirror_of(known.source), root, registry(), store.readings, store.durations.known)
    sites = Sites(known.base, known.branch, known.verdicts, known.read)
    proofs = _proofs(maker, known, say)
    merges = Merges(forge, maker, store.reviews, sites, SYSTEM_CLOCK, store.words.answer, store.rollouts.all)
    freshness = Freshness(maker, sites, Fresh())
    parts = (forge, maker, store.reviews, sites, SYSTEM_CLOCK, freshness, merges)
    showing = Showing(*parts, settings.link, proves=proofs.put)
    leads = lambda: known.it.leads  # noqa: E731
    return Reviews(forge, store.reviews, showing.look, known.base, SYSTEM_CLOCK, leads=leads, say=say), proofs


def _proofs(maker: Maker, known: Known, say: Say = lambda _text: None) -> Proofs:
    return Proofs(maker, Prover(registry, known.it.store.proofs, SYSTEM_CLOCK), say)


def mirror_of(source: Source) -> Mirror:
    """The mirror of a repository. Raises ConfigError for a folder without one."""
    if source.mirror is None:
        raise ConfigError("--forge needs a git repository: its pull requests are fetched from it")
    return source.mirror
