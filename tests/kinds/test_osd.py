"""OSDs: on which host, in which state, after whom."""

from __future__ import annotations

import pytest

from reconciler.model.words import Needs
from tests.kinds.machines import (
    AIO,
    DISKS,
    HOST,
    KINDS,
    SDA,
    SDB,
    TIER,
    backend,
    context,
    difference,
    differences,
    host,
    of,
    planned,
    resource,
    rows,
    sent,
    why_not,
)
from tests.kinds.networks import calls, system_row, told

KIND = KINDS["osd"]
STANDARD = system_row("duplex", "Standard")


def text(*osds: dict, name: str = HOST, kind: str = "ceph") -> str:
    said = f"{{storage: {{osds: {list(osds or [OSD])}}}}}"
    return f"system: {{storage: {{backends: [{{name: {kind}-store, type: {kind}}}]}}}}\nhosts: {{{name}: {said}}}"


OSD = {"path": SDB, "function": "osd"}
POST = f"POST istors idisk_uuid=<{SDB}> function=osd tier_uuid=<storage>"


def stor(disk: str = "/dev/sdb", function: str = "osd", journal: str = "") -> dict[str, object]:
    uuid = f"stor-{disk}"
    places = {"idisk_uuid": f"disk-{disk}", "journal_location": journal or uuid}
    return {"uuid": uuid, "function": function, "ihost_uuid": f"host-{HOST}", **places}


def listed(*hosts, **more):
    return rows(*hosts, **{"idisks": DISKS, "storage_backend": [backend()], "storage_tiers": [TIER], **more})


def test_an_osd_is_known_by_its_disk_however_git_calls_it():
    assert resource("osd", listed(istors=[stor()])).key.name == SDB
    assert differences(text({"path": "/dev/sdb", "function": "osd"}), listed(istors=[stor()])) == {}


def test_the_controller_of_an_all_in_one_system_takes_it_in_service():
    assert sent(text(), listed(host(**AIO))) == [POST]
    assert planned(text(), listed(host(**AIO))).locked_hosts == ()


def test_a_storage_host_takes_it_under_lock():
    found = listed(host(), host("storage-0", number=2), system=STANDARD, idisks=[of("storage-0", d) for d in DISKS])
    change = difference(text(name="storage-0"), found)
    assert KIND.needs_of(change, context(text(name="storage-0"), found)) is Needs.LOCKED


def test_the_backend_comes_first_and_without_it_nothing():
    found = listed(host(state="new", **AIO), storage_backend=[], storage_tiers=[])
    assert [call.split()[1] for call in sent(text(), found)] == ["storage_ceph", "istors"]
    duplex = listed(host(**AIO), storage_backend=[], system=system_row("duplex"))
    assert why_not(text(), duplex)[f"{HOST}/osd{SDB}"] == "waits for storage-backend/ceph-store, which is blocked"
    said = text().split("\n")[1]
    assert "no Ceph backend" in why_not(said, listed(storage_backend=[]))[f"{HOST}/osd{SDB}"]


def test_a_journal_comes_before_the_osd_that_uses_it():
    said = text({**OSD, "journal": {"location": "/dev/sda", "size": 2}}, {"path": "/dev/sda", "function": "journal"})
    assert sent(said, listed(host(**AIO))) == [
        f"POST istors idisk_uuid=<{SDA}> function=journal",
        f"{POST} journal_location=<{SDA}> journal_size_mib=2048",
    ]


def test_a_journal_of_its_own_is_none_to_name():
    said = text({**OSD, "journal": {"location": SDB, "size": 1}})
    assert sent(said, listed(host(**AIO))) == [POST]
    assert differences(said, listed(istors=[stor()])) == {}


def test_what_an_osd_is_cannot_change():
    (reason,) = why_not(text({**OSD, "function": "journal"}), listed(istors=[stor()])).values()
    assert "takes removing it, with its data" in reason
    said = text({**OSD, "journal": {"location": SDA, "size": 1}})
    assert "journal" in why_not(said, listed(istors=[stor()]))[f"{HOST}/osd{SDB}"]


def test_a_disk_that_is_not_there():
    assert "has no disk /dev/sdz" in why_not(text({"path": "/dev/sdz"}), listed())[f"{HOST}/osd/dev/sdz"]


# the third monitor of a standard system


MONITOR = "  compute-0: {administrativeState: unlocked, storage: {monitor: {size: 20}}}\n"
ON_CONTROLLER = f"""
system: {{storage: {{backends: [{{name: ceph-store, type: ceph}}]}}}}
hosts:
  controller-0: {{storage: {{osds: [{OSD}]}}}}
{MONITOR}"""
MON = {"uuid": "mon", "ceph_mon_gib": 20, "state": "configured", "ihost_uuid": "host-compute-0"}


def standard(*workers, **more):
    return listed(host(), host("controller-1", number=2), *workers, system=STANDARD, **more)


def test_without_a_monitor_on_a_worker_controllers_take_none():
    reasons = why_not(ON_CONTROLLER.replace(MONITOR, ""), standard())
    assert "once a worker has the third Ceph monitor" in reasons[f"{HOST}/osd{SDB}"]


def test_a_worker_that_is_to_be_unlocked_is_unlocked_first():
    made = planned(ON_CONTROLLER, standard(host("compute-0", "new", 3)))
    assert made.blocked == ()
    assert [(s.host, [told(c) for step in s.steps for c in step.calls]) for s in made.stages] == [
        ("", ["POST ceph_mon ceph_mon_gib=20"]),
        ("compute-0", []),
        ("", [POST]),
    ]


@pytest.mark.parametrize(
    ("worker", "monitors"),
    [
        (host("compute-0", "new", 3, availability="offline"), []),
        (host("compute-0", "locked", 3), [MON]),
        (host("compute-0", number=3), []),
        (host("compute-0", number=3), [MON | {"state": "configuring"}]),
    ],
)
def test_a_monitor_that_is_not_up_is_waited_for(worker, monitors):
    reasons = why_not(ON_CONTROLLER, standard(worker, ceph_mon=monitors))
    assert reasons[f"{HOST}/osd{SDB}"] == "waits for the third Ceph monitor, that of compute-0, to be in service"


def test_with_three_monitors_up_it_is_taken_in_service():
    made = planned(ON_CONTROLLER, standard(host("compute-0", number=3), ceph_mon=[MON]))
    assert ([told(c) for c in calls(made)], made.blocked, made.locked_hosts) == ([POST], (), ())


def test_rook_places_its_own_monitors():
    found = standard(storage_backend=[backend("ceph-rook", "configuring-with-app")])
    assert sent(text(kind="ceph-rook"), found) == [POST]


CLUSTER = {"uuid": "cluster", "name": "ceph_cluster", "type": "ceph"}


def test_it_belongs_to_the_cluster_of_its_tier():
    stors = [{**stor(), "tier_uuid": "tier"}]
    found = listed(istors=stors, storage_tiers=[{**TIER, "cluster_uuid": "cluster"}], clusters=[CLUSTER])
    assert resource("osd", found).spec.cluster == "ceph_cluster"
    assert differences(text({**OSD, "cluster": "ceph_cluster"}), found) == {}


def test_a_cluster_is_called_as_the_backend_s_type_has_it():
    said = text({**OSD, "cluster": "ceph_cluster"}, kind="ceph-rook")
    (refused,) = (why for key, why in why_not(said, listed(host(**AIO), storage_backend=[])).items() if "osd" in key)
    assert refused == "there is no cluster ceph_cluster: that of backend ceph-rook-store is called ceph_rook_cluster"
