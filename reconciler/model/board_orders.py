"""What may be asked of a host's board management controller, as values. Nothing here is retried by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class PowerOrder(StrEnum):
    """ComputerSystem.Reset, in Redfish's own words (DMTF Resource ResetType). All but `On` end what the host does."""

    ON = "On"
    FORCE_OFF = "ForceOff"
    SHUTDOWN = "GracefulShutdown"
    FORCE_RESTART = "ForceRestart"
    RESTART = "GracefulRestart"


@dataclass(frozen=True, slots=True)
class SetPower:
    """Taken at once; it shows in `Board.power` after seconds to minutes."""

    order: PowerOrder


@dataclass(frozen=True, slots=True)
class SetBoot:
    """From what the host boots next time, or from now on. target, mode: Redfish's words (Cd, Hdd, Pxe, ..; UEFI, Legacy)."""

    target: str
    once: bool = True
    mode: str = ""


@dataclass(frozen=True, slots=True)
class SetBootOrder:
    """What the host tries to boot from, in turn, from its next boot on: references, all that there are."""

    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InsertMedia:
    """An image into the first pretended drive of a type that has none; the controller itself fetches it."""

    image: str
    type: str = "CD"


@dataclass(frozen=True, slots=True)
class EjectMedia:
    """Every image out of the pretended drives of a type."""

    type: str = "CD"


@dataclass(frozen=True, slots=True)
class SetBios:
    """Attributes that are in force after the next reset."""

    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetSecureBoot:
    """In force after the next reset."""

    enabled: bool


@dataclass(frozen=True, slots=True)
class UpdateFirmware:
    """The controller fetches the image and installs it; how that goes is asked of the task that it names."""

    image: str
    targets: tuple[str, ...] = ()


BoardOrder = SetPower | SetBoot | SetBootOrder | InsertMedia | EjectMedia | SetBios | SetSecureBoot | UpdateFirmware


class TaskState(StrEnum):
    """How far a task of the controller is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BoardTask:
    """Work that goes on in the controller. uri: where it is asked after; percent: None where it does not say."""

    uri: str
    state: TaskState = TaskState.RUNNING
    percent: int | None = None
    said: str = ""
