"""A rollout moved on, level by level: what is known of the sites and the time in, the rollout as it follows out. Pure.

Nothing is remembered but what the value holds, so a rollout goes on after a restart, and somebody's word counts as
soon as it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.model.rollout import Member, MemberState, Rollout, Saw, Seen
from reconciler.model.waves import rounds


def step(rollout: Rollout, seen: Mapping[str, Seen], now: float) -> Rollout:
    """What follows from what is known now. May be called at any time, and again with the same: then nothing follows."""
    known = _forgiven(rollout)
    looked = {m.site: _looked(m, _of(seen, m), now) for m in known.members.values()}
    return _let_go(_forward(_overdue(replace(known, members=looked), seen, now), seen, now), seen, now)


def superseded(rollout: Rollout, renderings: Mapping[str, str], names: Iterable[str], now: float) -> Rollout:
    """Without the sites that a newer commit changes (site -> the digest of what Git says now), or that are gone."""
    managed = frozenset(names)

    def left(member: Member) -> Member:
        is_same = member.site in managed and renderings.get(member.site, member.rendering) == member.rendering
        if is_same or not rollout.has(member.site):
            return member
        return member.settled(MemberState.GONE, now, "a newer commit changes it, or it is managed no more")

    return replace(rollout, members={m.site: left(m) for m in rollout.members.values()})


def released(rollout: Rollout, now: float) -> Rollout:
    """The end of one that has nothing more to say: its sites go on by themselves."""
    left = {m.site: m.settled(MemberState.GONE, now) if rollout.has(m.site) else m for m in rollout.members.values()}
    return replace(rollout, members=left, ended=rollout.ended or now)


def to_look_at(rollout: Rollout, seen: Mapping[str, Seen], now: float) -> frozenset[str]:
    """Once a wave's soak is over: those of its sites whose last look is older."""
    due = rollout.soaks_until
    if due is None or now < due or rollout.ended is not None or not rollout.strategy.soak_s:
        return frozenset()
    return frozenset(m.site for m in _done(rollout) if _of(seen, m).at < due)


def expected_end(rollout: Rollout, now: float) -> float | None:
    """When it may end, if all goes as it went; None while no site was done, and for one that is stopped."""
    took = [m.ended - m.began for m in rollout.members.values()
            if m.state is MemberState.DONE and m.began is not None and m.ended is not None]  # fmt: skip
    if not took or rollout.stopped or rollout.ended is not None:
        return rollout.ended
    one_s, left_s = sum(took) / len(took), 0.0
    for wave in range(rollout.wave, rollout.waves):
        open_now = sum(not m.is_settled for m in rollout.of(wave))
        left_s += rounds(open_now, rollout.strategy.max_concurrent) * one_s + rollout.strategy.soak_s
    return now + left_s


def _of(seen: Mapping[str, Seen], member: Member) -> Seen:
    return seen.get(member.site, Seen())


def _done(rollout: Rollout) -> list[Member]:
    return [m for m in rollout.of(rollout.wave) if m.state is MemberState.DONE]


def _forgiven(rollout: Rollout) -> Rollout:
    """A word to go on is one to try again what had failed before it."""
    word = rollout.words.resumed
    if word is None:
        return rollout
    failed = [m for m in rollout.members.values() if m.state is MemberState.FAILED and (m.ended or 0) <= word.at]
    return replace(rollout, members={**rollout.members, **{m.site: m.given_back(m.told) for m in failed}})


def _looked(member: Member, saw: Seen, now: float) -> Member:
    """A site after a look at it. Who was not looked at since it began to go is as it was."""
    if member.state in {MemberState.DONE, MemberState.GONE}:
        return member
    is_ill = saw.ill or saw.alarms - set(member.alarms)
    if saw.saw is Saw.FOLLOWS and not (member.state is MemberState.FAILED and is_ill):
        return member.settled(MemberState.DONE, now)
    if member.state is MemberState.WAITING:
        return replace(member, told=saw.told)
    if member.state is not MemberState.GOING or saw.at < (member.began or 0):
        return member
    if saw.saw is Saw.FAILED:
        return member.settled(MemberState.FAILED, now, saw.told)
    return member.given_back(saw.told) if saw.saw is Saw.HELD else member


