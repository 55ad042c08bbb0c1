"""Simulated sites, brought up from layers, adopted as they are: as short as what they were made of."""

from __future__ import annotations

import pytest

from reconciler.desired import load_site
from reconciler.engine.adoption import Wish, adopted
from reconciler.engine.adoption_reading import recorded
from reconciler.engine.factoring import factor
from reconciler.kinds import registry
from reconciler.model.site import SiteFiles
from reconciler.simulator.bootstrapping import bootstrapped
from reconciler.simulator.build_repo import hardware_of
from tests.adopt import fleets
from tests.adopt.living import inventory
from tests.properties.direct import Box, rendered

LARGE = 200


def brought_up(name: str, files: SiteFiles):
    """The site's system, bootstrapped, installed and brought to what its files say."""
    number = int(name.removeprefix("sc-"))
    told = {**files.files, f"subclouds/{name}/bootstrap-values.yaml": fleets.bootstrap(name, number)}
    box = Box(bootstrapped(hardware_of(load_site(SiteFiles(name, "", "", told)))))
    want = rendered(load_site(files))
    while not (todo := box.judged(want)).plan.is_empty:
        outcome = box.applied(todo)
        assert outcome.is_done, outcome.message
    return box.system


@pytest.mark.slow
@pytest.mark.parametrize(
    ("count", "is_short", "most"),
    [
        pytest.param(100, True, 1.15, id="100-sites-minimal"),  # what is written once weighs more
        pytest.param(LARGE, True, 1.1, id="200-sites-minimal", marks=pytest.mark.full),
        pytest.param(LARGE, False, 1.2, id="200-sites-all-that-they-show", marks=pytest.mark.full),
    ],
)
def test_a_fleet_that_was_brought_up_is_adopted_in_as_few_lines(count, is_short, most):
    """The long form also says what the platform makes by itself: once for each shape, which the source never said."""
    source, whole = fleets.layered(count), {}
    for name, files in source.items():
        seen = recorded(name, inventory(brought_up(name, files)), registry())
        site = adopted(seen, registry(), Wish(is_short=is_short))
        assert site.is_exact, name
        whole[name] = SiteFiles(name, "", "", {path: text.encode() for path, text in site.files.items()})
    assert factor(whole).after <= most * fleets.lines(source)
