"""Accelerators that take images, and images for them, put into simulated systems."""

from __future__ import annotations

from typing import Any

from reconciler.simulator.sysinv import device_images
from reconciler.simulator.system import System

ADDRESS = "0000:b2:00.0"


def accelerator(system: System, host: str, address: str = ADDRESS, **labels: str) -> str:
    """An N3000 in a host, with labels: its name as kinds have it."""
    facts = {"pvendor_id": "8086", "pdevice_id": "0b30", "pclass_id": "120000", "enabled": True}
    where = {"host_uuid": system.host(host)["uuid"]}
    row = system.insert("pci_devices", name=f"pci_{address}", pciaddr=address, **facts, **where)
    for key, value in labels.items():
        system.insert("device_labels", pcidevice_uuid=row["uuid"], label_key=key, label_value=value, **where)
    return f"{host}/{address}"


def image(system: System, number: str = "0x23a5", **said: Any) -> str:
    """A functional image that is there; its uuid."""
    return str(device_images.put(system, bitstream_id=number, name="ran", **said)["uuid"])


def written(system: System) -> dict[str, str]:
    """What became of images, by host."""
    names = {host["uuid"]: host["hostname"] for host in system.hosts()}
    return {names[row["host_uuid"]]: row["status"] for row in system.tables.rows("device_image_state")}
