"""Images for accelerators: which one is meant, where it is to be, what sysinv and VIM are asked for, and what cannot be."""

from __future__ import annotations

import pytest

from reconciler.desired import load_site
from reconciler.diff import compare, spelled
from reconciler.kinds import registry
from reconciler.kinds.device_image import identity
from reconciler.model.condition import Condition
from reconciler.model.host import HostState, SystemState
from reconciler.model.kind import Context
from reconciler.model.rows import Rows
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Disruption
from tests.desired.writing import site_files

KINDS = registry()
KIND = KINDS["device-image"]
FUNCTIONAL = {"bitstream_type": "functional", "bitstream_id": "0x23A5", "pci_vendor": "8086", "pci_device": "0b30"}
ROOT = {"bitstream_type": "root-key", "key_signature": "0xbeef", "pci_vendor": "8086", "pci_device": "0b30"}
HOSTS = ("controller-0", "controller-1", "worker-0", "worker-1")
AT = "0000:b2:00.0"


def host(name, **facts):
    state = {"administrative": "unlocked", "operational": "enabled", "availability": "available"}
    both = frozenset({name.split("-")[0], "worker"})
    return HostState(name, name, 1, name.split("-")[0], **{"subfunctions": both, **state, **facts})


def wanted(text):
    site = load_site(site_files({"site.yaml": f"deviceImages: {text}\n"}))
    return Snapshot("ottawa", {r.key: r for r in KIND.declare(site)})


def seen(*images, hosts=HOSTS, written=(), waits=(), told=(), pending=(), strategy=None, **state):
    """A site of hosts with a device each; controllers' and workers' devices are labelled as such."""
    devices = [
        {"uuid": f"d-{n}", "host_uuid": n, "pciaddr": AT, "pvendor_id": "8086", "pdevice_id": "0b30"} for n in hosts
    ]
    listed = {
        "device_images": [
            {"uuid": f"i-{at}", "applied_labels": None, **row} for at, row in enumerate(images or (FUNCTIONAL,))
        ],
        "device_image_state": [
            {"image_uuid": "i-0", "pcidevice_uuid": f"d-{name}", "status": status}
            for status, names in (("completed", (*written, *waits)), ("pending", told))
            for name in names
        ],
        "device_labels": [
            {"pcidevice_uuid": f"d-{name}", "label_key": "at", "label_value": name.split("-")[0]} for name in hosts
        ],
        "pci_devices": devices,
        "vim_strategy": [{"strategy": strategy}],
        "ihosts": [
            {
                "uuid": name,
                "id": at,
                "hostname": name,
                "personality": name.split("-")[0],
                "reboot_needed": name in waits,
                "device_image_update": "pending" if name in pending else None,
            }
            for at, name in enumerate(hosts)
        ],
    }
    rows = Rows({(name, ""): tuple(found) for name, found in listed.items()})
    found = {r.key: r for r in KIND.read(rows)}
    system = SystemState("ottawa", "u", "duplex", "Standard", "24.09", {n: host(n, **state) for n in hosts})
    return Snapshot("ottawa", found, complete=frozenset({(KIND.name, "")}), system=system)


def changes(text, observed, workers_out=1):
    desired = spelled(wanted(text), observed, KINDS)
    return compare(desired, observed, KINDS).changes, Context(desired, observed, workers_out=workers_out)


def the_change(text='{ran: {bitstream: "0x23a5"}}', **site):
    (found,), context = changes(text, seen(**site))
    return found, context


def sent(change, context):
    return [(c.method, c.path, c.body) for c in KIND.write([change], context) if c.path.startswith("/v1")]


def errand(change, context):
    return next(c.errand for c in KIND.write([change], context) if c.errand)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (FUNCTIONAL, "functional 23a5"),
        ({**FUNCTIONAL, "bmc": True, "retimer_included": True}, "functional 23a5 bmc retimer"),
        (ROOT, "root-key beef"),
        ({"bitstream_type": "key-revocation", "revoke_key_id": 3}, "key-revocation 3"),
    ],
)
def test_an_image_is_told_by_what_it_is(row, name):
    assert identity(row) == name


