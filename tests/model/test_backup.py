"""When a backup is due and when one is late, by the words of Git and dcmanager's list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from reconciler.model.backup import BackupPolicy, BackupSight, good_at, sight, under_way
from reconciler.model.central import Subcloud
from reconciler.model.maintenance import MaintenanceWindow

HOUR = 3_600.0
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()
NIGHT = MaintenanceWindow(cron="0 2 * * *", duration="4h")
ROW = Subcloud("ottawa", "r", 1, "managed", "online", "complete", "26.03")


def at(hour, day=21):
    return datetime(2026, 11, day, hour, tzinfo=UTC).timestamp()


def row(status="", when="", error=""):
    return Subcloud(
        *(
            getattr(ROW, n)
            for n in ("name", "region", "group_id", "management", "availability", "deploy_status", "release")
        ),
        backup_status=status,
        backup_at=when,
        error=error,
    )


@pytest.mark.parametrize(
    ("good", "due"), [(None, True), (NOON - 25 * HOUR, True), (NOON - 24 * HOUR, True), (NOON - 23 * HOUR, False)]
)
def test_every_so_often_counts_from_the_last_that_went_well(good, due):
    assert BackupPolicy(schedule="every 24h").is_due(good, (), NOON) is due


def test_in_window_waits_for_one_where_the_site_has_any():
    policy = BackupPolicy(schedule="every 24h in window")
    assert [policy.is_due(None, (NIGHT,), at(hour)) for hour in (1, 3, 7)] == [False, True, False]
    assert policy.is_due(None, (), at(7))


@pytest.mark.parametrize(
    ("hour", "good", "due"),
    [
        (1, None, False),
        (2, None, True),
        (7, None, True),
        (8, None, False),
        (3, at(2), False),
        (3, at(12, day=20), True),
    ],
)
def test_a_moment_of_crontab_counts_for_some_hours_until_one_went_well(hour, good, due):
    assert BackupPolicy(schedule="0 2 * * *").is_due(good, (), at(hour)) is due


def test_moments_are_those_of_its_time_zone():
    policy = BackupPolicy(schedule="0 2 * * *", timezone="Asia/Tokyo", within="1h")
    assert [policy.is_due(None, (), at(hour)) for hour in (2, 17)] == [False, True]


@pytest.mark.parametrize(
    ("schedule", "late"), [("every 24h", at(12, day=23)), ("0 2 * * *", at(8, day=22)), ("0 2 * * 0", at(8, day=22))]
)
def test_one_is_late_once_its_schedule_has_passed_without_it(schedule, late):
    assert BackupPolicy(schedule=schedule).late_at(NOON) == late


@pytest.mark.parametrize(
    "said",
    [
        {"schedule": "daily"},
        {"schedule": "every 0h"},
        {"schedule": "every day"},
        {"schedule": "0 2 * *"},
        {"schedule": "0 2 * * *", "timezone": "Mars/Olympus"},
        {"schedule": "every 24h", "registryImages": True},
        {"schedule": "every 24h", "keep": "elsewhere"},
        {"schedule": "every 24h", "sysadmin": {"secretRef": "St8rlingX*"}},
    ],
)
def test_what_is_no_policy_is_refused_and_no_secret_shown(said):
    with pytest.raises(ValidationError) as refused:
        BackupPolicy.model_validate(said)
    assert "St8rlingX*" not in str(refused.value.errors(include_input=False))


def test_images_go_with_a_backup_on_the_site():
    assert (
        BackupPolicy.model_validate({"schedule": "every 7d", "keep": "local", "registryImages": True}).every_s
        == 604_800
    )


def test_the_time_of_a_row_is_utc_without_saying_so():
    assert good_at(row(when="2026-11-21 12:00:00.000000")) == NOON
    assert (good_at(row()), good_at(row(when="yesterday"))) == (None, None)


def test_what_is_known_of_a_site_is_the_last_good_one_when_the_next_is_late_and_why_one_failed():
    policy = BackupPolicy(schedule="every 24h")
    failed = row("failed", "2026-11-21 12:00:00", "Task 'Create backup' failed")
    assert sight(failed, policy, None, NOON) == BackupSight(
        "failed", NOON, NOON + 48 * HOUR, "Task 'Create backup' failed"
    )
    assert sight(row("complete-central", "2026-11-21 12:00:00", "of old"), None, None, NOON) == BackupSight(
        "complete-central", NOON
    )


def test_a_first_one_is_waited_for_from_when_it_was_wanted():
    policy = BackupPolicy(schedule="every 24h")
    first = sight(row(), policy, None, NOON)
    later = sight(row(), policy, first, NOON + 47 * HOUR)
    assert (first.late_at, later.late_at) == (NOON + 48 * HOUR, NOON + 48 * HOUR)
    assert [later.is_late(NOON + hours * HOUR) for hours in (47, 48)] == [False, True]


def test_of_a_site_without_policy_or_backup_nothing_is_known_and_of_one_that_is_not_listed_what_was():
    known = BackupSight("complete-local", NOON)
    assert (sight(row(), None, known, NOON), sight(None, None, known, NOON)) == (None, known)


def test_backups_of_others_are_counted_in():
    assert under_way([row("backing-up"), row("pre-backup"), row("validating"), row("complete-central"), row()]) == 3
