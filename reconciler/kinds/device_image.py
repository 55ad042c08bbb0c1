"""Images for accelerators of hosts: which of those that a site has are for which devices, and have been written into them.

Sysinv keeps the images, says by labels where each goes, and what became of it on each device; the site's VIM has hosts write
them, one after another, and reboots each. Which image is meant is told by what it is, as dcmanager tells it
(distcloud dcmanager/audit/firmware_audit.py _check_image_match). The files themselves are not brought: somebody uploads them
to the site, or dcmanager imports what the centre has applied. A host's own firmware is another kind's (board-firmware).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from reconciler.kinds import _strategies as strategies
from reconciler.model.about import About
from reconciler.model.change import Change
from reconciler.model.condition import Condition
from reconciler.model.kind import Attr, Context, Deletion, Given, ResourceKind
from reconciler.model.node import Node
from reconciler.model.plan import Call, Errand, Ref
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.rows import Row, Rows
from reconciler.model.rule import Rule, unordered
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Area, Disruption, Severity

PATH = "/v1/device_images"
NAME = "fw-update"
IMAGES, STATES, LABELS, DEVICES = "device_images", "device_image_state", "device_labels", "pci_devices"
FUNCTIONAL, ROOT_KEY, REVOCATION = "functional", "root-key", "key-revocation"  # sysinv common/device.py
FOR_GOOD = (ROOT_KEY, REVOCATION)
EVERY = "every device"
AT_LEAST = "at least"
WRITTEN, PENDING = "completed", "pending"
MOST = 5  # hosts that VIM takes together (_sw_update_strategy.py MAX_PARALLEL_FW_UPDATE_HOSTS)
# nfv_vim/strategy/_strategy_steps.py: writing 3600 s, and a host that is moved off, locked and unlocked
HOST_S, ENDS_S = 3600.0 + 2 * 900.0 + 1800.0, 600.0
IN_PROGRESS = "900.006"  # stands from the apply until the last host has rebooted
ON_DEVICES = Rule("on-those-devices", "An image that more devices have than Git wants is as wanted: none is taken out.")
Devices = tuple[str, ...]


def _meets(one: Devices | None, other: Devices | None) -> bool:
    """Wanted devices are among those that have it; that more have it than did is our own doing."""
    bounds = [value for value in (one, other) if value and value[0] == AT_LEAST]
    if len(bounds) == 1:
        shown = other if one == bounds[0] else one
        return set(bounds[0][1:]) <= set(shown or ())
    few, many = sorted((set(one or ()), set(other or ())), key=len)
    return not bounds and few <= many


class DeviceImage(Spec):
    """fits: devices that it is for, with their labels; waits: those where it is written, and the host has to reboot.

    known: those of which sysinv knows that they are to have it, or do. pending: hosts that have to write anything,
    whoever wants it: VIM goes through these, and no others.
    """

    image: Annotated[str, Attr(key=True)]
    applied: Annotated[tuple[str, ...] | None, Attr(canonical=unordered)] = None
    devices: Annotated[tuple[str, ...] | None, Attr(meets=_meets, canonical=ON_DEVICES)] = None
    name: Annotated[str | None, Attr(send_only=True)] = None
    fits: Annotated[tuple[tuple[str, tuple[str, ...]], ...] | None, Attr(send_only=True)] = None
    waits: Annotated[tuple[str, ...] | None, Attr(send_only=True)] = None
    known: Annotated[tuple[str, ...] | None, Attr(send_only=True)] = None
    pending: Annotated[tuple[str, ...] | None, Attr(send_only=True)] = None
    strategy: Annotated[str | None, Attr(send_only=True)] = None


# ---- what Git says


def declare(site: Site) -> Iterator[Resource[DeviceImage]]:
    for name, said in site.device_images.members() if site.device_images else ():
        labels, given = said.get("labels"), said.text("state")
        where: Node | Given = Given((EVERY,)) if labels is None else labels
        yield KIND.declared(
            said,
            image=Given(_wanted(said)),
            name=Given(name),
            applied=Given(()) if given == "removed" else where,
            devices=Given((AT_LEAST,)),
        )


def _wanted(said: Node) -> str:
    row = {
        "bitstream_type": next(t for t, key in _KEYS.items() if said.get(key) is not None),
        "bitstream_id": said.text("bitstream"),
        "key_signature": said.text("rootKey"),
        "revoke_key_id": said.text("revokesKey"),
        "bmc": said.text("bmc") == "True",
        "retimer_included": said.text("retimer") == "True",
    }
    return identity(row)


_KEYS = {FUNCTIONAL: "bitstream", ROOT_KEY: "rootKey", REVOCATION: "revokesKey"}


def identity(row: Row) -> str:
    """What an image is, whoever gave it which name: `functional 23000410010310 bmc`."""
    kind = str(row["bitstream_type"])
    if kind == REVOCATION:
        return f"{kind} {row['revoke_key_id']}"
    number = row["bitstream_id"] if kind == FUNCTIONAL else row["key_signature"]
    more = (word for word, name in (("bmc", "bmc"), ("retimer", "retimer_included")) if row.get(name))
    return " ".join((kind, f"{int(str(number), 16):x}", *more))


def spell(resource: Resource[DeviceImage], observed: Snapshot) -> Resource[DeviceImage]:
    """On the devices that its labels tell, of those that the site has."""
    have = observed.resources.get(resource.key)
    if have is None:
        return resource
    return resource.respelled(devices=(AT_LEAST, *_covered(resource.spec.applied or (), have.spec.fits or ())))


def _covered(labels: Sequence[str], fits: Sequence[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    return (device for device, own in fits if EVERY in labels or not set(labels).isdisjoint(own))


# ---- what the site shows


def read(rows: Rows) -> Iterator[Resource[DeviceImage]]:
    """A device has an image once it is written there, and its host has rebooted since."""
    late = {row["hostname"] for row in rows.all("ihosts") if row.get("reboot_needed")}
    pending = tuple(sorted(row["hostname"] for row in rows.all("ihosts") if row.get("device_image_update") == PENDING))
    names = {row["uuid"]: f"{host}/{row['pciaddr']}" for host, row in rows.by_host(DEVICES)}
    states: dict[str, dict[str, str]] = {}
    for row in rows.all(STATES):
        if row["pcidevice_uuid"] in names:
            states.setdefault(row["image_uuid"], {})[names[row["pcidevice_uuid"]]] = str(row["status"])
    for row in rows.all(IMAGES):
        known = states.get(row["uuid"], {})
        there = sorted(device for device, status in known.items() if status == WRITTEN)
        spec = DeviceImage.of(
            image=identity(row),
            applied=tuple(sorted(_labels(row))),
            devices=tuple(device for device in there if _host_of(device) not in late),
            waits=tuple(device for device in there if _host_of(device) in late),
            known=tuple(sorted(known)),
            pending=pending,
            name=row.get("name"),
            fits=tuple(sorted(_fits(row, rows, names))),
            strategy=strategies.there(rows),
        )
        yield Resource(KIND.key(spec), spec, {"uuid": row["uuid"]})


def _labels(row: Row) -> Iterator[str]:
    """An empty mapping among them stands for every device (device_image.py _get_applied_labels)."""
    for label in row.get("applied_labels") or ():
        yield next((f"{key}={value}" for key, value in label.items()), EVERY)


def _fits(image: Row, rows: Rows, names: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    model = (image.get("pci_vendor"), image.get("pci_device"))
    for row in rows.all(DEVICES):
        if (row["pvendor_id"], row["pdevice_id"]) == model and row["uuid"] in names:
            own = (label for label in rows.all(LABELS) if label["pcidevice_uuid"] == row["uuid"])
            yield names[row["uuid"]], tuple(sorted(f"{one['label_key']}={one['label_value']}" for one in own))


def _host_of(device: str) -> str:
    return device.partition("/")[0]


# ---- what is sent


def write(changes: Sequence[Change[DeviceImage]], context: Context) -> Iterator[Call]:
    """Of what is seen when it is sent: what has begun is waited for, and not begun again."""
    lacking: set[str] = set()
    for change in changes:
        yield from _applied(change, context)
        lacking |= _lacking(change)
    if lacking:
        hosts = lacking | set(changes[0].have.pending or ())
        errand = Errand(_in_turn(hosts, context), Condition.IMAGE_FAILED, locks=True, tolerates=(IN_PROGRESS,))
        wanted = strategies.Strategy(NAME, {}, errand, HOST_S, ENDS_S, MOST)
        yield from strategies.calls(wanted, changes[0].have.strategy, context)


def _applied(change: Change[DeviceImage], context: Context) -> Iterator[Call]:
    """What is added first: between the two calls no device is left without a word.

    Whoever takes a label off a device has sysinv forget all that was written there (device_label.py
    remove_device_image_state): it is told again.
    """
    found = context.observed.resources.get(change.key)
    now = found.spec if found else DeviceImage(image=change.key.name)
    have, want = set(now.applied or ()), set(change.want.applied or ())
    is_forgotten = not _wanted_devices(change) - set(now.devices or ()) <= set(now.known or ())
    for action, labels in (("apply", want if is_forgotten else want - have), ("remove", have - want)):
        one_by_one: list[list[dict[str, str]]] = [[]] if EVERY in labels else []
        told = [dict([label.split("=", 1)]) for label in sorted(labels - {EVERY})]
        for body in (*one_by_one, *([told] if told else [])):
            yield Call("PATCH", f"{PATH}/{{uuid}}?action={action}", body, refs={"uuid": Ref(change.key)})


def _lacking(change: Change[DeviceImage]) -> set[str]:
    """The hosts of devices that are to have it and do not."""
    have = set((change.have.devices or ()) if change.observed else ())
    return set(map(_host_of, _wanted_devices(change) - have))


def _wanted_devices(change: Change[DeviceImage]) -> set[str]:
    return set((change.want.devices or ())[1:])


def _in_turn(names: set[str], context: Context) -> strategies.Groups:
    """Controllers first, one after another; then workers (_create_worker_host_lists)."""
    hosts = [host for name, host in sorted(context.system.hosts.items()) if name in names]
    controllers = [(host.name,) for host in hosts if host.personality == "controller"]
    workers = [host.name for host in hosts if host.personality != "controller"]
    size = max(min(context.workers_out, MOST), 1)
    return (*controllers, *(tuple(workers[at : at + size]) for at in range(0, len(workers), size)))


def disruption(change: Change[DeviceImage], context: Context) -> Disruption:  # noqa: ARG001
    """What is for good is never done without a yes to the very plan."""
    if not _lacking(change):
        return Disruption.NONE
    return Disruption.DESTRUCTIVE if change.key.name.startswith(FOR_GOOD) else Disruption.REBOOT


def impossible(change: Change[DeviceImage], context: Context) -> str:
    if change.observed is None:
        return (
            "it is not on the site: upload it there (system device-image-create), or upload and apply it at the centre and "
            "have dcmanager's strategy `firmware` import it (dcmanager fw-update-strategy)"
        )
    if why := _clash(change, context):
        return why
    hosts = _lacking(change)
    return strategies.in_the_way(change.have.strategy, NAME) or _unwritable(hosts, change, context) if hosts else ""


def _clash(change: Change[DeviceImage], context: Context) -> str:
    """A device has one functional image beside that of its controller, and one root key (process_device_image_apply)."""
    sort, mine = _sort(change.key), _wanted_devices(change)
    for key, other in context.desired.resources.items():
        if key.kind != KIND.name or key == change.key or _sort(key) != sort or sort == REVOCATION:
            continue
        if both := sorted(mine & set((other.spec.devices or ())[1:])):
            return f"{both[0]} is to have {key.name} as well, and has one of a sort: tell them apart by labels"
    return ""


def _sort(key: ResourceKey) -> str:
    kind, _, more = key.name.partition(" ")
    return f"{kind} bmc" if "bmc" in more.split() else kind


def _unwritable(names: set[str], change: Change[DeviceImage], context: Context) -> str:
    """VIM passes over hosts that are not in service, that run no workloads, or that have nothing left to write."""
    for name in sorted(names):
        host = context.system.hosts[name]
        if not host.is_unlocked:
            by = "locked-by-operator: " if host.is_locked and host.is_provisioned else ""
            return f"{by}VIM goes through hosts that are in service, and {name} is {host.in_words}"
        if "worker" not in {*host.subfunctions, host.personality}:
            return f"{name} runs no workloads, and VIM passes over it: system host-device-image-update {name}"
        if why := _passed_over(name, change):
            return why
    return ""


def _passed_over(name: str, change: Change[DeviceImage]) -> str:
    """Why VIM finds nothing to do on a host; "" where sysinv has marked it, or does once it is told of a device."""
    have = change.have
    lacking = {one for one in _wanted_devices(change) - set(have.devices or ()) if _host_of(one) == name}
    if name in (have.pending or ()) or not lacking <= set(have.known or ()):
        return ""
    if lacking <= set(have.waits or ()):
        return f"it is written, and waits for a reboot, for which VIM does not come: system host-lock and host-unlock {name}"
    return (
        f"sysinv has it pending and {name} not, as after a device got its label: system host-device-image-update {name}, "
        f"then system host-lock and host-unlock {name}"
    )


KIND = ResourceKind(
    name="device-image",
    spec=DeviceImage,
    area=Area.SOFTWARE,
    is_read_on_demand=True,
    collections=(IMAGES, STATES, LABELS, DEVICES, strategies.COLLECTION),
    declare=declare,
    spell=spell,
    read=read,
    write=write,
    resumes=True,
    disruption=disruption,
    impossible=impossible,
    after=("software-release", "kubernetes-version", "kubernetes-root-ca"),
    deletion=Deletion(never="Git lets go of it: the image stays where it is applied, and in the devices that have it"),
    severity=Severity.SERVICE,
    documents=("Site.deviceImages",),
    about=About(
        places={
            "image": "bitstream rootKey revokesKey bmc retimer",
            "applied": "labels state",
            "devices": "labels",
        },
        words={
            "image": "what it is: functional, root-key or key-revocation, with its number; bmc and retimer",
            "applied": "labels of devices that it is for, or every device; empty where it is removed",
            "devices": "devices that have it, by host and PCI address: it is written, and the host has rebooted since",
            "name": "what it is called, in Git or on the site",
            "fits": "devices of its model, each with its labels",
            "known": "devices of which sysinv knows that they are to have it, or do",
            "pending": "hosts that have to write an image, whichever, and whoever wants it",
            "waits": "devices where it is written, and the host has to reboot",
            "strategy": "The strategy that VIM has, of whatever type, and its state.",
        },
        calls=(
            f"PATCH {PATH}/{{uuid}}?action=apply",
            f"PATCH {PATH}/{{uuid}}?action=remove",
            f"DELETE /api/orchestration/{NAME}/strategy",
            f"POST /api/orchestration/{NAME}/strategy",
            f"POST /api/orchestration/{NAME}/strategy/actions",
        ),
        costs=(
            "VIM has one host after another write it, while that is in service, for up to an hour; then it locks and unlocks "
            "the host, which reboots with it. Controllers come first. A root key and a revocation are for good, and need a yes "
            "to the very plan. Removing an image takes it out of no device and disturbs nobody."
        ),
        sources=(
            "sysinv api/controllers/v1/device_image.py, device_image_state.py, device_label.py",
            "sysinv conductor/manager.py host_device_image_update, device_update_image_status",
            "starlingx/nfv nfv_vim/strategy/_strategy.py FwUpdateStrategy",
            "distcloud dcmanager/audit/firmware_audit.py",
        ),
    ),
)
