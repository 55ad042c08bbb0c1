"""An equal change on many sites is one cause; the worst comes first, then what reaches most."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model.drift import DriftCause, SiteDrift
from reconciler.model.drift_groups import Wanted, causes
from reconciler.model.drift_steps import step
from reconciler.model.words import Cause, Severity
from tests.model.verdicts import difference, verdict

MTU = difference(kind="ethernet", host="controller-0", origin="profiles/ran/h.yaml:4")
THERE = replace(MTU, resource="compute-1/ethernet/data0", host="compute-1", origin="subclouds/b/h.yaml:9")
DNS = difference("nameservers", resource="dns", severity=Severity.OUTAGE)
STRANGER = difference("", resource="label/x", action="delete", cause=Cause.UNMANAGED, severity=Severity.INFO)
GROUPS = {"a": "ran", "b": "ran", "c": "rail"}


def known(**seen):
    return {
        site: step(
            SiteDrift(site), verdict(site, judged_at=100.0, commit=f"of {site}", differences=tuple(differences))
        )[0]
        for site, differences in seen.items()
    }


FLEET = known(a=[MTU, THERE], b=[THERE, STRANGER], c=[DNS, replace(MTU, cause=Cause.PENDING)], gone=[MTU])


def found(**narrowed):
    return [(one.what, one.why, one.sites) for one in causes(FLEET, GROUPS, Wanted(**narrowed))]


WAVE = ("ethernet/data0 mtu", DriftCause.OUT_OF_BAND, ("a", "b"))
WAITS = ("ethernet/data0 mtu", DriftCause.PENDING, ("c",))
OUT = ("dns nameservers", DriftCause.OUT_OF_BAND, ("c",))


def test_the_worst_comes_first_then_the_widest():
    assert found() == [OUT, WAVE, WAITS]


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({"sites": frozenset({"c"})}, [OUT, WAITS]),
        ({"group": "ran"}, [WAVE]),
        ({"cause": DriftCause.PENDING}, [WAITS]),
        ({"cause": DriftCause.UNMANAGED}, [("label/x", DriftCause.UNMANAGED, ("b",))]),
        ({"severity": Severity.OUTAGE}, [OUT]),
        ({"fingerprint": "0123456789"}, []),
    ],
)
def test_it_is_narrowed(narrowed, expected):
    assert found(**narrowed) == expected


def test_each_place_in_git_is_named_once_with_the_commit_that_was_read():
    wave = causes(FLEET, GROUPS, Wanted())[1]
    assert dict(wave.origins) == {"profiles/ran/h.yaml:4": "of a", "subclouds/b/h.yaml:9": "of b"}
    assert (wave.first_seen, wave.last_seen, wave.severity, wave.is_flapping) == (100, 100, Severity.SERVICE, False)
