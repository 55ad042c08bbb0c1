"""Nobody is called for what the platform makes, what comes and goes, and what a rollout is changing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model.drift import SiteDrift
from reconciler.model.drift_steps import step
from reconciler.model.quiet import Quiet, Silence, loud
from tests.model.verdicts import difference, verdict

OSD = difference("", resource="controller-0/osd/sdb", kind="osd", host="controller-0", action="create")
MTU = difference(kind="ethernet", host="controller-0")
SEEN = verdict(judged_at=1_000.0, differences=(OSD, MTU))
KNOWN, _ = step(SiteDrift("ottawa-001"), SEEN)
GRACES = {"osd": 600.0}


def called_for(silence, now, known=KNOWN):
    return [d.resource for d in loud(SEEN, known, silence, now).differences]


@pytest.mark.parametrize(("now", "expected"), [(1_000.0, 1), (1_599.0, 1), (1_600.0, 2)])
def test_a_kind_that_comes_by_itself_has_the_time_that_it_says(now, expected):
    assert len(called_for(Silence(graces=GRACES), now)) == expected


def test_nobody_is_called_for_a_site_of_the_wave_that_goes():
    assert called_for(Silence(lambda site: site == "ottawa-001"), 9_000.0) == []
    assert Silence(lambda _site: True, GRACES).of("a", KNOWN.open[OSD.place], 1_000.0) is Quiet.ROLLOUT


def test_what_flaps_is_told_as_flapping_alone():
    flapping = replace(KNOWN.open[MTU.place], is_flapping=True)
    known = replace(KNOWN, open={**KNOWN.open, MTU.place: flapping})
    assert called_for(Silence(), 9_000.0, known) == [OSD.resource]
    assert Silence().of("a", flapping, 9_000.0) is Quiet.FLAPPING


def test_a_site_of_which_no_past_is_known_is_as_it_is():
    assert loud(SEEN, None, Silence(), 0.0) is SEEN


def test_a_clock_that_was_set_back_silences_nothing():
    assert called_for(Silence(), 0.0) == [OSD.resource, MTU.resource]
