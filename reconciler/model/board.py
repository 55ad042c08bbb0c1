"""A host's board management controller (BMC): where it is, what it says of the host, and how it can fail to say it.

The words are Redfish's (DMTF DSP2046: ComputerSystem, VirtualMedia, Bios, SoftwareInventory), in our spelling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar

from reconciler.model.errors import Reason, ReconcilerError, Visit


class Power(StrEnum):
    """Whether a host has power. Between on and off lie seconds to minutes."""

    ON = "on"
    OFF = "off"
    POWERING_ON = "powering-on"
    POWERING_OFF = "powering-off"
    PAUSED = "paused"
    UNKNOWN = "unknown"  # the controller does not say


class Health(StrEnum):
    """A host with all its parts, or one part, as the controller rates it."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


class Trouble(StrEnum):
    """How a controller is of no use to us."""

    DEAD = "dead"  # nobody answers at its address
    SLOW = "slow"  # somebody does, and not in time
    PASSWORD = "wrong-password"  # noqa: S105 - a word
    CERTIFICATE = "certificate"  # TLS is not accepted
    FOREIGN = "not-redfish"  # what answers is no Redfish service, or not one that we can read
    BROKEN = "broken"  # the answer ended before it was whole
    FAILING = "failing"  # it answers that it cannot: 5xx
    REFUSED = "refused"  # it answers that it will not: 4xx


class BoardCall(StrEnum):
    """What a controller is asked for."""

    READ = "read"
    ORDER = "order"


class Answered(StrEnum):
    """How a call ended that had no trouble."""

    OK = "ok"


class Part(StrEnum):
    """What is read of a controller: each costs it requests, and it is slow."""

    HOST = "host"  # power, health, boot: one document, always read
    BOOT_OPTIONS = "boot-options"
    MEDIA = "media"
    PORTS = "ports"
    BIOS = "bios"
    SECURE_BOOT = "secure-boot"
    FIRMWARE = "firmware"
    SENSORS = "sensors"


