"""What keeps a host from being installed by its controller: each reason is a condition of its own. Pure.

What dcmanager's installer does there: log in, find a virtual CD or DVD, eject what lies in it, power the host off, insert
the image, boot from it once, power on (starlingx/distcloud distributedcloud/dccommon/rvmc.py execute). An image that lies
there, and a host that is on, are therefore no hindrance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reconciler.model.board import Board, BoardPort, Media, Power, Trouble
from reconciler.model.board_reading import BoardReading

DISCS = frozenset(("CD", "DVD"))  # starlingx/distcloud dccommon/rvmc.py SUPPORTED_VIRTUAL_MEDIA_DEVICES


class BoardCheck(StrEnum):
    """Why a host is not to be installed now. The first eight are the controller's own troubles."""

    DEAD = Trouble.DEAD.value
    SLOW = Trouble.SLOW.value
    PASSWORD = Trouble.PASSWORD.value
    CERTIFICATE = Trouble.CERTIFICATE.value
    FOREIGN = Trouble.FOREIGN.value
    BROKEN = Trouble.BROKEN.value
    FAILING = Trouble.FAILING.value
    REFUSED = Trouble.REFUSED.value
    NO_SECRET = "no-secret"  # noqa: S105 - what its password's reference leads to is not there
    POWER_UNKNOWN = "power-unknown"
    POWER_CHANGING = "power-changing"  # somebody else switches it right now
    NO_MEDIA = "no-virtual-media"
    OTHER_MACHINE = "other-machine"  # none of its ports has the MAC that Git says the host boots by
    ASKING = "being-asked"  # nothing is known yet


@dataclass(frozen=True, slots=True)
class BoardFinding:
    """One reason, of one host. again_at: Unix seconds from which it is looked at anew; None where nobody can say."""

    host: str
    check: BoardCheck
    said: str
    again_at: float | None = 0.0

    @property
    def in_words(self) -> str:
        return f"{self.host} {self.check}: {self.said}"


def findings(reading: BoardReading, boot_mac: str = "") -> tuple[BoardFinding, ...]:
    """Of one host. boot_mac: as Git says it, "" where it does not. None: it can be installed, as far as can be seen."""
    board = reading.board
    if board is None:
        check = BoardCheck(reading.trouble) if reading.trouble else BoardCheck.NO_SECRET
        return (BoardFinding(reading.host, check, reading.said),)
    return tuple(BoardFinding(reading.host, check, said) for check, said in _of_board(board, boot_mac.lower()))


def _of_board(board: Board, boot_mac: str) -> Iterator[tuple[BoardCheck, str]]:
    if board.power in {Power.POWERING_ON, Power.POWERING_OFF}:
        yield BoardCheck.POWER_CHANGING, f"its host is {board.power} already: somebody else is at work on it"
    elif board.power is Power.UNKNOWN:
        yield (
            BoardCheck.POWER_UNKNOWN,
            "its controller does not say whether it has power: nobody could tell if it booted",
        )
    if not any(map(_takes_a_disc, board.media or ())):
        has = ", ".join(f"{drive.id} ({'/'.join(drive.types)})" for drive in board.media or ())
        missing = f"its controller has no virtual CD or DVD (it has {has or 'no virtual media'})"
        yield BoardCheck.NO_MEDIA, f"{missing}: a licence for virtual media may be missing there"
    if told := other_machine(board, boot_mac):
        yield BoardCheck.OTHER_MACHINE, told


def other_machine(board: Board, boot_mac: str) -> str:
    """Why it cannot be the controller of a host that boots by this MAC; "" where it may be, or nobody can say."""
    macs = {port.mac for port in board.ports or () if port.mac}
    is_other = boot_mac and macs and boot_mac.lower() not in macs
    return _other(boot_mac, board.ports or ()) if is_other else ""


def _takes_a_disc(drive: Media) -> bool:
    return bool(DISCS & {each.upper() for each in drive.types})


def _other(boot_mac: str, ports: tuple[BoardPort, ...]) -> str:
    has = ", ".join(f"{port.id} {port.mac}" for port in ports if port.mac)
    return (
        f"Git says that it boots by {boot_mac}, and no port that its controller knows has that ({has}): "
        "the address is another machine's, or bootMAC is wrong"
    )
