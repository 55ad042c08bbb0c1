"""What is forecast of a rollout, in lines for a person: when it may end, who does not fit, and how right that was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from reconciler.model.forecast import Forecast, WaveForecast
from reconciler.model.maintenance import told
from reconciler.model.rollout import Rollout


def forecast_lines(one: Rollout) -> Iterator[str]:
    """Above its waves: its likely end, or how far that was off."""
    if one.ended is not None:
        yield from _error(one)
    elif one.expected and not one.stopped:
        yield from _expected(one.expected)


def wave_line(wave: WaveForecast) -> str:
    """When a wave is likely to go: its first site, and the last one that it waits for."""
    if wave.ends is None:
        return f"expected from {moment(wave.begins)} on"
    late = f", at the latest {moment(wave.late_ends)}" if wave.late_ends and wave.late_ends > wave.ends else ""
    return f"expected {moment(wave.begins)} to {moment(wave.ends)}{late}"


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%MZ")


def _error(one: Rollout) -> Iterator[str]:
    if one.error is None or one.foreseen is None or one.foreseen.waves_end is None or one.ended is None:
        return
    took_s, foreseen_s = one.ended - one.foreseen.made_at, one.foreseen.waves_end - one.foreseen.made_at
    how = f"{abs(one.error):.0%} {'longer' if one.error > 0 else 'less long'}"
    yield f"  took {told(took_s)}; {told(foreseen_s)} were forecast when it began: {how}"


def _expected(found: Forecast) -> Iterator[str]:
    if found.stops:
        yield f"  it is going to stop by itself: {found.stops}"
    if found.ends is not None:
        late = f"; where everything takes long {moment(found.late_ends)}" if found.late_ends else ""
        yield f"  all is likely to be done {moment(found.ends)}{late}"
    if found.unplanned:
        yield f"  {found.unplanned} sites are not planned for yet, and are taken for ones like the others"
    for short in found.too_short:
        longest = f"no maintenance window is longer than {told(short.longest_s)}"
        yield f"  {short.site} does not fit: its plan takes up to {told(short.needed_s)}, and {longest}"
