"""`stxr status`: what is known, how old it is, the worst first; no site is asked."""

from __future__ import annotations

import json
import sqlite3

import pytest

from reconciler.cli.status import alarm_lines, alarming_lines, in_words, status_lines
from reconciler.model.alarm import Alarm, AlarmSeverity, SiteAlarms
from reconciler.model.alarming import Alarming
from reconciler.model.backup import BackupSight
from reconciler.model.board import Health, Power, Trouble
from reconciler.model.central import AlarmCounts
from reconciler.model.condition import Condition, HostCondition
from reconciler.model.dark import HostSight
from reconciler.model.expiry import Expiry
from reconciler.model.gate import GateName, Hold
from reconciler.model.words import Cause, State
from reconciler.store import Store, speaking
from tests.model.verdicts import difference, verdict

pytestmark = pytest.mark.usefixtures("offline")

FOUND = [
    verdict("ottawa", State.IN_SYNC),
    verdict(
        "gatineau",
        State.DRIFTED,
        differences=(difference(), difference("vid"), difference("x", cause=Cause.PENDING)),
        plan_id="p1a2b3c4d5e6",
        reason="held",
        message="2 of 3 changes held: why\nand more",
    ),
    verdict("hull", State.UNREACHABLE, observed_at=None, reason="Unreachable"),
]


def test_the_table_has_the_worst_first_each_with_its_age_and_reason():
    assert list(status_lines(FOUND, now=1_420.0)) == [
        "SITE      STATE        AGE    DRIFT  PENDING  PLAN          REASON",
        "gatineau  drifted      7m     2      1        p1a2b3c4d5e6  2 of 3 changes held: why",
        "hull      unreachable  never  -      -        -             Unreachable",
        "ottawa    in_sync      7m     -      -        -",
        "3 sites: 1 drifted, 1 in_sync, 1 unreachable",
    ]


def test_where_sites_run_several_releases_it_is_told_how_many_run_which_and_who_the_few_are():
    ahead = [verdict(f"edge-{n}", State.IN_SYNC, release="24.09.1") for n in range(4)]
    behind = [verdict("hull", State.FAILED, release="24.09.0"), verdict("dark", State.UNREACHABLE)]
    lines = list(status_lines([*ahead, *behind], now=1_420.0))
    assert lines[-1] == "releases: 4 on 24.09.1, 1 on 24.09.0 (hull)"
    assert not [line for line in status_lines(ahead, now=1_420.0) if line.startswith("releases")]


def test_why_nothing_is_deleted_is_told_once_for_many_sites():
    new = [verdict(f"edge-{n}", State.IN_SYNC, no_deletes="nothing is deleted: no commit is known") for n in range(4)]
    one = verdict("hull", State.IN_SYNC, no_deletes="nothing is deleted: 1234 cannot be read")
    told = [line for line in status_lines([*new, one], now=1_420.0) if "deleted" in line]
    assert told == [
        "  4 sites: nothing is deleted: no commit is known",
        "  hull: nothing is deleted: 1234 cannot be read",
    ]


def dark(power: Power, said: str = ""):
    sight = HostSight("controller-0", 1_300.0, power, Health.OK, said=said)
    message = "hull: platform gave no usable answer to GET /v1/isystems (timeout)"
    return verdict("hull", State.UNREACHABLE, reason="Unreachable", message=message, boards=(sight,))


def test_a_host_that_is_not_well_is_told_though_its_site_is_in_order():
    sight = HostSight(
        "controller-0", 1_300.0, Power.ON, Health.CRITICAL, said="controller-0: health critical: Fan1 0 RPM"
    )
    lines = list(status_lines([verdict("hull", ailing=(sight,))], now=1_420.0))
    told = lines.index("  hull: controller-0: health critical: Fan1 0 RPM (2m ago)")
    assert lines[told + 1] == "    next: stxr board hull --host controller-0; have the part changed that it names"


def test_a_controller_that_gives_no_answer_is_told_with_where_its_word_is_explained():
    sight = HostSight("controller-0", 1_300.0, trouble=Trouble.SLOW, said="hull controller-0: its controller is slow")
    lines = list(status_lines([verdict("hull", ailing=(sight,))], now=1_420.0))
    assert "    next: stxr board hull --host controller-0; docs/boards.md, slow" in lines


