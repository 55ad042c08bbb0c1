"""What a controller says, as values. What it does not have is None, and no error: few have all of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from sushy import exceptions

from reconciler.clients.redfish.session import Session
from reconciler.model.board import (
    Board,
    BoardPort,
    Boot,
    BootOption,
    Firmware,
    Health,
    Media,
    Part,
    Power,
    Sensor,
    is_hidden,
)
from reconciler.model.secret import MASK

T = TypeVar("T")
POWERS = {"On": Power.ON, "Off": Power.OFF, "PoweringOn": Power.POWERING_ON, "PoweringOff": Power.POWERING_OFF}
POWERS["Paused"] = Power.PAUSED
SECURE = {"Enabled": True, "Disabled": False}
HEALTHS = {"OK": Health.OK, "Warning": Health.WARNING, "Critical": Health.CRITICAL}
ABSENT = (exceptions.MissingAttributeError, exceptions.ResourceNotFoundError, exceptions.MissingActionError)


def board(session: Session, parts: frozenset[Part]) -> Board:
    """The host, and of its other parts those that are asked for."""

    def part(which: Part, read: Callable[[Session], T]) -> T | None:
        return _if_there(lambda: read(session)) if which in parts else None

    system = session.system
    bios = part(Part.BIOS, lambda each: each.system.bios)
    secure = part(Part.SECURE_BOOT, lambda each: each.system.secure_boot)
    return Board(
        power=POWERS.get(_word(system.power_state), Power.UNKNOWN),
        health=_health(system.status, rollup=True),
        model=" ".join(filter(None, (system.manufacturer, system.model))),
        serial=system.serial_number or "",
        bios_version=system.bios_version or "",
        boot=_boot(system),
        media=part(Part.MEDIA, _media),
        ports=part(Part.PORTS, _ports),
        bios=_masked(bios.attributes or {}) if bios else None,
        pending=_if_there(lambda: _pending(bios)) if bios else None,
        secure_boot=bool(secure.enabled) if secure else None,
        secure_boot_now=SECURE.get(_word(secure.current_boot)) if secure else None,
        boot_options=part(Part.BOOT_OPTIONS, _boot_options),
        firmware=part(Part.FIRMWARE, _firmware),
        sensors=part(Part.SENSORS, lambda each: tuple(_sensors(each))),
    )


def drives(session: Session) -> list[Any]:
    """The pretended drives: of the host's since Redfish 2021, of its manager's before (DMTF ComputerSystem 1.17)."""
    own = _if_there(lambda: session.system.virtual_media)
    if own is not None:
        return list(own.get_members())
    return [drive for manager in session.system.managers for drive in manager.virtual_media.get_members()]


def _if_there(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except ABSENT:
        return None


def _boot(system: Any) -> Boot:
    boot = system.boot
    if boot is None:
        return Boot()
    order = tuple(map(str, (system.json.get("Boot") or {}).get("BootOrder") or ()))  # sushy has no field for it
    allowed = tuple(boot.allowed_values or ())
    return Boot(_word(boot.target), _word(boot.enabled).lower(), _word(boot.mode), allowed, order)


def _boot_options(session: Session) -> tuple[BootOption, ...] | None:
    """For boot options sushy has no class (community.general plugins/module_utils/redfish_utils.py get_boot_order)."""
    path = ((session.system.json.get("Boot") or {}).get("BootOptions") or {}).get("@odata.id")
    if not path:
        return None
    members = (session.line.document(each["@odata.id"]) for each in session.line.document(path)["Members"])
    return tuple(BootOption(str(each["BootOptionReference"]), str(each.get("DisplayName") or "")) for each in members)


def _masked(attributes: Mapping[str, object]) -> dict[str, object]:
    """Without passwords. One that is not set shows as such."""
    return {name: MASK if value and is_hidden(name) else value for name, value in attributes.items()}


def _media(session: Session) -> tuple[Media, ...]:
    return tuple(
        Media(each.identity, tuple(_word(t) for t in each.media_types if t), _image(each.image), bool(each.inserted))
        for each in drives(session)
    )


def _image(url: str | None) -> str:
    """Where an image is, without who fetches it: installers write an account into the URL."""
    return re.sub(r"(?<=//)[^/@]*@", "", url or "")


def _ports(session: Session) -> tuple[BoardPort, ...]:
    return tuple(
        BoardPort(
            each.identity or "", (each.permanent_mac_address or each.mac_address or "").lower(), _health(each.status)
        )
        for each in session.system.ethernet_interfaces.get_members()
    )


def _pending(bios: Any) -> dict[str, object]:
    """Only what differs: some settings documents hold all attributes."""
    now = bios.attributes or {}
    return _masked({name: value for name, value in (bios.pending_attributes or {}).items() if now.get(name) != value})


def _firmware(session: Session) -> tuple[Firmware, ...]:
    return tuple(
        Firmware(each.identity, each.name or "", each.version or "", bool(each.updateable))
        for each in session.root.get_update_service().firmware_inventory.get_members()
    )


def _sensors(session: Session) -> Iterator[Sensor]:
    """Of every chassis of the host: its Thermal and Power, or the Sensors that stand for them since Redfish 2020.4."""
    for chassis in session.system.chassis:
        yield from _older(chassis) or _newer(session, chassis)


def _older(chassis: Any) -> list[Sensor]:
    lists = (_if_there(lambda: list(_thermal(chassis))), _if_there(lambda: list(_supplies(chassis))))
    return [sensor for found in lists for sensor in found or ()]


def _thermal(chassis: Any) -> Iterator[Sensor]:
    thermal = chassis.thermal
    for each in thermal.temperatures:
        yield Sensor(each.name or each.identity, "temperature", each.reading_celsius, "Cel", _health(each.status))
    for each in thermal.fans:
        yield Sensor(each.name or each.identity, "fan", each.reading, _word(each.reading_units), _health(each.status))


def _supplies(chassis: Any) -> Iterator[Sensor]:
    for each in chassis.power.power_supplies:
        name = each.name or each.identity or "power supply"
        yield Sensor(name, "power-supply", each.last_power_output_watts, "W", _health(each.status))


def _newer(session: Session, chassis: Any) -> Iterator[Sensor]:
    """For Sensors sushy has no class (DMTF Sensor 1.x)."""
    path = (chassis.json.get("Sensors") or {}).get("@odata.id")
    members = session.line.document(path)["Members"] if path else ()
    for member in members:
        each = member if "Reading" in member else session.line.document(member["@odata.id"])
        rated = HEALTHS.get(_word((each.get("Status") or {}).get("Health")), Health.UNKNOWN)
        kind = str(each.get("ReadingType") or "sensor").lower()
        yield Sensor(each.get("Name") or each["Id"], kind, each.get("Reading"), each.get("ReadingUnits") or "", rated)


def _health(status: Any, *, rollup: bool = False) -> Health:
    """Of a thing; rolled up, of all that it is made of."""
    if status is None:
        return Health.UNKNOWN
    rated = (status.health_rollup if rollup else None) or status.health
    return HEALTHS.get(_word(rated), Health.UNKNOWN)


def _word(value: Any) -> str:
    """Redfish's own word: sushy has enumerations for most."""
    return str(getattr(value, "value", value) or "")
