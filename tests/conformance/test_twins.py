"""Twins of the recorded systems show what the real ones showed, and take a change."""

from __future__ import annotations

import pytest

from reconciler.desired import load_site
from reconciler.engine.preview import Edit, rows_of
from reconciler.engine.remote import SiteRemote
from reconciler.engine.render import snapshot
from reconciler.engine.trial import Case, tried
from reconciler.engine.twin import twin_of
from reconciler.engine.virtual_time import run
from reconciler.kinds import registry
from reconciler.model.proof import ProofResult
from reconciler.observe import interpret
from tests.adopt.proving import is_equal
from tests.desired.writing import document, site_files

from .recordings import SCENARIOS, recording

pytestmark = pytest.mark.conformance
KINDS = registry()
MORE = {"deployment-config.yaml": document("DataNetwork", "extra", "  type: vlan")}


@pytest.mark.parametrize("when", ["initial", "final"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_twin_of_a_recorded_system_shows_the_same(shared, name, when):
    inventory = getattr(recording(shared, name), when)

    async def shown():
        twin = twin_of(name, inventory)
        return await SiteRemote(name, twin, KINDS, twin.clock).observe()

    site, twin = interpret(name, rows_of(inventory), KINDS, 0.0), run(shown())
    assert {k: h.in_words for k, h in twin.system.hosts.items()} == {
        k: h.in_words for k, h in site.system.hosts.items()
    }
    recorded = {key for key in twin.resources if site.is_complete(key.kind, key.host)}
    whole = {key: one for key, one in site.resources.items() if site.is_complete(key.kind, key.host)}
    assert recorded == whole.keys()
    assert [key for key, one in whole.items() if not is_equal(one, twin.resources[key])] == []


@pytest.mark.parametrize("when", ["initial", "final"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_change_is_proved_on_it(shared, name, when):
    after = snapshot(load_site(site_files(MORE, name=name)), KINDS, "c1")
    proof = tried(Case(name, after, Edit(), getattr(recording(shared, name), when)), KINDS)
    assert (proof.result, proof.reason, proof.calls) == (ProofResult.PROVED, "", 1)
