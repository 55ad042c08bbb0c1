"""How long it takes and when it may end, and from what that is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.model.forecast import Basis, Forecast, Span, WaveForecast
from reconciler.model.maintenance import told as duration
from reconciler.review.foreign import code
from reconciler.review.names import more, names
from reconciler.review.words import does, moment, plural

_KNOWN = {
    Basis.MEASURED: "measured on such hosts",
    Basis.SIMILAR: "measured on hosts of the same role",
    Basis.DEFAULT: "by default values, for too little was measured yet",
}


def forecast_sentence(one: Forecast | None) -> str:
    """For the headline; "" where there is no forecast."""
    if one is None:
        return ""
    if one.ends is None or one.likely_s is None:
        return "It does not come to its end by itself: what stops it stands below."
    slowly = (
        ""
        if one.late_ends is None or one.late_ends < one.ends + 60
        else f", or {moment(one.late_ends)} if it goes slowly"
    )
    return f"Begun now, at the fleet's limits, it takes about {about(one.likely_s)}: until {moment(one.ends)}{slowly}."


def about(seconds: float) -> str:
    """A duration that is guessed: from ten minutes on, in whole minutes."""
    return duration(seconds if seconds < 600 else round(seconds / 60) * 60)


def forecast_lines(one: Forecast, most: int) -> Iterator[str]:
    """The section of the comment, as a list. most: items of each sort."""
    if one.stops:
        yield f"- **would stop by itself**: {code(one.stops, 500)}"
    yield from _too_short(one, most)
    yield from (f"- {text}" for text in _outages(one))
    if len(one.waves) > 1:
        yield from (f"- {_wave(wave)}" for wave in one.waves[:most])
        yield from more(len(one.waves) - most, "wave")
    yield from _caught_up(one.waves, most)
    if one.unplanned:
        yield f"- {does(one.unplanned, 'site', 'is', 'are')} counted by what others take: {_their(one.unplanned)}"


def _their(number: int) -> str:
    return "its plan is not known" if number == 1 else "their plans are not known"


def _too_short(one: Forecast, most: int) -> Iterator[str]:
    """Sites that are held until somebody gives them a longer window."""
    for short in one.too_short[:most]:
        needed, longest = about(short.needed_s), about(short.longest_s)
        yield f"- {code(short.site)} needs {needed}, and its longest maintenance window is {longest}: it is held"
    yield from more(len(one.too_short) - most, "site without a window as long as it needs")


def _outages(one: Forecast) -> Iterator[str]:
    """How long each site feels it, the longest first; what nobody feels is not told."""
    for group in sorted(one.groups, key=lambda g: (-g.plan.outage_s, -g.plan.span.likely_s)):
        plan, sites = group.plan, plural(len(group.sites), "site")
        if plan.outage_s:
            yield f"{sites}: out of service for about {about(plan.outage_s)} each{_slowly(plan.span)}; {_known(plan.span)}"
        elif plan.disturbs:
            yield f"{sites}: about {about(plan.span.likely_s)} each{_slowly(plan.span)}; {_known(plan.span)}"


def _slowly(span: Span) -> str:
    is_longer = about(span.late_s) != about(span.likely_s)
    return f", the plan of one in twenty longer than {about(span.late_s)}" if is_longer else ""


def _known(span: Span) -> str:
    times = f" {plural(span.count, 'time')}" if span.count else ""
    return _KNOWN[span.basis] + times


def _wave(wave: WaveForecast) -> str:
    ends = f"to {moment(wave.ends)}" if wave.ends is not None else "without an end"
    late = f", or {moment(wave.late_ends)} if it goes slowly" if wave.late_ends is not None else ""
    return f"wave {wave.wave + 1}, {plural(len(wave.sites), 'site')}: {moment(wave.begins)} {ends}{late}"


def _caught_up(waves: Iterable[WaveForecast], most: int) -> Iterator[str]:
    late = [site for wave in waves for site in wave.caught_up]
    if late:
        yield f"- caught up later, for no window opens in time: {plural(len(late), 'site')} ({names(late, most)})"
