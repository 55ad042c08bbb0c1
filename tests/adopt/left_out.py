"""What a site shows of managed kinds and adopted files do not say: each attribute with its reason, and when it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.diff import spelled
from reconciler.model.resource import Resource
from reconciler.model.snapshot import Snapshot
from tests.adopt.proving import KINDS, Inventory, said, seen, written

Attribute = tuple[str, str]


@dataclass(frozen=True)
class Reason:
    """Why an attribute is left out. holds: whether that is so for this resource of this site."""

    why: str
    holds: Callable[[Resource[Any], Snapshot, Any], bool] = lambda _resource, _site, _value: True


def _is(*values: Any) -> Callable[[Resource[Any], Snapshot, Any], bool]:
    return lambda _resource, _site, value: value in values


def _has_no_choice(resource: Resource[Any], site: Snapshot, _value: Any) -> bool:
    return "worker" not in site.system.hosts[resource.key.host].subfunctions


def _is_first_pool(resource: Resource[Any], site: Snapshot, _value: Any) -> bool:
    return any(r.spec.pool == resource.spec.pool for key, r in site.resources.items() if key.kind == "platform-network")


def _is_first_controller(resource: Resource[Any], _site: Snapshot, _value: Any) -> bool:
    return resource.key.name == "controller-0"


def _is_masked(resource: Resource[Any], _site: Snapshot, _value: Any) -> bool:
    return resource.spec.value == "****" or resource.spec.parameter.endswith(("password", "secret", "token", "_key"))


CONTROLLER_ONLY = Reason("the processors and memory of a host without workloads are the platform's", _has_no_choice)
BY_NETWORK = Reason("the first pool of a network is said with the network", _is_first_pool)
BY_ADDRESS = Reason("static is said by the addresses, a pool of a network by the interface's networks")
SEALED = Reason("what a certificate or licence holds is a secret: a note tells who adopts")
GOES_ON = Reason("a site that is adopted goes on with the releases that it has: they are said once they are to change")
LEFT_OUT = {
    **{("cpu-function", name): CONTROLLER_ONLY for name in ("count", "function", "node")},
    ("ethernet", "vf_count"): Reason("no VFs are no count of VFs", _is(0)),
    ("host", "boot_mac"): Reason("the first controller's is what it is recognised by: match.bootMAC", _is_first_controller),
    **{("interface-address-mode", name): BY_ADDRESS for name in ("family", "interface", "pool")},
    ("kernel", "flavour"): CONTROLLER_ONLY,
    **{
        ("memory", f"{user}_{size}_pages"): CONTROLLER_ONLY
        for user, size in (("vm", "1g"), ("vm", "2m"), ("vswitch", "1g"), ("vswitch", "2m"))
    },
    **{("network-address-pool", name): BY_NETWORK for name in ("family", "network", "pool")},
    ("osd", "journal"): Reason("a journal on the OSD's own disk is what there is where none is said", lambda r, _site, v: v == r.spec.path),
    ("ptp-instance", "parameters"): Reason("no parameters are not said", _is({})),
    **{
        ("service-parameter", name): Reason("a secret: a note tells who adopts", _is_masked)
        for name in ("name", "value", "service", "section", "parameter", "personality", "resource")
    },
    **{("certificate", name): SEALED for name in ("name", "type")},
    ("kubernetes-root-ca", "ends"): GOES_ON,
    **{("device-image", name): GOES_ON for name in ("applied", "devices")},
    ("kubernetes-version", "version"): GOES_ON,
    ("software-release", "release"): GOES_ON,
    ("uploaded-release", "release"): GOES_ON,
}  # fmt: skip


def left_out(found: Inventory, name: str = "ottawa") -> Iterator[tuple[Attribute, Resource[Any], Any]]:
    """Every value that the site shows, documents have a place for, and its files do not say."""
    site = seen(found, name)
    want = spelled(said(written(found, name)), site, KINDS).resources
    for key, resource in site.resources.items():
        if not KINDS[key.kind].is_inventory:
            names = want[key].spec.model_fields_set if key in want else frozenset()
            for attribute in sorted(resource.spec.model_fields_set - names):
                if KINDS[key.kind].places(attribute):
                    yield (key.kind, attribute), resource, getattr(resource.spec, attribute)


def unexplained(found: Inventory, name: str = "ottawa") -> list[str]:
    """Those of them that have no reason here, or whose reason does not hold."""
    site = seen(found, name)
    return [
        f"{resource.key}:{attribute[1]} = {value!r}"
        for attribute, resource, value in left_out(found, name)
        if attribute not in LEFT_OUT or not LEFT_OUT[attribute].holds(resource, site, value)
    ]
