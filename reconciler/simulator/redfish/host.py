"""The host behind a controller, and what the controller keeps of it. Time passes only when it is told so.

Power takes seconds (openstack/sushy-tools emulator/resources/systems/fakedriver.py: 1 to 11). What waits for a reset is
taken up when the host begins to boot: BIOS attributes of `@Redfish.Settings` (sushy resources/settings.py), secure boot
(sushy resources/system/secure_boot.py), a boot override that was for once (sushy resources/system/constants.py
BootSourceOverrideEnabled).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reconciler.simulator.timeline import Timeline

POWER_ON_S, POWER_OFF_S, SHUTDOWN_S, UPDATE_S = 5.0, 2.0, 30.0, 120.0


@dataclass
class Drive:
    """A pretended drive."""

    types: tuple[str, ...]
    image: str | None = None


@dataclass
class Probe:
    """A temperature, a fan or a power supply; kind is the list of Thermal or Power that it is in."""

    name: str
    kind: str
    reading: float | None
    health: str = "OK"


@dataclass
class Task:
    """An update that goes on. state: of DMTF's Task."""

    target: str
    version: str
    state: str = "Running"
    percent: int = 0
    said: str = ""


@dataclass
class Boot:
    """The override of the boot order."""

    target: str = "None"
    enabled: str = "Disabled"
    mode: str = "UEFI"


def _drives() -> dict[str, Drive]:
    return {"Cd": Drive(("CD", "DVD")), "Floppy": Drive(("Floppy", "USBStick"))}


def _probes() -> list[Probe]:
    return [
        Probe("CPU1 Temp", "Temperatures", 41.0),
        Probe("Inlet Temp", "Temperatures", 24.0),
        Probe("Fan1", "Fans", 5400.0),
        Probe("PSU1", "PowerSupplies", 180.0),
    ]


@dataclass
class Bmc:
    """A controller. ports: name -> MAC. switched: told of every change of the host's power, and whether it has some.

    options: what there is to boot from, reference -> name; boot_order: those in turn.
    images: what the firmware in an image is, by its URL; another image is refused by the task. newer_sensors: it has
    the Sensors of Redfish since 2020.4 and neither Thermal nor Power. has_sessions: else Basic only.
    """

    name: str = "host"
    username: str = "root"
    password: str = "simulated"  # noqa: S105 - of a simulator
    ports: dict[str, str] = field(default_factory=dict)
    power: str = "On"
    health: str = "OK"
    boot: Boot = field(default_factory=Boot)
    options: dict[str, str] = field(default_factory=lambda: {"Boot0000": "PXE IPv4 NIC.1", "Boot0001": "Hard drive 1"})
    boot_order: list[str] = field(default_factory=lambda: ["Boot0000", "Boot0001"])
    bios: dict[str, Any] = field(
        default_factory=lambda: {"ProcHyperthreading": "Enabled", "SriovGlobalEnable": "Disabled"}
    )
    pending: dict[str, Any] = field(default_factory=dict)
    secure_boot: bool = False
    secure_boot_wanted: bool = False
    drives: dict[str, Drive] = field(default_factory=_drives)
    firmware: dict[str, str] = field(default_factory=lambda: {"BMC": "7.10.30", "BIOS": "2.19.1"})
    images: dict[str, tuple[str, str]] = field(default_factory=dict)  # URL -> inventory id, version
    probes: list[Probe] = field(default_factory=_probes)
    tasks: list[Task] = field(default_factory=list)
    sessions: dict[str, str] = field(default_factory=dict)  # id -> token
    newer_sensors: bool = False
    has_sessions: bool = True
    boots: int = 0
    logins: int = 0
    switched: Callable[[bool], None] | None = None
    timeline: Timeline = field(default_factory=Timeline)

    def advance(self, now: float) -> None:
        """Let happen what is due by so many seconds since the start."""
        while effect := self.timeline.pop(now):
            effect.run(self, *effect.arguments)

    def reset(self, order: str) -> None:
        """ComputerSystem.Reset: what is there already stays (sushy-tools fakedriver.py set_power_state)."""
        if order in {"On", "ForceOn"} and self.power == "Off":
            self.power = "PoweringOn"
            self.timeline.after(POWER_ON_S, _is_on, tag="power")
        elif order in {"ForceOff", "GracefulShutdown"} and self.power == "On":
            self.power = "PoweringOff"
            self.timeline.after(POWER_OFF_S if order == "ForceOff" else SHUTDOWN_S, _is_off, tag="power")
        elif order in {"ForceRestart", "GracefulRestart", "PowerCycle"} and self.power == "On":
            self.timeline.after(POWER_ON_S, _begins_to_boot, tag="power")

    def lose_power(self) -> None:
        """The host's supply is gone; its controller lives on."""
        self.timeline.cancel("power")
        _is_off(self)

    def boot_begins(self) -> None:
        """What waited for it is in force, and what was for once is over."""
        self.boots += 1
        self.bios |= self.pending
        self.pending = {}
        self.secure_boot = self.secure_boot_wanted
        if self.boot.enabled == "Once":
            self.boot.enabled, self.boot.target = "Disabled", "None"

    def update(self, image: str) -> Task:
        """SimpleUpdate: the task goes on by itself."""
        target, version = self.images.get(image, ("", ""))
        self.tasks.append(Task(target, version))
        self.timeline.after(UPDATE_S / 2, _half_way, len(self.tasks) - 1)
        return self.tasks[-1]


def _is_on(bmc: Bmc) -> None:
    bmc.power = "On"
    _begins_to_boot(bmc)
    if bmc.switched:
        bmc.switched(True)


def _is_off(bmc: Bmc) -> None:
    bmc.power = "Off"
    if bmc.switched:
        bmc.switched(False)


def _begins_to_boot(bmc: Bmc) -> None:
    bmc.boot_begins()


def _half_way(bmc: Bmc, number: int) -> None:
    task = bmc.tasks[number]
    if not task.target:
        task.state, task.said = "Exception", "The image is not for this system, or could not be fetched."
        return
    task.percent = 50
    bmc.timeline.after(UPDATE_S / 2, _updated, number)


def _updated(bmc: Bmc, number: int) -> None:
    task = bmc.tasks[number]
    task.state, task.percent = "Completed", 100
    bmc.firmware[task.target] = task.version