def _overdue(rollout: Rollout, seen: Mapping[str, Seen], now: float) -> Rollout:
    """Who is dark or held beyond the deadline holds its wave no longer; who is ill beyond it has failed."""
    if rollout.wave_began is None or rollout.stopped or rollout.ended is not None:
        return rollout
    of_wave = {m.site: _timed(rollout, m, _of(seen, m), now) for m in rollout.of(rollout.wave)}
    return replace(rollout, members={**rollout.members, **of_wave})


def _timed(rollout: Rollout, member: Member, saw: Seen, now: float) -> Member:
    """One site of the wave after the deadline; the same before it. Who is being sent to ends by its own time-outs."""
    soaked, resumed = rollout.soaks_until, rollout.words.resumed
    since = max(rollout.wave_began or now, member.began or 0, soaked or 0, resumed.at if resumed else 0)
    if now - since < rollout.strategy.deadline_s or saw.saw is Saw.BUSY:
        return member
    nobody_knows = saw.saw in {Saw.DARK, Saw.UNKNOWN}
    if member.state is MemberState.WAITING and saw.saw is not Saw.DIFFERS:
        return member.settled(MemberState.LATE, now, saw.told)
    if member.state is MemberState.GOING:
        told = saw.told or f"is not done after {rollout.strategy.progress_deadline}"
        return member.settled(MemberState.LATE if nobody_knows else MemberState.FAILED, now, told)
    if member.state is MemberState.DONE and soaked is not None and (ill := _ill(member, saw, soaked)):
        return member.settled(MemberState.LATE if nobody_knows else MemberState.FAILED, now, ill)
    return member


def _forward(rollout: Rollout, seen: Mapping[str, Seen], now: float) -> Rollout:
    """The wave, when it begins, ends, and has soaked; the next one then."""
    if rollout.ended is not None or rollout.stopped:
        return rollout
    began = rollout if rollout.wave_began is not None else replace(rollout, wave_began=now)
    if any(not m.is_settled for m in began.of(began.wave)):
        return replace(began, wave_ended=None)
    ended = began if began.wave_ended is not None else replace(began, wave_ended=now)
    if not _has_soaked(ended, seen, now):
        return ended
    if ended.wave + 1 >= ended.waves:
        return replace(ended, ended=now)
    return _forward(replace(ended, wave=ended.wave + 1, wave_began=now, wave_ended=None), seen, now)


def _has_soaked(rollout: Rollout, seen: Mapping[str, Seen], now: float) -> bool:
    due = rollout.soaks_until
    if due is None or not rollout.strategy.soak_s or not _done(rollout):
        return True
    return now >= due and not any(_ill(m, _of(seen, m), due) for m in _done(rollout))


def _ill(member: Member, saw: Seen, due: float) -> str:
    """Why a site that is done is not known to have stood the soak; "" if it has."""
    if saw.saw is not Saw.FOLLOWS:
        return saw.told or f"is {saw.saw}"
    new = sorted(saw.alarms - set(member.alarms))
    if saw.ill or new:
        return saw.ill or f"raised alarms: {', '.join(new)}"
    return "" if saw.at >= due else "was not looked at since the soak"


def _let_go(rollout: Rollout, seen: Mapping[str, Seen], now: float) -> Rollout:
    """As many as may go at a time, those of the wave first; then who is to be caught up."""
    if rollout.stopped:
        return rollout
    free = rollout.strategy.max_concurrent - rollout.count(MemberState.GOING)
    ready = [m for m in _candidates(rollout) if _of(seen, m).saw is Saw.DIFFERS][: max(free, 0)]
    began = {m.site: m.let_go(_of(seen, m), now) for m in ready}
    return replace(rollout, members={**rollout.members, **began}) if began else rollout


def _candidates(rollout: Rollout) -> Iterator[Member]:
    yield from (m for m in rollout.of(rollout.wave) if m.state is MemberState.WAITING)
    again = {MemberState.LATE} if rollout.ended is None else {MemberState.LATE, MemberState.FAILED}
    yield from (m for m in rollout.members.values() if m.state in again)
    yield from (m for m in rollout.members.values() if m.state is MemberState.WAITING and m.wave < rollout.wave)
