"""Backups: by the leader, of sites that are free, the oldest first, so many at a time, and failures told once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.backups import OLD_S, RETRY_S, UNSAID, Backups, Wishes
from reconciler.model.backup import BackupPolicy
from reconciler.model.central import CentralStrategy, Reading, Subcloud
from reconciler.model.errors import ConfigError
from reconciler.model.gate import Freeze, Suspension
from reconciler.model.secret import SecretRef
from reconciler.model.site import Settings
from reconciler.model.subcloud_orders import Backup
from reconciler.model.subcloud_policy import SecretPlace, SubcloudPolicy
from reconciler.model.verdict import Verdict
from reconciler.model.words import Mode, State
from tests.apply.fakes import refused, unreachable

NOW = 1_795_000_000.0
HOUR = 3_600.0
SECRET = SecretPlace(secretRef="file:/secrets/{site}.sysadmin")
DAILY = BackupPolicy(schedule="every 24h", sysadmin=SECRET)
WANTED = Settings(mode=Mode.APPLY, backup=DAILY)
YESTERDAY = "2026-11-17 00:00:00"


class Clock:
    time = NOW

    def now(self):
        return self.time

    async def sleep(self, seconds):
        self.time += seconds


class Known:
    leads = True

    def __init__(self, *sites):
        self.verdicts = {site: Verdict(site, State.IN_SYNC, mode="apply") for site in sites}
        self.under_way = frozenset()


class Centre:
    """The list as it stands; an order changes nothing but what is asked for."""

    def __init__(self, *rows, strategy=None):
        self.rows, self.strategy = {row.name: row for row in rows}, strategy
        self.asked, self.error, self.reads = {}, None, 0
        self.at = NOW

    @property
    def last(self):
        return Reading(self.at, self.rows, self.strategy)

    async def back_up(self, site, said):
        self.asked[site] = said
        if self.error:
            raise self.error

    async def read(self, no_older_than_s=0.0):
        self.reads += 1
        return True


def row(name="ottawa", **facts):
    return replace(Subcloud(name, "r", 1, "managed", "online", "complete", "26.03"), **facts)


class Bench:
    """A job over these sites."""

    def __init__(self, *rows, settings=WANTED, most=20, strategy=None):
        self.known, self.centre, self.clock = Known(*(r.name for r in rows)), Centre(*rows, strategy=strategy), Clock()
        self.settings, self.said, self.stopped = settings, [], ()
        wishes = Wishes(lambda _site: self.settings, lambda: most, lambda: self.stopped)
        self.job = Backups(self.known, self.centre, wishes, self.clock, self.said.append)

    async def turn(self):
        """Who is asked for in this turn."""
        self.centre.asked = {}
        await self.job.turn()
        return list(self.centre.asked)


async def test_a_site_that_is_due_is_asked_for_with_the_reference_of_its_password():
    bench = Bench(row())
    assert await bench.turn() == ["ottawa"]
    assert bench.centre.asked["ottawa"] == Backup(SecretRef("file:/secrets/ottawa.sysadmin"))
    assert bench.centre.reads == 1  # once for all, and no site is asked for by itself


async def test_where_it_is_kept_and_whether_with_images_is_gits_to_say():
    policy = BackupPolicy(schedule="every 24h", keep="local", registryImages=True)
    subcloud = SubcloudPolicy(sysadmin=SECRET)
    bench = Bench(row(), settings=Settings(mode=Mode.APPLY, backup=policy, subcloud=subcloud))
    await bench.turn()
    assert bench.centre.asked["ottawa"] == Backup(SecretRef("file:/secrets/ottawa.sysadmin"), True, True)


@pytest.mark.parametrize(
    "facts",
    [
        {"management": "unmanaged"},
        {"availability": "offline"},
        {"deploy_status": "bootstrapping"},
        {"deploy_status": "config-failed"},
        {"backup_status": "backing-up"},
        {"prestage_status": "prestaging"},
        {"backup_at": "2026-11-18 12:00:00", "backup_status": "complete-central"},
    ],
)
async def test_only_what_is_complete_online_managed_still_and_due(facts):
    assert await Bench(row(**facts)).turn() == []


@pytest.mark.parametrize("settings", [Settings(mode=Mode.APPLY), Settings(mode=Mode.APPLY, backup=None)])
async def test_without_a_policy_there_is_none(settings):
    assert await Bench(row(), settings=settings).turn() == []


@pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.PLAN])
async def test_a_site_that_is_only_looked_at_gets_none(mode):
    bench = Bench(row())
    bench.known.verdicts["ottawa"] = replace(bench.known.verdicts["ottawa"], mode=str(mode))
    assert await bench.turn() == []


@pytest.mark.parametrize("facts", [{"state": State.APPLYING}, {"open_windows": ("controller-0",)}])
async def test_none_is_made_while_a_plan_or_a_window_of_ours_is_open(facts):
    bench = Bench(row())
    bench.known.verdicts["ottawa"] = replace(bench.known.verdicts["ottawa"], **facts)
    assert await bench.turn() == []


async def test_none_is_made_while_a_workflow_sends_a_plan():
    bench = Bench(row())
    bench.known.under_way = frozenset({"ottawa"})
    assert await bench.turn() == []


async def test_a_plan_that_began_since_the_round_began_goes_first():
    bench = Bench(row("a"), row("b"), row("c"))
    back_up = bench.centre.back_up

    async def meanwhile(site, said):
        bench.known.under_way = frozenset({"c"})
        await back_up(site, said)

    bench.centre.back_up = meanwhile
    assert await bench.turn() == ["a", "b"]


async def test_what_dcmanagers_own_strategy_is_at_is_left_alone():
    strategy = CentralStrategy("sw-deploy", "applying", {"ottawa": "deploy started"})
    assert await Bench(row(), strategy=strategy).turn() == []


async def test_a_suspended_or_frozen_site_gets_none():
    bench = Bench(row())
    bench.stopped = (Suspension("alice", "hands off", NOW, group="default"),)
    assert await bench.turn() == []
    bench.stopped = ()
    freeze = Freeze(begins="2026-11-01T00:00:00Z", ends="2026-12-01T00:00:00Z", reason="black friday")
    bench.settings = WANTED.model_copy(update={"freezes": (freeze,)})
    assert await bench.turn() == []


async def test_the_oldest_go_first_and_no_more_at_a_time_than_may():
    rows = [
        row("never"),
        row("old", backup_at="2026-11-01 00:00:00"),
        row("older", backup_at="2026-10-01 00:00:00"),
        row("going", backup_status="backing-up"),
    ]
    assert await Bench(*rows, most=3).turn() == ["never", "older"]
    assert await Bench(*rows, most=1).turn() == []


async def test_what_failed_is_told_once_with_its_text_and_asked_for_again_an_hour_later():
    bench = Bench(row())
    assert await bench.turn() == ["ottawa"]
    bench.centre.rows["ottawa"] = row(backup_status="failed", error="Task 'Create backup' failed: no space left")
    for _ in range(3):
        assert await bench.turn() == []
    assert bench.said == ["the backup of ottawa ended as failed: Task 'Create backup' failed: no space left"]
    bench.clock.time = bench.centre.at = NOW + RETRY_S
    assert await bench.turn() == ["ottawa"]


async def test_a_refused_order_is_told_and_not_repeated_at_once():
    bench = Bench(row())
    bench.centre.error = refused("Subcloud ottawa must be in good health for subcloud-backup create.")
    assert await bench.turn() == ["ottawa"]
    assert await bench.turn() == []
    assert len(bench.said) == 1
    assert "must be in good health" in bench.said[0]


async def test_without_a_password_it_is_said_what_is_missing():
    bench = Bench(row(), settings=Settings(mode=Mode.APPLY, backup=BackupPolicy(schedule="every 24h")))
    assert await bench.turn() == []
    assert await bench.turn() == []
    assert bench.said == [f"ottawa is not backed up: {UNSAID}"]


async def test_a_list_that_is_old_says_nothing():
    bench = Bench(row())
    bench.clock.time = NOW + OLD_S + 1
    assert await bench.turn() == []


async def test_a_site_whose_files_are_wrong_keeps_the_others_from_nothing():
    bench = Bench(row("bad"), row("good"))

    def settings(site):
        if site == "bad":
            raise ConfigError("wrong", "site.yaml:1")
        return WANTED

    bench.job.wishes = replace(bench.job.wishes, settings=settings)
    assert await bench.turn() == ["good"]


async def test_a_central_cloud_that_is_gone_is_told():
    bench = Bench(row())

    async def read(no_older_than_s=0.0):
        raise unreachable(sent=False)

    bench.centre.read = read
    await bench.turn()
    assert bench.said[0].startswith("what became of backups is not known: ")


async def test_who_does_not_lead_asks_for_nothing():
    bench = Bench(row())
    bench.known.leads = False

    class DoneError(Exception):
        """Ends the loop."""

    async def once(seconds):
        raise DoneError

    bench.clock.sleep = once
    with pytest.raises(DoneError):
        await bench.job.run()
    assert bench.centre.asked == {}
