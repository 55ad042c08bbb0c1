"""What a controller says, as values. What it does not have is None, and no error: few have all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from sushy import exceptions

from reconciler.clients.redfish.session import Session
from reconciler.model.board import Board, BoardPort, Boot, Firmware, Health, Media, Part, Power, Sensor

T = TypeVar("T")
POWERS = {"On": Power.ON, "Off": Power.OFF, "PoweringOn": Power.POWERING_ON, "PoweringOff": Power.POWERING_OFF}
POWERS["Paused"] = Power.PAUSED
HEALTHS = {"OK": Health.OK, "Warning": Health.WARNING, "Critical": Health.CRITICAL}
ABSENT = (exceptions.MissingAttributeError, exceptions.ResourceNotFoundError, exceptions.MissingActionError)


def board(session: Session, parts: frozenset[Part]) -> Board:
    """The host, and of its other parts those that are asked for."""

    def part(which: Part, read: Callable[[Session], T]) -> T | None:
        return _if_there(lambda: read(session)) if which in parts else None

    system = session.system
    bios = part(Part.BIOS, lambda each: each.system.bios)
    return Board(
        power=POWERS.get(_word(system.power_state), Power.UNKNOWN),
        health=_health(system.status, rollup=True),
        model=" ".join(filter(None, (system.manufacturer, system.model))),
        serial=system.serial_number or "",
        bios_version=system.bios_version or "",
        boot=_boot(system),
        media=part(Part.MEDIA, _media),
        ports=part(Part.PORTS, _ports),
        bios=dict(bios.attributes or {}) if bios else None,
        pending=_if_there(lambda: _pending(bios)) if bios else None,
        secure_boot=part(Part.SECURE_BOOT, lambda each: bool(each.system.secure_boot.enabled)),
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
    return Boot(_word(boot.target), _word(boot.enabled).lower(), _word(boot.mode), tuple(boot.allowed_values or ()))


def _media(session: Session) -> tuple[Media, ...]:
    return tuple(
        Media(each.identity, tuple(_word(t) for t in each.media_types if t), each.image or "", bool(each.inserted))
        for each in drives(session)
    )


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
    return {name: value for name, value in (bios.pending_attributes or {}).items() if now.get(name) != value}


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
