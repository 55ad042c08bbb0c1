"""The order in which people write deployment-configs: documents, keys of mappings, elements of lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

SITE = "site.yaml"  # our own file, beside the documents
DOCUMENTS = (
    SITE,
    "System",
    "DataNetwork",
    "AddressPool",
    "PlatformNetwork",
    "PtpInstance",
    "PtpInterface",
    "HostProfile",
    "Host",
)
# One list serves all mappings: a key has one place, whatever it is in. Others follow by name (labels, sections).
KEYS = (
    "profile", "match", "overrides", "base", "personality", "subfunctions", "administrativeState", "provisioningMode",
    "powerOn", "bootMAC", "description", "location", "contact", "latitude", "longitude",
    "bootDevice", "rootDevice", "console", "installOutput", "hwSettle", "kernel", "appArmor", "clockSynchronization",
    "maxCPUMhzConfigured", "boardManagement", "labels", "ptpInstances",
    "name", "service", "ptpinstance", "section", "paramname", "paramvalue", "resource",
    "function", "class", "type", "dynamic", "port", "lower", "vid", "members", "mode", "transmitHashPolicy",
    "primaryReselect", "mtu", "vfCount", "vfDriver", "ovsAccess", "platformNetworks", "dataNetworks", "ptpInterfaces",
    "ptpRole", "maxTxRate", "maxRxRate", "node", "count", "functions", "pageSize", "pageCount",
    "interface", "subnet", "address", "prefix", "gateway", "metric", "floatingAddress", "controller0Address",
    "controller1Address", "allocation", "order", "ranges", "start", "end", "associatedAddressPools",
    "path", "size", "journal", "services", "replicationFactor", "deployment", "network",
    "dnsServers", "ntpServers", "serviceParameters", "processors", "memory", "interfaces", "ethernet", "bond", "vlan",
    "vf", "addresses", "routes", "storage", "system", "hosts", "timezone", "https", "enabled", "backends", "drbd", "monitor", "filesystems", "osds", "volumeGroups",
    "physicalVolumes", "parameters",
)  # fmt: skip
FIRST = ("lo", "platform", "cgts-vg", "global")  # what the eye looks for first among its like
_PLACES = {key: place for place, key in enumerate(KEYS)}
_DIGITS = re.compile(r"(\d+)")


def key_rank(key: str) -> tuple[int, str]:
    """Where a key stands in its mapping."""
    return _PLACES.get(key, len(KEYS)), key


def in_writing_order(keys: Iterable[Any]) -> list[Any]:
    """The keys of a mapping as an author writes them."""
    return sorted(keys, key=key_rank)


def natural(value: Any) -> tuple[Any, ...]:
    """Text with its numbers as numbers: `worker-2` before `worker-10`."""
    text = str(value)
    parts = tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(text) if part)
    return FIRST.index(text) if text in FIRST else len(FIRST), parts
