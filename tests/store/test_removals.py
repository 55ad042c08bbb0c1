"""What commits removed is remembered until it is applied, declined or back in Git; also past a restart."""

from __future__ import annotations

import pytest
from alembic import command

from reconciler.model.origin import Origin
from reconciler.model.removal import Removal, RemovedValue
from reconciler.model.resource import ResourceKey
from reconciler.store import Store, StoreMemory, recall, removals_of, schema
from reconciler.store.database import engine_of, file_url
from reconciler.store.tables import REMOVALS

VLAN = Removal(
    ResourceKey("vlan", "mgmt0", "controller-0"),
    "b" * 40,
    "c" * 40,
    Origin("subclouds/yard/deployment-config.yaml", 12, 3),
    (RemovedValue("mtu", "1500", "subclouds/yard/deployment-config.yaml:14"),),
)
OSD = Removal(ResourceKey("osd", "/dev/sdb", "controller-0"), "b" * 40, "c" * 40)


def test_a_removal_outlives_the_process(open_store):
    with open_store() as store:
        store.carry("yard", [VLAN, OSD])
    with open_store() as again:
        assert again.removals("yard") == (OSD, VLAN)
        assert again.removals("plant") == ()


def test_what_is_not_carried_any_more_is_forgotten(store):
    store.carry("yard", [VLAN, OSD])
    store.carry("plant", [VLAN])
    store.carry("yard", [OSD])
    assert store.all_removals() == {"yard": (OSD,), "plant": (VLAN,)}


def test_a_declined_removal_stays_declined_while_it_is_carried(store):
    store.carry("yard", [VLAN, OSD])
    assert store.decline("yard", "controller-0/vlan/mgmt0")
    store.carry("yard", [VLAN])
    [known] = store.removals("yard")
    assert (known.key, known.is_declined) == (VLAN.key, True)


def test_a_removal_that_comes_again_after_it_was_over_is_open(store):
    store.carry("yard", [VLAN])
    store.decline("yard", str(VLAN.key))
    store.carry("yard", [])
    store.carry("yard", [VLAN])
    assert store.removals("yard") == (VLAN,)


@pytest.mark.parametrize(("site", "resource"), [("plant", str(VLAN.key)), ("yard", "controller-0/vlan/other")])
def test_only_what_is_known_can_be_declined(store, site, resource):
    store.carry("yard", [VLAN])
    assert not store.decline(site, resource)


def test_what_does_not_change_is_not_written(folder):
    times = iter([1.0, 2.0, 3.0])
    with Store.open(folder, clock=lambda: next(times)) as store:
        store.carry("yard", [VLAN])
        store.carry("yard", [VLAN])
        assert next(times) == 3.0  # the lock asked first, the row once


def test_a_site_that_is_forgotten_has_no_removals(store):
    store.carry("yard", [VLAN])
    store.forget(["yard"])
    assert store.removals("yard") == ()


def test_a_command_that_looks_knows_the_removals_and_writes_none(folder):
    with Store.open(folder, "run") as store:
        memory = StoreMemory(store)
        memory.carry("yard", [VLAN])
        memory.ended("yard", "c1", [VLAN.key])
        seen = recall(folder)
        seen.carry("yard", [])
        assert (seen.removals("yard"), seen.declared("yard")) == ((VLAN,), {VLAN.key})
        assert (seen.removals("plant"), seen.declared("plant")) == ((), frozenset())
        assert removals_of(folder) == {"yard": (VLAN,)}
        assert (memory.removals("yard"), memory.declared("yard")) == ((VLAN,), {VLAN.key})


def test_a_folder_without_a_store_has_no_removals(folder):
    assert removals_of(folder) == {}


def test_a_row_in_another_form_deletes_nothing(store, folder, url):
    store.carry("yard", [VLAN, OSD])
    with store._engine.begin() as db:
        db.execute(REMOVALS.update().where(REMOVALS.c.resource == str(OSD.key)).values(content='{"version": 99}'))
    assert store.removals("yard") == (VLAN,)


def test_a_store_of_the_first_schema_keeps_its_bases(folder):
    """A base that was noted before the keys were says nothing of them."""
    folder.mkdir()
    engine = engine_of(file_url(folder))
    with engine.begin() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql("insert into bases (site, commit_id, ended_at) values ('yard', 'c1', 1.0)")
    engine.dispose()
    with Store.open(folder) as store:
        assert (store.base("yard"), store.declared("yard"), store.removals("yard")) == ("c1", frozenset(), ())
