"""Backups of a simulated site by a real controller: asked for once, seen to its end, and no password anywhere."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.model.words import State
from reconciler.store import verdicts_of
from tests.e2e.ottawa import OTTAWA, SETTINGS
from tests.e2e.world import running
from tests.faults.controlled import until
from tests.faults.controller_process import Place, controller

ORDER = "/v1.0/subcloud-backup"
PASSWORD = "Canary-of-a-sysadmin-7"


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / f"{OTTAWA}.sysadmin"
    path.write_text(PASSWORD)
    path.chmod(0o600)
    return str(path).replace(OTTAWA, "{site}")


def wants(clone, secret, more=""):
    """Git wants a backup of the site each day."""
    said = (clone.folder / SETTINGS).read_text()
    place = f'{{secretRef: "file:{secret}"}}'
    clone.commit({SETTINGS: f"{said}{more}backup: {{schedule: every 24h, keep: local, sysadmin: {place}}}\n"})


def row(world):
    (found,) = (r for r in world.server.central.rows("subclouds", {}) if r["name"] == OTTAWA)
    return found


def orders(world):
    return [w for w in world.server.central.system.journal.writes if w.path == ORDER]


def verdict(world):
    return next((v for v in verdicts_of(world.state) if v.site == OTTAWA), None)


async def test_a_backup_is_asked_for_once_and_kept_where_git_says(in_service, secret):
    async with in_service(OTTAWA, kind=running) as (world, clone):
        wants(clone, secret)
        place = Place(world.root, world.endpoints, world.state, backups_s=0.05)
        async with controller(place, asyncio.Event()):
            await until(lambda: row(world).get("backup-status") == "complete-local")
            assert len(orders(world)) == 1
        left = [file for file in world.state.rglob("*") if file.is_file() and PASSWORD.encode() in file.read_bytes()]
        assert left == []


@pytest.mark.slow  # the central cloud is read once a minute
async def test_one_that_failed_is_known_with_what_ansible_said(in_service, secret):
    async with in_service(OTTAWA, kind=running) as (world, clone):
        world.server.central.system.marks.add(f"backing-up-fails:{OTTAWA}:no space left on device")
        wants(clone, secret)
        place = Place(world.root, world.endpoints, world.state, backups_s=0.05)
        async with controller(place, asyncio.Event()):
            await until(lambda: (known := verdict(world)) and known.backup and known.backup.status == "failed")
        assert "no space left on device" in verdict(world).backup.error
        assert len(orders(world)) == 1


async def test_a_site_that_is_only_observed_is_not_backed_up(in_service, secret):
    async with in_service(OTTAWA, kind=running) as (world, clone):
        wants(clone, secret, more="mode: observe\n")
        place = Place(world.root, world.endpoints, world.state, backups_s=0.05)
        async with controller(place, asyncio.Event()):
            await until(lambda: (known := verdict(world)) and known.mode == "observe" and known.state is State.IN_SYNC)
            await until(lambda: (known := verdict(world)) and known.backup is not None)
        assert orders(world) == []
