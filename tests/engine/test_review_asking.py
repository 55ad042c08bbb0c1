"""Reviews that somebody asks for, of any two commits of the mirror."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from reconciler.engine.prover import Prover
from reconciler.engine.review_asking import MOST, Asking
from reconciler.engine.review_making import Maker
from reconciler.engine.review_proofs import Proofs
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError, Held
from reconciler.model.proof import ProofResult
from reconciler.sources.mirror import Mirror
from reconciler.store import Store
from tests.apply.fakes import FakeClock
from tests.e2e.conftest import git  # noqa: F401 - a clone of `sites/`
from tests.e2e.ottawa import ONE_MORE, OTTAWA, OWN


@pytest.fixture
def asked(git, tmp_path):  # noqa: F811
    """What makes reviews of a clone whose branch `more` adds a data network, and where they are kept."""
    clone = git(OTTAWA)
    clone.git("checkout", "--quiet", "-b", "more")
    clone.commit({OWN: ONE_MORE})
    clone.git("checkout", "--quiet", "main")
    with Store.open(tmp_path / "state") as store, Mirror.open(clone.folder, tmp_path / "mirror") as mirror:
        mirror.fetch(datetime.now(UTC))
        maker = Maker(mirror, "", registry(), store.readings)
        proofs = Proofs(maker, Prover(registry, store.proofs, FakeClock()))
        yield Asking(maker, store.reviews, FakeClock(), proofs), store.reviews


async def made(asking, store, id_, is_so=bool):
    running = asyncio.create_task(asking.run())
    try:
        async with asyncio.timeout(20):
            while not is_so(found := store.review(id_)):  # noqa: ASYNC110 - the other side is a thread
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
    return found


async def test_two_branches_are_compared_under_the_id_that_was_promised(asked):
    asking, store = asked
    promised = await asking.ask("main", "more")
    found = await made(asking, store, promised.id)
    assert found.sites == (OTTAWA,)
    assert [row.pull for row in store.made(10)] == [0]


async def test_it_is_proved_once_it_is_kept(asked):
    """Nobody has read the site, and that is said of it."""
    asking, store = asked
    promised = await asking.ask("main", "more")
    found = await made(asking, store, promised.id, lambda review: review and review.proofs is not None)
    [proof] = found.proofs
    assert (proof.sites, proof.result) == ((OTTAWA,), ProofResult.NOT_PROVED)
    assert proof.reason == "no inventory of it: write one with `stxr inventory`"


async def test_what_cannot_be_compared_says_why(asked):
    asking, store = asked
    asking._maker._sites.root = "nowhere"
    promised = await asking.ask("main", "more")
    found = await made(asking, store, promised.id)
    assert "no folder nowhere" in found.errors[0].message


async def test_a_name_that_git_does_not_know_is_refused(asked):
    asking, _ = asked
    with pytest.raises(ConfigError, match="no commit 'moer'"):
        await asking.ask("main", "moer")


async def test_too_many_at_once_are_refused(asked):
    asking, _ = asked
    for _ in range(MOST):
        await asking.ask("main", "more")
    with pytest.raises(Held, match=f"{MOST} reviews are waiting"):
        await asking.ask("main", "more")
