"""What hosts' controllers said, for people: a block a host, its pending settings first among what may surprise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.board import Board, Media
from reconciler.model.board_reading import BoardReading

WIDTH = 12


def board_lines(readings: Iterable[BoardReading]) -> Iterator[str]:
    """One block for each host."""
    for reading in readings:
        if reading.board is None:
            yield f"{reading.host}: {reading.trouble or 'not asked'}"
            yield f"  {reading.said}"
            continue
        yield f"{reading.host}: power {reading.board.power}, health {reading.board.health}"
        for name, text in _facts(reading.board):
            yield f"  {name:{WIDTH}} {text}"


def _facts(board: Board) -> Iterator[tuple[str, str]]:
    bios = f"BIOS {board.bios_version}" if board.bios_version else ""
    yield "machine", ", ".join(filter(None, (board.model, board.serial, bios))) or "not said"
    if board.waiting:
        yield "pending", f"{_values(board.waiting)} after the next reset"
    yield from _booting(board)
    if board.secure_boot is not None:
        yield "secure boot", "on" if board.secure_boot else "off"
    for drive in board.media or ():
        yield "media", _drive(drive)
    for port in board.ports or ():
        yield "port", f"{port.id} {port.mac or 'no MAC said'}, {port.health}"
    for each in board.firmware or ():
        yield "firmware", f"{each.id} {each.version}" + (f" ({each.name})" if each.name not in {"", each.id} else "")
    for sensor in sorted(board.sensors or (), key=lambda s: (s not in board.ill, s.kind, s.name)):
        yield "sensor", sensor.in_words
    for name, value in sorted((board.bios or {}).items()):
        yield "bios", f"{name} = {value}"


def _booting(board: Board) -> Iterator[tuple[str, str]]:
    names = {option.reference: option.name for option in board.boot_options or ()}
    if board.boot.order:
        yield "boot order", ", ".join(f"{ref} ({names[ref]})" if names.get(ref) else ref for ref in board.boot.order)
    if board.boot.enabled not in {"", "disabled"}:
        mode = f" {board.boot.mode}" if board.boot.mode else ""
        yield "boots from", f"{board.boot.target}{mode}, {board.boot.enabled}"


def _drive(drive: Media) -> str:
    return f"{drive.id} ({', '.join(drive.types)}): {drive.image if drive.is_inserted else 'empty'}"


def _values(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in sorted(values.items()))
