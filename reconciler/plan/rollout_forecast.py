"""What a change costs a fleet in time: sites to which the same happens, who does not fit, when it may end. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil, inf

from reconciler.model.forecast import Forecast, GroupForecast, PlanForecast, Span, TooShort, WaveForecast
from reconciler.model.maintenance import MaintenanceWindow, seconds
from reconciler.plan.playing import Course, Played, Standing, Terms, play

MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Planned:
    """A site that is to change. plan: None while it is not planned for; then it is taken for one of the others.

    began: since when it is on its way. is_late: its wave has gone on without it. not_before: until then something else
    than a window keeps it back; infinity where nobody knows for how long, or where it does not answer.
    """

    site: str
    wave: int
    plan: PlanForecast | None = None
    windows: tuple[MaintenanceWindow, ...] = ()
    group: str = "default"
    began: float | None = None
    is_late: bool = False
    not_before: float = -inf


def rollout_forecast(sites: Sequence[Planned], terms: Terms, standing: Standing) -> Forecast:
    """As it is likely to go, and as it goes where every site takes long. Sites go in the order in which they are given."""
    whole = typical(one.plan for one in sites if one.plan)
    courses = [_course(one, one.plan or whole) for one in sites]
    likely = play([course for course, _ in courses], terms, standing)
    late = play([replace(course, lasts_s=late_s) for course, late_s in courses], terms, standing)
    return Forecast(
        made_at=standing.now,
        groups=groups(sites),
        too_short=tuple(_too_short(sites, whole)),
        waves=_waves(sites, likely, late),
        waves_end=_finite(likely.ended),
        ends=_finite(likely.ends),
        late_ends=_finite(late.ends),
        unplanned=sum(one.plan is None for one in sites),
        stops="none of its canaries can be sent to before the deadline of their wave" if likely.stops else "",
    )


def typical(plans: Iterable[PlanForecast]) -> PlanForecast:
    """One that takes as long as these do on average, and is as disturbing as the worst of them."""
    known = list(plans)
    if not known:
        return PlanForecast()
    spans = [one.span for one in known]
    likely_s, late_s = (
        sum(values) / len(known) for values in zip(*((s.likely_s, s.late_s) for s in spans), strict=True)
    )
    basis = max((span.basis for span in spans), key=lambda basis: basis.rank)
    read = max((one.read for one in known), key=lambda span: span.likely_s)
    stages = next((one.stages for one in known if one.stages), ())
    disturbs, most_out = any(one.disturbs for one in known), max(one.most_out for one in known)
    return PlanForecast(stages, Span(likely_s, late_s, basis), 0.0, read, disturbs, most_out)


def groups(sites: Iterable[Planned]) -> tuple[GroupForecast, ...]:
    """Sites whose plans take equally long, stage by stage, the largest group first."""
    alike: dict[PlanForecast, list[str]] = {}
    for one in sites:
        if one.plan:
            alike.setdefault(one.plan, []).append(one.site)
    ordered = sorted(alike.items(), key=lambda item: (-len(item[1]), item[1]))
    return tuple(GroupForecast(tuple(names), plan) for plan, names in ordered)


def _course(one: Planned, plan: PlanForecast) -> tuple[Course, float]:
    """Its way, and how long it takes where it takes long."""
    course = Course(
        site=one.site,
        wave=one.wave,
        lasts_s=plan.whole.likely_s,
        needed_s=_in_minutes(plan.span.late_s, one.windows),
        windows=one.windows if plan.disturbs else (),
        group=one.group,
        hosts=plan.most_out,
        began=one.began,
        is_late=one.is_late,
        not_before=one.not_before,
    )
    return course, plan.whole.late_s


def _in_minutes(needed_s: float, windows: Iterable[MaintenanceWindow]) -> float:
    """Rounded up, so that sites wait in few lanes, where a window is as long as that."""
    rounded = ceil(needed_s / MINUTE_S) * MINUTE_S
    return rounded if any(seconds(window.duration) >= rounded for window in windows) else needed_s


def _too_short(sites: Iterable[Planned], unplanned: PlanForecast) -> Iterable[TooShort]:
    for one in sites:
        plan, longest_s = one.plan or unplanned, max((seconds(w.duration) for w in one.windows), default=inf)
        if plan.disturbs and plan.span.late_s > longest_s and one.began is None:
            yield TooShort(one.site, plan.span.late_s, float(longest_s))


def _waves(sites: Sequence[Planned], likely: Played, late: Played) -> tuple[WaveForecast, ...]:
    by_wave: dict[int, list[str]] = {}
    for one in sites:
        by_wave.setdefault(one.wave, []).append(one.site)
    return tuple(
        WaveForecast(
            wave=number,
            sites=tuple(by_wave.get(number, ())),
            begins=wave.began if wave.first == inf else wave.first,
            ends=_finite(wave.ended),
            late_ends=_finite(late.waves[number].ended) if number in late.waves else None,
            caught_up=tuple(wave.left),
        )
        for number, wave in sorted(likely.waves.items())
    )


def _finite(moment: float) -> float | None:
    return None if moment == inf else moment