@pytest.mark.parametrize(
    ("state", "reason", "message"),
    [
        (State.FAILED, "failed", "ottawa: deploy-status is bootstrap-failed: no route to the registry"),
        (State.INVALID, "ConfigInvalid", "subclouds/ottawa/site.yaml:3: unknown key"),
        (State.UNREACHABLE, "Unauthorized", "ottawa: keystone does not accept us for POST /v3/auth/tokens (401)"),
    ],
)
def test_what_went_wrong_is_told_before_what_held_the_plan_or_a_part_of_it(state, reason, message):
    waits = Hold(GateName.APPROVAL, "1 of 2 changes held: waits for approval", since=1_000.0)
    _, row, _ = status_lines([verdict("ottawa", state, reason=reason, message=message, holds=(waits,))], now=1_420.0)
    assert row.endswith(f"  {message}")


def test_a_dark_site_with_power_reads_unlike_one_without():
    _, lit, of_host, _ = status_lines([dark(Power.ON)], now=1_420.0)
    assert "hosts powered on; hull: platform gave no usable answer" in lit
    assert of_host == "  hull: controller-0: power on, health ok (2m ago)"
    _, lost, of_host, _ = status_lines([dark(Power.OFF)], now=1_420.0)
    assert "power lost; hull: platform gave no usable answer" in lost
    assert of_host == "  hull: controller-0: power off, health ok (2m ago)"


def test_a_controller_that_does_not_answer_either_is_told_in_its_words():
    _, row, of_host, _ = status_lines([dark(Power.UNKNOWN, "hull controller-0: its controller is dead")], now=1_420.0)
    assert "power not known, for no controller answers; hull" in row
    assert of_host == "  hull: hull controller-0: its controller is dead (2m ago)"


def alarm(number, severity, **facts):
    return Alarm("u", number, "host=controller-1", severity, "words", "2026-03-01T09:00:00.000000", **facts)


def test_the_alarms_of_a_site_are_shown_the_worst_first_with_their_age():
    held = alarm("200.001", AlarmSeverity.WARNING, affects_management=True)
    few = SiteAlarms.read([alarm("100.103", AlarmSeverity.MAJOR), held], at=1_300.0)
    many = SiteAlarms.read([alarm("400.005", AlarmSeverity.CRITICAL)] * 25, at=1_410.0)
    counted = AlarmCounts(1, 0, 2, 0).as_alarms(at=820.0)
    none = SiteAlarms.read([], at=1_420.0)
    sites = {"few": few, "many": many, "counted": counted, "none": none, "never": None}
    assert list(alarm_lines([verdict(site, alarms=alarms) for site, alarms in sites.items()], now=1_420.0)) == [
        "  few: alarms: 1 major, 1 warning (2m ago)",
        "    200.001 warning host=controller-1 since 2026-03-01T09:00:00Z, holds orchestrations: words",
        "    100.103 major host=controller-1 since 2026-03-01T09:00:00Z: words",
        "  many: alarms: 25 critical (10s ago)",
        *["    400.005 critical host=controller-1 since 2026-03-01T09:00:00Z: words"] * 20,
        "    and 5 more",
        "  counted: alarms: 1 critical, 2 minor (10m ago, counted by dcmanager)",
        "  none: alarms: none (0s ago)",
    ]


@pytest.mark.parametrize(
    ("alarming", "expected"),
    [
        (Alarming(), []),
        (Alarming(may_stand=True, stand=2), ["alarms of the system controller: 2 alarms of drift"]),
        (
            Alarming(may_stand=True, stand=2, failing_since=700.0, tries=5, error="no answer"),
            ["alarms of the system controller: not kept for 12m (5 tries): no answer"],
        ),
    ],
    ids=["not wanted", "kept", "not kept"],
)
def test_how_our_own_alarms_are_kept_is_told(alarming, expected):
    assert list(alarming_lines(alarming, now=1_420.0)) == expected


def test_both_are_told_of_what_the_store_knows(stxr, state):
    with speaking(state, "test") as store:
        store.alarming.put(Alarming(may_stand=True, stand=1))
    assert "alarms of the system controller: 1 alarm of drift" in stxr("status", "--state", state).out
    told = json.loads(stxr("status", "--state", state, "--format", "json").out)["alarming"]
    assert (told["may_stand"], told["stand"], told["failing_since"]) == (True, 1, None)
    with speaking(state, "test") as store:
        store.save(verdict("ottawa", State.IN_SYNC, alarms=SiteAlarms.read([], at=1_000.0)))
    assert "  ottawa: alarms: none (" in stxr("status", "ottawa", "--state", state).out
    assert "alarms: none" not in stxr("status", "--state", state).out


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-3, "0s"), (0, "0s"), (59.4, "59s"), (60, "1m"), (3_599, "59m"), (3_600, "1h"), (86_399, "23h"), (200_000, "2d")],
)
def test_an_age_is_told_in_the_largest_unit_that_fits(seconds, expected):
    assert in_words(seconds) == expected


