"""Whether a wave stood its soak: its sites in sync, their hosts enabled, nothing raised that did not stand before. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.rollout import Member, MemberState, Rollout
from reconciler.model.rollout_look import Saw, Seen

WELL = frozenset((Saw.FOLLOWS, Saw.RESTS))


def watched(rollout: Rollout) -> list[Member]:
    """Those that went while this wave did: who had it all before was not changed by it."""
    since, states = rollout.wave_began or 0.0, {MemberState.DONE, MemberState.LATE}
    return [
        m
        for m in rollout.members.values()
        if m.state in states and m.began is not None and m.ended is not None and m.ended >= since and _has_gone(m)
    ]


def has_soaked(rollout: Rollout, seen: Mapping[str, Seen], now: float) -> bool:
    due = rollout.soaks_until
    if due is None or not rollout.strategy.soak_s or not (went := watched(rollout)):
        return True
    return now >= due and not any(ill(m, seen.get(m.site, Seen()), due) for m in went)


def to_look_at(rollout: Rollout, seen: Mapping[str, Seen], now: float) -> frozenset[str]:
    """Once a wave's soak is over: those of its sites whose last look is older."""
    due = rollout.soaks_until
    if due is None or now < due or rollout.ended is not None or not rollout.strategy.soak_s:
        return frozenset()
    return frozenset(m.site for m in watched(rollout) if seen.get(m.site, Seen()).at < due)


def ill(member: Member, saw: Seen, due: float) -> str:
    """Why a site that went is not known to have stood the soak that ended at this time; "" if it has."""
    if saw.saw not in WELL:
        return saw.told or f"is {saw.saw}"
    if told := trouble(member, saw):
        return told
    return "" if saw.at >= due and saw.is_heard else "was not looked at since the soak"


def trouble(member: Member, saw: Seen) -> str:
    """What is wrong with it now and was not when it went; "" if nothing is."""
    told = [saw.ill] if saw.ill else []
    if raised := sorted(saw.alarms - set(member.alarms)):
        told.append(f"raised alarms: {', '.join(raised)}")
    if drifted := sorted(saw.drift - set(member.drift)):
        told.append(f"drifted: {', '.join(drifted)}")
    return "; ".join(told)


def _has_gone(member: Member) -> bool:
    return member.state is MemberState.DONE or member.is_sent
