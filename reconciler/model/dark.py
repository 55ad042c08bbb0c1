"""What the board management controllers of a site say of its hosts: of all while the site answers nobody, else of the ill."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from reconciler.model.board import Board, Health, Power, Trouble


class SitePower(StrEnum):
    """Whether the hosts of a dark site have power: where it is on, look at the link or the platform."""

    ON = "on"
    OFF = "off"
    PARTLY = "partly"
    UNKNOWN = "unknown"  # no controller answers either


@dataclass(frozen=True, slots=True)
class HostSight:
    """One host as its controller said at `at` (Unix seconds). trouble: why it did not; said: that for a person."""

    host: str
    at: float
    power: Power = Power.UNKNOWN
    health: Health = Health.UNKNOWN
    trouble: Trouble | None = None
    said: str = ""

    @property
    def in_words(self) -> str:
        if self.said:
            return self.said
        return f"{self.host}: power {self.power}, health {self.health}"


ILL = frozenset((Health.WARNING, Health.CRITICAL))


def ailing(host: str, at: float, board: Board) -> HostSight | None:
    """A host that its controller rates as not well, or with a sensor that is not, which is named; None where all is."""
    rated = {board.health, *(sensor.health for sensor in board.sensors or ())} & ILL
    if not rated:
        return None
    worst = Health.CRITICAL if Health.CRITICAL in rated else Health.WARNING
    told = ", ".join(sensor.in_words for sensor in board.ill) or "no sensor says why"
    return HostSight(host, at, board.power, worst, said=f"{host}: health {worst}: {told}")


HAS_POWER = frozenset((Power.ON, Power.POWERING_ON, Power.POWERING_OFF, Power.PAUSED))


def site_power(sights: Iterable[HostSight]) -> SitePower:
    """Of all hosts that are known of."""
    said = {sight.power in HAS_POWER for sight in sights if sight.power is not Power.UNKNOWN}
    if not said:
        return SitePower.UNKNOWN
    return SitePower.PARTLY if len(said) > 1 else SitePower.ON if said == {True} else SitePower.OFF


def in_words(sights: tuple[HostSight, ...]) -> str:
    """The same in one line, with the hosts that are ill, off among others, or not known; "" where nobody looked."""
    if not sights:
        return ""
    return "; ".join([_POWER[site_power(sights)], *_told_apart(sights)])


_POWER = {
    SitePower.ON: "hosts powered on",
    SitePower.OFF: "power lost",
    SitePower.PARTLY: "power lost in part",
    SitePower.UNKNOWN: "power not known, for no controller answers",
}


def _told_apart(sights: tuple[HostSight, ...]) -> Iterable[str]:
    power = site_power(sights)
    if power is SitePower.PARTLY:
        yield f"off: {_names(s for s in sights if s.power is Power.OFF)}"
    if power is not SitePower.UNKNOWN and (dumb := _names(s for s in sights if s.power is Power.UNKNOWN)):
        yield f"not known: {dumb}"
    for health in (Health.CRITICAL, Health.WARNING):
        if ill := _names(s for s in sights if s.health is health):
            yield f"{health}: {ill}"


def _names(sights: Iterable[HostSight]) -> str:
    return ", ".join(sight.host for sight in sights)
