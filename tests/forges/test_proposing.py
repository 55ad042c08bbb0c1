"""What was accepted on a site becomes a branch and a pull request on each of the forges, once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reconciler.engine.accept import Acceptance, Rewrite
from reconciler.engine.accept_wishes import Item
from reconciler.engine.proposing import Target, propose, proposed_json
from reconciler.model.resource import ResourceKey
from reconciler.sources.mirror import Mirror
from tests.forges.server import TOKEN
from tests.sources.history import History

FILE = "subclouds/ottawa/deployment-config.yaml"
BEFORE = "".join(f"# line {n}\nkey{n}: {n}\n" for n in range(150))
RESULT = Acceptance(
    "ottawa",
    (Item(ResourceKey("dns", "", ""), "servers", ("10.0.0.53",), ("10.9.9.9",), ()),),
    (Rewrite(FILE, BEFORE, BEFORE.replace("key70: 70", "key70: 71")),),
)


@pytest.fixture
def hosted(tmp_path):
    clone = History(tmp_path / "clone")
    clone.commit({FILE: BEFORE})
    clone.git("clone", "--quiet", "--bare", str(clone.folder), str(tmp_path / "hosted.git"))
    with Mirror.open(tmp_path / "hosted.git", tmp_path / "state") as mirror:
        mirror.fetch(datetime(2026, 11, 21, tzinfo=UTC))
        yield lambda *arguments: clone.git("-C", str(tmp_path / "hosted.git"), *arguments), mirror


async def test_it_is_one_pull_request_however_often_it_is_asked_for(forge, client, hosted):
    git, mirror = hosted
    target = Target(mirror, mirror.head().commit, "main", forge=client)
    first = await propose(RESULT, target, {}, by="night-shift")
    [pull] = forge.pulls.values()
    assert (pull.branch, pull.base, pull.title) == (first.branch, "main", "Accept dns:servers of ottawa")
    assert (first.number, first.is_new) == (pull.number, True)
    assert git("diff", "--numstat", "main", first.branch) == f"1\t1\t{FILE}"
    again = await propose(RESULT, target, {}, by="day-shift")
    assert (again.number, again.url, again.commit, again.is_new) == (first.number, first.url, first.commit, False)
    assert len(forge.pulls) == 1
    assert TOKEN not in str(proposed_json(again))
    assert proposed_json(again)["pull_request"] == {"number": first.number, "url": first.url}