def test_what_git_calls_it_does_not_matter():
    kinds = ('a: {bitstream: "0x23a5", bmc: true}', 'b: {rootKey: "BEEF"}', "c: {revokesKey: 3}")
    assert {key.name for key in wanted(f"{{{', '.join(kinds)}}}").resources} == {
        "functional 23a5 bmc",
        "root-key beef",
        "key-revocation 3",
    }


def test_without_labels_it_goes_to_every_device_of_its_model():
    change, context = the_change()
    assert sent(change, context) == [("PATCH", "/v1/device_images/{uuid}?action=apply", [])]
    assert errand(change, context).hosts == (("controller-0",), ("controller-1",), ("worker-0",), ("worker-1",))


def test_with_labels_to_those_that_have_one_of_them():
    change, context = the_change('{ran: {bitstream: "0x23a5", labels: [at=worker, at=edge]}}')
    body = [{"at": "edge"}, {"at": "worker"}]
    assert sent(change, context) == [("PATCH", "/v1/device_images/{uuid}?action=apply", body)]
    assert errand(change, context).locked_hosts == ("worker-0", "worker-1")
    assert KIND.disruption_of(change, context) is Disruption.REBOOT


def test_vim_is_asked_to_have_hosts_write_it_and_to_pass_over_the_alarm_of_that():
    change, context = the_change()
    found = errand(change, context)
    assert (found.locks, found.failure, found.tolerates) == (True, Condition.IMAGE_FAILED, ("900.006",))
    made = [c for c in KIND.write([change], context) if c.path.startswith("/api")]
    assert [c.path.removeprefix("/api/orchestration/fw-update/") for c in made] == [
        "strategy",
        "strategy/actions",
        "strategy",
    ]


def test_hosts_that_write_what_somebody_else_wants_are_named_too():
    """VIM goes through every host of which anything is pending."""
    change, context = the_change('{ran: {bitstream: "0x23a5", labels: [at=worker]}}', pending=("controller-1",))
    assert errand(change, context).hosts == (("controller-1",), ("worker-0",), ("worker-1",))


def test_of_workers_as_many_together_as_git_lets_and_vim_takes():
    names = ("controller-0", *(f"worker-{number}" for number in range(7)))
    (change,), context = changes('{ran: {bitstream: "0x23a5"}}', seen(hosts=names), workers_out=9)
    assert [len(group) for group in errand(change, context).hosts] == [1, 5, 2]
    body = next(c.body for c in KIND.write([change], context) if c.path.startswith("/api"))
    assert (body["worker-apply-type"], body["max-parallel-worker-hosts"]) == ("parallel", 5)


def test_what_is_written_everywhere_is_as_wanted():
    there = {**FUNCTIONAL, "applied_labels": [{}]}
    assert changes('{ran: {bitstream: "0x23a5"}}', seen(there, written=HOSTS))[0] == ()


def test_a_device_more_than_git_wants_is_none_too_many():
    there = {**FUNCTIONAL, "applied_labels": [{"at": "worker"}]}
    text = '{ran: {bitstream: "0x23a5", labels: [at=worker]}}'
    assert changes(text, seen(there, written=HOSTS))[0] == ()


def test_only_what_is_not_there_yet_is_written():
    there = {**FUNCTIONAL, "applied_labels": [{}]}
    observed = seen(there, written=HOSTS[:3], told=HOSTS[3:], pending=HOSTS[3:])
    (change,), context = changes('{ran: {bitstream: "0x23a5"}}', observed)
    assert sent(change, context) == []
    assert errand(change, context).locked_hosts == ("worker-1",)


def test_while_it_is_written_host_after_host_nobody_else_has_moved_it():
    change, _ = the_change()
    field = next(f for f in change.fields if f.name == "devices")
    half = seen(written=HOSTS[:2]).resources[change.key].spec.devices
    assert KIND.is_same("devices", half, field.observed)
    assert not KIND.is_same("devices", half, field.desired)