@pytest.fixture
def state(tmp_path):
    """A state folder in which a controller is at work."""
    with Store.open(tmp_path / "state", "run") as store:
        for one in FOUND:
            store.save(one)
        yield tmp_path / "state"


def test_it_reads_beside_the_controller(stxr, state):
    ended = stxr("status", "--state", state)
    assert (ended.code, ended.err) == (0, "")
    assert [line.split()[0] for line in ended.out.splitlines()] == ["SITE", "gatineau", "hull", "ottawa", "3"]


def test_sites_are_chosen_by_name(stxr, state):
    ended = stxr("status", "ottawa", "--state", state)
    assert ended.out.splitlines()[-1] == "1 site: 1 in_sync"


def test_a_site_that_nobody_knows_is_told(stxr, state):
    ended = stxr("status", "ottawa", "otawa", "--state", state)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "stxr: no site otawa is known; did you mean ottawa?\n"


def test_json_has_all_that_is_known(stxr, state):
    sites = json.loads(stxr("status", "--state", state, "--format", "json").out)["sites"]
    assert {s["site"]: s["state"] for s in sites} == {
        "ottawa": "in_sync",
        "gatineau": "drifted",
        "hull": "unreachable",
    }
    assert [s["age_seconds"] is None for s in sites] == [False, True, False]


def test_before_anything_was_looked_at_it_says_what_does(stxr, tmp_path):
    Store.open(tmp_path / "state").close()
    ended = stxr("status", "--state", tmp_path / "state")
    assert (ended.code, ended.out.startswith("no site was looked at yet: `stxr run`")) == (0, True)


def test_a_store_of_a_newer_program_is_told(stxr, tmp_path):
    Store.open(tmp_path / "state").close()
    db = sqlite3.connect(tmp_path / "state" / "store.db")
    db.execute("update alembic_version set version_num = '0999'")
    db.commit()
    db.close()
    ended = stxr("status", "--state", tmp_path / "state")
    assert ended.code == 1
    assert ended.err.startswith(f"stxr: the store {tmp_path}/state/store.db has schema 0999, which this program")


def test_a_host_that_is_stuck_is_told_with_since_when_until_when_and_what_comes_next():
    late = HostCondition(Condition.LEFT_LOCKED, "worker-0", "", since=700.0, until=1_300.0)
    lines = list(status_lines([verdict("plant", State.APPLYING, conditions=(late,))], now=1_420.0))
    assert lines[2:4] == [
        "  plant: worker-0 left-locked (since 12m, due 2m ago)",
        "    next: wait while we still try; where nothing moves: system host-unlock worker-0, which ends our window as well",
    ]


def test_a_certificate_that_has_expired_is_told_before_one_that_ends_soon():
    ends = (
        Expiry("ssl", "ssl_1", 90_000.0, 1_000.0),
        Expiry("ssl_ca", "ssl_ca_7", 1_300.0, 900.0),
        Expiry("openldap", "", 1e9, 9e8),
    )
    lines = list(status_lines([verdict("ottawa", State.IN_SYNC, certificates=ends)], now=1_420.0))
    assert lines[2:-1] == [
        "  ottawa: certificate ssl_ca (ssl_ca_7) expired 2m ago (outage)",
        "  ottawa: certificate ssl (ssl_1) ends in 1d36m (service)",
        "    next: put a newer one where its secret is; for what the site makes itself: docs/certificates.md",
    ]


@pytest.mark.parametrize(
    ("backup", "line", "after"),
    [
        (
            BackupSight("", None, 1_000.0),
            "backup: none went well yet; late for 7m",
            (
                "dcmanager subcloud show ottawa: it has to be managed, online and complete, its mode apply, and nobody's "
                "word against it"
            ),
        ),
        (
            BackupSight("failed", 820.0, 9_000.0, "no space left"),
            "backup: the last went well 10m ago; failed: no space left",
            "mend what dcmanager says; it is asked for again by itself, an hour later",
        ),
    ],
)
def test_a_backup_is_told_where_it_is_late_or_failed_with_what_comes_next(backup, line, after):
    lines = list(status_lines([verdict("ottawa", State.IN_SYNC, backup=backup)], now=1_420.0))
    assert lines[2:-1] == [f"  ottawa: {line}", f"    next: {after}"]


def test_a_backup_that_went_well_in_time_is_not_told():
    made = BackupSight("complete-central", 1_300.0, 9_000.0)
    assert list(status_lines([verdict("ottawa", State.IN_SYNC, backup=made)], now=1_420.0))[2:-1] == []