@dataclass(frozen=True, slots=True)
class BoardPlace:
    """Where one host's controller is, and who we are to it.

    url: of its Redfish service, without /redfish/v1. password: a reference, as `env:NAME`; never itself. Where either
      it or the user is "", nobody said who we are, and it is not asked.
    ca_bundle: PEM file of whom to trust, relative to the endpoints file; those of the machine without.
    fingerprint: of its own certificate (SHA-256, hex), trusted instead, whatever name it bears: most controllers have
      signed theirs themselves.
    in_git: who we are is said by Git, which may not name what lets the program itself in.
    """

    site: str
    host: str
    url: str
    username: str
    password: str
    ca_bundle: str = ""
    fingerprint: str = ""
    in_git: bool = False

    @property
    def lets_us_in(self) -> bool:
        """Whether anybody said who we are there."""
        return bool(self.username and self.password)

    @property
    def account(self) -> str:
        """Digest of where, and as whom, we log in: not of the password, which is a reference here."""
        return sha256(f"{self.url}\0{self.username}\0{self.password}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Refused:
    """A controller did not let us in, at `at` (Unix seconds); said: its words."""

    at: float
    said: str = ""


@dataclass(frozen=True, slots=True)
class Boot:
    """From what a host boots beside its usual order. enabled: disabled, once or continuous."""

    target: str = ""
    enabled: str = ""
    mode: str = ""  # UEFI or legacy
    allowed: tuple[str, ...] = ()
    order: tuple[str, ...] = ()  # references of boot options, the first tried first


@dataclass(frozen=True, slots=True)
class BootOption:
    """Something to boot from. reference: by which the boot order names it, as Boot0001; name: for people."""

    reference: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """A drive that the controller pretends; image: URL of what lies in it."""

    id: str
    types: tuple[str, ...] = ()
    image: str = ""
    is_inserted: bool = False


@dataclass(frozen=True, slots=True)
class BoardPort:
    """A network port as the controller knows it; mac in lower case, "" where it does not say."""

    id: str
    mac: str = ""
    health: Health = Health.UNKNOWN


@dataclass(frozen=True, slots=True)
class Firmware:
    """A piece of firmware, and the version that is in it."""

    id: str
    name: str = ""
    version: str = ""
    is_updateable: bool = False


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor; reading is None where it has none now."""

    name: str
    kind: str  # temperature, fan, power-supply
    reading: float | None = None
    unit: str = ""
    health: Health = Health.UNKNOWN

    @property
    def in_words(self) -> str:
        reading = "no reading" if self.reading is None else f"{self.reading:g} {self.unit}".rstrip()
        return f"{self.name} {reading}" + (f", {self.health}" if self.health is not Health.OK else "")


@dataclass(frozen=True, slots=True)
class Board:
    """What a controller said of its host. A part that was not asked for, or that it does not have, is None.

    bios: attributes in force, passwords masked; pending: those that are to be after the next reset, where they are others.
    secure_boot: after the next reset; secure_boot_now: in force, None where it is not said.
    """

    power: Power = Power.UNKNOWN
    health: Health = Health.UNKNOWN
    model: str = ""
    serial: str = ""
    bios_version: str = ""
    boot: Boot = field(default_factory=Boot)
    media: tuple[Media, ...] | None = None
    ports: tuple[BoardPort, ...] | None = None
    bios: Mapping[str, object] | None = None
    pending: Mapping[str, object] | None = None
    secure_boot: bool | None = None
    secure_boot_now: bool | None = None
    boot_options: tuple[BootOption, ...] | None = None
    firmware: tuple[Firmware, ...] | None = None
    sensors: tuple[Sensor, ...] | None = None

    @property
    def waiting(self) -> Mapping[str, object]:
        """What is to be after the next reset, and is another now."""
        found = dict(self.pending or {})
        if self.secure_boot is not None and self.secure_boot_now not in {None, self.secure_boot}:
            found["secure boot"] = "on" if self.secure_boot else "off"
        return found

    @property
    def ill(self) -> tuple[Sensor, ...]:
        """The sensors that are not well."""
        return tuple(each for each in self.sensors or () if each.health in {Health.WARNING, Health.CRITICAL})


_HIDDEN = re.compile(
    r"(password|passphrase|passwd|secret)(?!.*(status|state|lock|policy|enable|jumper)$)", re.IGNORECASE
)


def is_hidden(attribute: str) -> bool:
    """Whether a BIOS attribute is a password, or what is kept of one: makers show digests and salts of theirs."""
    return _HIDDEN.search(attribute) is not None


_ADVICE = {
    Trouble.DEAD: "Check its address, the route to it and that it has power.",
    Trouble.SLOW: "Check the link to it; a controller that hangs is reset by hand, which leaves its host running.",
    Trouble.PASSWORD: "Correct the user or the password that its reference leads to, then have it asked at once: "
    "stxr board {site} --host {host} --anyway; it is left alone for a day without, for a few wrong ones lock an account.",
    Trouble.CERTIFICATE: "Give caBundle or fingerprint for it in the endpoints file.",
    Trouble.FOREIGN: "Check that its address is a controller's and that Redfish is switched on there.",
    Trouble.BROKEN: "Check the link to it.",
    Trouble.FAILING: "Look into its own log; a reset of the controller leaves its host running.",
    Trouble.REFUSED: "Check what the user may do there, and whether the controller knows what was asked.",
}


@dataclass(eq=False)
class BoardError(ReconcilerError):
    """A controller gave no usable answer. `trouble` says how; no text here ever holds a credential."""

    reason: ClassVar[Reason] = Reason.UNREACHABLE
    visit: ClassVar[Visit] = Visit.WAITING

    trouble: Trouble
    site: str
    host: str
    url: str
    detail: str

    def __post_init__(self) -> None:
        place = " ".join(filter(None, (self.site, self.host)))
        what = f"{place}: its controller at {self.url} is {self.trouble.value}"
        advice = _ADVICE[self.trouble].format(site=self.site, host=self.host)
        super().__init__(f"{what}: {self.detail.rstrip('.')}. {advice}")