def test_what_sysinv_has_forgotten_it_is_told_again():
    """A label was taken off the device, and put on again."""
    there = {**FUNCTIONAL, "applied_labels": [{}]}
    (change,), context = changes('{ran: {bitstream: "0x23a5"}}', seen(there, written=HOSTS[:3]))
    assert sent(change, context) == [("PATCH", "/v1/device_images/{uuid}?action=apply", [])]
    assert errand(change, context).locked_hosts == ("worker-1",)


def test_a_label_that_git_takes_out_is_taken_off_after_the_new_one_is_put_on():
    there = {**FUNCTIONAL, "applied_labels": [{"at": "old"}]}
    (change,), context = changes('{ran: {bitstream: "0x23a5", labels: [at=new]}}', seen(there))
    assert [(path.partition("=")[2], body) for _, path, body in sent(change, context)] == [
        ("apply", [{"at": "new"}]),
        ("remove", [{"at": "old"}]),
    ]


def test_one_that_is_removed_stays_in_the_devices_and_disturbs_nobody():
    there = {**FUNCTIONAL, "applied_labels": [{}]}
    (change,), context = changes('{ran: {bitstream: "0x23a5", state: removed}}', seen(there, written=HOSTS))
    assert sent(change, context) == [("PATCH", "/v1/device_images/{uuid}?action=remove", [])]
    assert KIND.disruption_of(change, context) is Disruption.NONE


@pytest.mark.parametrize("text", ['{key: {rootKey: "0xbeef"}}', "{gone: {revokesKey: 3}}"])
def test_what_is_for_good_is_never_done_without_a_yes_to_the_plan(text):
    revocation = {**ROOT, "bitstream_type": "key-revocation", "revoke_key_id": 3}
    (change,), context = changes(text, seen(ROOT, revocation))
    assert KIND.disruption_of(change, context) is Disruption.DESTRUCTIVE


def test_one_that_the_site_does_not_have_is_said_with_who_brings_it():
    change, context = the_change('{ran: {bitstream: "0x99"}}')
    assert change.action is Action.CREATE
    assert "system device-image-create" in KIND.why_not(change, context)
    assert "dcmanager fw-update-strategy" in KIND.why_not(change, context)


@pytest.mark.parametrize(
    ("site", "word"),
    [
        ({"administrative": "locked", "invprovision": "provisioned"}, "locked-by-operator: VIM goes through hosts"),
        ({"subfunctions": frozenset({"controller"}), "hosts": ("controller-0",)}, "controller-0 runs no workloads"),
        (
            {"waits": HOSTS},
            "waits for a reboot, for which VIM does not come: system host-lock and host-unlock controller-0",
        ),
        (
            {"written": HOSTS[1:], "told": HOSTS[:1]},
            "system host-device-image-update controller-0, then system host-lock",
        ),
        ({"written": HOSTS[1:], "told": HOSTS[:1], "pending": HOSTS[:1]}, ""),
        ({"strategy": {"name": "kube-upgrade", "state": "aborted"}}, "keeps a kube-upgrade strategy"),
        ({}, ""),
    ],
)
def test_what_vim_would_pass_over_is_said_with_what_it_takes(site, word):
    told = KIND.why_not(*the_change(**site))
    assert word in told if word else told == ""


def test_two_functional_images_are_not_for_one_device():
    other = {**FUNCTIONAL, "bitstream_id": "0x77"}
    text = '{one: {bitstream: "0x23a5"}, other: {bitstream: "0x77", labels: [at=worker]}}'
    found, context = changes(text, seen(FUNCTIONAL, other))
    assert ["worker-0/0000:b2:00.0 is to have" in KIND.why_not(change, context) for change in found] == [True, True]


def test_that_of_a_devices_own_controller_goes_beside_it():
    bmc = {**FUNCTIONAL, "bitstream_id": "0x77", "bmc": True}
    text = '{one: {bitstream: "0x23a5"}, other: {bitstream: "0x77", bmc: true}}'
    found, context = changes(text, seen(FUNCTIONAL, bmc))
    assert [KIND.why_not(change, context) for change in found] == ["", ""]
    hosts = [c.errand.hosts for c in KIND.write(found, context) if c.errand]
    assert len(hosts) == 1  # one strategy for all
