"""Canaries of what a central cloud tells its peers, and of what it takes their sites over with; dcmanager repeats both."""

from __future__ import annotations

import pytest

from reconciler.model.words import Result
from reconciler.simulator.interference import Rule, Trouble
from tests.canaries import Canary, found
from tests.e2e.repeating import ECHO
from tests.e2e.searching import DATABASE, database, kept, put, read
from tests.e2e.world import playing
from tests.secret_places import PEERS, canaries_of
from tests.store.conftest import empty_database, postgresql

__all__ = ["database", "empty_database", "postgresql", "read"]  # fixtures
pytestmark = pytest.mark.xdist_group("postgresql")
CENTRE, SITE = "ottawa-001", "gatineau-001"
CENTRAL = """
central:
  site: ottawa-001
  peers:
    west:
      uuid: 2e8c8a2f-4f38-4a8f-9d0b-111111111111
      managerEndpoint: https://10.20.0.1:5000/v3
      managerUsername: admin
      managerPassword: {{secretRef: 'file:{peer}'}}
      controllerGatewayAddress: 192.168.204.1
  peerGroups:
    pair: {{migrate: {{sysadmin: {{secretRef: 'file:{migrate}'}}}}}}
"""


def repeats(method: str, path: str) -> Rule:
    return Rule(Trouble.ECHO, method, path, count=1, status=400, text=ECHO)


def waiting(central) -> None:
    """A group that the other centre sent here, with one subcloud of it."""
    facts = {"name": "pair", "peer-group-name": "pair", "group-priority": 1, "group-state": "enabled"}
    leader = {"system-leader-id": "elsewhere", "system-leader-name": "west", "migration": None}
    central.add_row("subcloud_peer_groups", {**facts, "max-subcloud-rehoming": 10, **leader})
    number = central.rows("subcloud_peer_groups", {})[0]["id"]
    central.change_rows("subclouds", {"name": SITE}, {"deploy-status": "secondary", "peer_group_id": number})


async def test_nothing_is_told_of_what_lets_us_into_another_centre_or_takes_its_sites_over(
    git, tmp_path, database, read
):
    canaries = {name: Canary(name) for name in ("peer", "migrate")}
    keeps, clone, said = tmp_path / "keeps", git(CENTRE, SITE), list[str]()
    places = {name: put(keeps / name, canary.value) for name, canary in canaries.items()}
    async with playing(clone.folder, put(keeps / "scratch", "").parent) as world:
        world.database = database
        assert (await world.applied(CENTRE)).result is Result.DONE
        waiting(world.server.central)
        clone.commit({"fleet.yaml": (clone.folder / "fleet.yaml").read_text() + CENTRAL.format(**places)})
        for path in (".*/system-peers", ".*/migrate"):
            world.server.central.interference.rules.append(repeats("P.*", path))
            plan = (await world.judged(CENTRE)).plan
            outcome = await world.applied(CENTRE, approved=plan.id)
            said += [repr(plan), repr(outcome)]
            assert ECHO in outcome.message
        outcome = await world.applied(CENTRE, approved=(await world.judged(CENTRE)).plan.id)
        assert outcome.result is Result.DONE
        left = kept(world.state, database)
        said += [repr(outcome), *world.said]
    assert {f"file:{place}" for place in places.values()} <= read
    assert canaries.keys() == canaries_of(PEERS)
    assert found({**canaries, "database": DATABASE}, {"said": "\n".join(said).encode()} | left) == []
