"""`stxr drift`: each cause once, the worst first, with what is needed to act; no site is asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from reconciler.cli.drift import drift_lines, history_lines
from reconciler.model.alarm import Noted
from reconciler.model.drift import SiteDrift
from reconciler.model.drift_groups import Wanted, causes
from reconciler.model.drift_steps import step
from reconciler.model.verdict import Ignored
from reconciler.model.words import Cause, Severity
from reconciler.sources.commits import CommitFacts
from reconciler.store import Store
from tests.model.verdicts import difference, verdict

pytestmark = pytest.mark.usefixtures("offline")

MTU = difference(kind="ethernet", host="controller-0", origin="profiles/ran/h.yaml:4")
DNS = difference("nameservers", resource="dns", severity=Severity.OUTAGE, observed="", cause=Cause.PENDING)
CHANGED = Noted(950.0, "250.001", "set", "host=controller-0", "major", "Configuration is out-of-date.")
COMMIT = CommitFacts("5f3c2a1b9d0e" + "0" * 28, "Site Editor", datetime(2026, 11, 2, tzinfo=UTC), "Raise the MTU")


def known(sites, *differences, **facts):
    return {s: step(SiteDrift(s), verdict(s, differences=differences, **facts))[0] for s in sites}


def told(sites, *differences, **facts):
    found = causes(known(sites, *differences, **facts), dict.fromkeys(sites, "ran"), Wanted())
    return list(drift_lines(found, 8_300.0, lambda _commit, _origin: COMMIT))


def test_a_wave_is_one_entry_with_its_place_and_who_set_the_value():
    [first, *rest] = told([f"s{n}" for n in range(7)], MTU)
    assert first.split("  ")[1:] == ["service", "out-of-band", "7 sites", "since 2h", "ethernet/data0 mtu"]
    assert rest == [
        "    is 1500, Git says 9000",
        "    profiles/ran/h.yaml:4: 5f3c2a1b9d0e Site Editor, 2026-11-02: Raise the MTU",
        "    s0, s1, s2, s3, s4, … and 2 more",
        "1 cause on 7 sites",
    ]


def test_a_site_alone_tells_what_it_noted_and_the_worst_comes_first():
    lines = told(["s0"], MTU, DNS, noted=(CHANGED,))
    heads = [line.rsplit("  ", 1)[1] for line in lines[:-1] if not line.startswith(" ")]
    assert heads == ["dns nameservers", "ethernet/data0 mtu"]
    assert lines[1] == "    is absent, Git says 9000"
    assert "    1970-01-01 00:15 UTC 250.001 set host=controller-0: Configuration is out-of-date." in lines
    assert lines[-1] == "2 causes on 1 site"


def test_where_nothing_drifts_it_is_said_how_much_that_is_worth():
    assert told(["s0"]) == ["nothing drifts, as far as it was looked at: `stxr status` says how old that is"]


@pytest.fixture
def state(tmp_path):
    """A state folder in which a controller is at work: one site drifts, another did."""
    with Store.open(tmp_path / "state", "run") as store:
        store.save(verdict("ottawa", differences=(MTU,)))
        store.save(verdict("hull", group="rail", differences=(DNS,)))
        store.save(verdict("hull", group="rail", judged_at=4_600.0))
        yield tmp_path / "state"


def test_it_reads_beside_the_controller_and_is_narrowed(stxr, state):
    found = json.loads(stxr("drift", "--state", state, "--format", "json").out)
    [one] = found["causes"]
    assert (found["total"], one["cause"], one["sites"]) == (1, "out-of-band", ["ottawa"])
    assert one["origins"] == [{"place": "profiles/ran/h.yaml:4", "set_by": None}]
    assert [f["first_seen"] for f in one["fields"]] == [1_000.0]
    for narrowed in (["hull"], ["--group", "rail"], ["--cause", "pending"], ["--severity", "outage"]):
        assert json.loads(stxr("drift", *narrowed, "--state", state, "--format", "json").out)["causes"] == []
    assert stxr("drift", "ottawa", "--fingerprint", one["fingerprint"], "--state", state).code == 0


def test_what_ended_is_told_with_how(stxr, state):
    assert stxr("drift", "--history", "--state", state).out.splitlines() == [
        "1970-01-01 01:16 UTC  vanished  hull  dns nameservers: absent, Git said 9000  (pending, after 1h, "
        + fingerprint_of(state)
        + ")"
    ]
    assert stxr("drift", "ottawa", "--history", "--state", state).out == ""
    [one] = json.loads(stxr("drift", "--history", "--state", state, "--format", "json").out)["ended"]
    assert (one["site"], one["resolution"], one["resolved_at"]) == ("hull", "vanished", 4_600.0)
    assert list(history_lines([])) == []


def fingerprint_of(state):
    from reconciler.store import ended_of

    return ended_of(state, [""], "", 1)[0].content["fingerprint"]


def test_a_site_that_nobody_knows_is_an_error(stxr, state):
    ended = stxr("drift", "otawa", "--state", state)
    assert (ended.code, "no site otawa is known; did you mean ottawa?" in ended.err) == (1, True)


def test_what_does_not_count_is_told_with_its_rule(stxr, tmp_path):
    rule = Ignored(MTU, "vendor's default", "fleet.yaml:7", 1_796_083_200.0)
    with Store.open(tmp_path / "state", "run") as store:
        store.save(verdict("ottawa", ignored=(rule,), lapsed=("fleet.yaml:9: ignore ntp (x) has ended",)))
        ended = stxr("drift", "--ignored", "--state", tmp_path / "state")
        assert ended.out.splitlines() == [
            f"ottawa: {MTU.resource} mtu: is 1500, ignored, until 2026-12-01 00:00 UTC: vendor's default (fleet.yaml:7)",
            "fleet.yaml:9: ignore ntp (x) has ended",
        ]
        found = json.loads(stxr("drift", "--ignored", "--state", tmp_path / "state", "--format", "json").out)
    assert [(one["site"], one["where"]) for one in found["ignored"]] == [("ottawa", "fleet.yaml:7")]
