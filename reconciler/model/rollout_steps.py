"""A rollout moved on, level by level: what is known of the sites and the time in, the rollout as it follows out. Pure.

Nothing is remembered but what the value holds, so a rollout goes on after a restart, and somebody's word counts as
soon as it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.model.rollout import Member, MemberState, Rollout
from reconciler.model.rollout_health import has_soaked, ill, trouble, watched
from reconciler.model.rollout_look import Saw, Seen

NOBODY: frozenset[str] = frozenset()
UNSEEN = Seen()


def step(rollout: Rollout, seen: Mapping[str, Seen], now: float, others: frozenset[str] = NOBODY) -> Rollout:
    """What follows from what is known now. May be called at any time, and again with the same: then nothing follows.

    others: the sites that are on their way by other rollouts; `maxConcurrent` is for all of them together.
    """
    known = _forgiven(_rewound(closed(rollout, now), now))
    looked = {m.site: _looked(known, m, _of(seen, m), now) for m in known.members.values()}
    timed = _halted(_overdue(replace(known, members=looked), seen, now))
    return _let_go(_forward(timed, seen, now), seen, now, others)


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


def closed(rollout: Rollout, now: float) -> Rollout:
    """The end of one that is left without sites, or with nothing to send, also where it was stopped; or the same."""
    is_empty = all(m.state is MemberState.GONE for m in rollout.members.values())
    is_kept = bool(rollout.words.aborted or rollout.weight)
    is_over = is_empty or (is_kept and not any(map(rollout.has, rollout.members)))
    return replace(rollout, ended=now) if is_over and rollout.ended is None else rollout


def on_their_way(rollout: Rollout, seen: Mapping[str, Seen]) -> frozenset[str]:
    """Its sites that are changed now: those let go, and those to which any commit is being sent still."""
    members = rollout.members.values()
    return frozenset(m.site for m in members if m.state is MemberState.GOING or _of(seen, m).is_busy)


def _of(seen: Mapping[str, Seen], member: Member) -> Seen:
    return seen.get(member.site, UNSEEN)


def _rewound(rollout: Rollout, now: float) -> Rollout:
    """Where the clock was set back nothing happened later than now: what is waited for would be hours away."""
    ahead = [m for m in rollout.members.values() if max(m.began or 0.0, m.ended or 0.0) > now]
    members = {m.site: replace(m, began=_by(m.began, now), ended=_by(m.ended, now)) for m in ahead}
    wave_began, wave_ended = _by(rollout.wave_began, now), _by(rollout.wave_ended, now)
    return replace(rollout, members={**rollout.members, **members}, wave_began=wave_began, wave_ended=wave_ended)


def _by(moment: float | None, now: float) -> float | None:
    return None if moment is None else min(moment, now)


def _forgiven(rollout: Rollout) -> Rollout:
    """A word to go on is one to try again what has failed. It is heard once, whatever the clocks say."""
    word = rollout.words.resumed
    if word is None or word.at == rollout.heeded:
        return rollout
    again = {m.site: m.given_back(m.told) for m in rollout.members.values()
             if m.state is MemberState.FAILED and rollout.has(m.site)}  # fmt: skip
    return replace(rollout, members={**rollout.members, **again}, halted="", heeded=word.at)


def _looked(rollout: Rollout, member: Member, saw: Seen, now: float) -> Member:
    """A site after a look at it."""
    if not rollout.has(member.site):
        return member
    known = member if member.saw is saw.saw else replace(member, saw=saw.saw)
    if saw.saw is Saw.FOLLOWS and not (member.state is MemberState.FAILED and trouble(member, saw)):
        is_older = member.is_settled and saw.at < (member.ended or 0)  # than what was found out without a look
        return known if is_older else known.settled(MemberState.DONE, now)
    if member.state is MemberState.GOING:
        return _gone_on(rollout, known, saw, now)
    told = known.told if member.state is MemberState.FAILED else _told(known, saw)
    return known if told == known.told else replace(known, told=told)


def _told(member: Member, saw: Seen) -> str:
    """What keeps a site back itself; whose turn it is, the rollout tells."""
    if member.state is MemberState.LATE:
        return saw.told or member.told
    return "" if saw.saw in {Saw.DIFFERS, Saw.UNKNOWN} else saw.told


def _gone_on(rollout: Rollout, before: Member, saw: Seen, now: float) -> Member:
    """A site on its way. Who was not looked at since it began to go is as it was, unless nobody goes any more."""
    member = replace(before, is_sent=before.is_sent or saw.is_sent)
    if saw.is_busy:
        return replace(member, told=saw.told)
    if rollout.words.aborted or (rollout.words.paused and not member.is_sent):
        return member.given_back(saw.told)
    if saw.at < (member.began or 0):
        return member
    if saw.saw is Saw.FAILED:
        return member.settled(MemberState.FAILED, now, saw.told)
    if saw.saw is Saw.RESTS and member.is_sent:  # nothing more is sent to it before somebody says yes
        return member.settled(MemberState.LATE, now, saw.told)
    is_kept = saw.saw in {Saw.HELD, Saw.RESTS} or (saw.saw is Saw.DARK and not member.is_sent)
    return member.given_back(saw.told) if is_kept else member


def _overdue(rollout: Rollout, seen: Mapping[str, Seen], now: float) -> Rollout:
    """Who is dark or held beyond the deadline holds its wave no longer; who is ill beyond it has failed.

    What was begun has its deadline whether anybody else goes or not.
    """
    timed = {m.site: _on_time(rollout, m, _of(seen, m), now) for m in rollout.members.values()
             if m.state is MemberState.GOING}  # fmt: skip
    if rollout.wave_began is not None and not rollout.stopped and rollout.ended is None:
        waits = [m for m in rollout.up_to(rollout.wave) if m.state is MemberState.WAITING]
        timed |= {m.site: _awaited(rollout, m, _of(seen, m), now) for m in waits}
        timed |= {m.site: _well(rollout, m, _of(seen, m), now) for m in watched(rollout)}
    return replace(rollout, members={**rollout.members, **timed})


def _is_late(rollout: Rollout, since: float | None, now: float) -> bool:
    resumed = rollout.words.resumed
    began = max(since or 0.0, min(resumed.at, now) if resumed else 0.0)
    return now - began >= rollout.strategy.deadline_s


def _on_time(rollout: Rollout, member: Member, saw: Seen, now: float) -> Member:
    """Who is being sent to ends by its own time-outs. Who is dark after something was sent has failed by it."""
    if saw.is_busy or not _is_late(rollout, member.began, now):
        return member
    if saw.saw is Saw.UNKNOWN:
        return member.settled(MemberState.LATE, now, saw.told)
    return member.settled(MemberState.FAILED, now, saw.told or _not_done(rollout))


def _awaited(rollout: Rollout, member: Member, saw: Seen, now: float) -> Member:
    if saw.is_busy or _is_ready(rollout, saw) or not _is_late(rollout, rollout.wave_began, now):
        return member
    return member.settled(MemberState.LATE, now, saw.ill if saw.saw is Saw.DIFFERS else saw.told)


def _well(rollout: Rollout, member: Member, saw: Seen, now: float) -> Member:
    soaked = rollout.soaks_until
    told = ill(member, saw, soaked) if soaked is not None and rollout.strategy.soak_s else ""
    if not told or saw.is_busy or not _is_late(rollout, soaked, now):
        return member
    known = replace(member, saw=saw.saw)
    if saw.saw in {Saw.DARK, Saw.UNKNOWN}:  # it was well when it was done; its wave watches it no longer
        return replace(known.settled(MemberState.LATE, now, told), is_sent=False)
    return known.settled(MemberState.FAILED, now, told)


def _not_done(rollout: Rollout) -> str:
    return f"is not done after {rollout.strategy.progress_deadline}"


def _halted(rollout: Rollout) -> Rollout:
    """Stopped by what failed, until somebody says to go on: a site that heals gives nobody else's failure back."""
    return replace(rollout, halted=rollout.exceeded) if rollout.exceeded and not rollout.halted else rollout


def _forward(rollout: Rollout, seen: Mapping[str, Seen], now: float) -> Rollout:
    """The wave, when it begins, ends, and has soaked; the next one then."""
    if rollout.ended is not None or rollout.stopped:
        return rollout
    began = rollout if rollout.wave_began is not None else replace(rollout, wave_began=now)
    if any(not m.is_settled for m in began.up_to(began.wave)):
        return replace(began, wave_ended=None)
    ended = began if began.wave_ended is not None else replace(began, wave_ended=now)
    if not has_soaked(ended, seen, now):
        return ended
    if _is_untried(ended):
        why = f"none of its canaries could be sent to; `stxr rollout resume {ended.id}` goes on without them"
        return replace(ended, halted=why)
    if ended.wave + 1 >= ended.waves:
        return replace(ended, ended=now)
    return _forward(replace(ended, wave=ended.wave + 1, wave_began=now, wave_ended=None), seen, now)


def _is_untried(rollout: Rollout) -> bool:
    """The canaries were dark or held, all of them, and nobody has said to go on."""
    tried = (m.state is MemberState.DONE or m.is_sent for m in rollout.of(rollout.wave))
    return rollout.tries_canaries and rollout.heeded is None and not any(tried)


def _let_go(rollout: Rollout, seen: Mapping[str, Seen], now: float, others: frozenset[str]) -> Rollout:
    """As many as may go at a time, those of the wave first; then who is to be caught up."""
    if rollout.stopped:
        return rollout
    going = on_their_way(rollout, seen) | others
    ready = (m for m in _candidates(rollout) if m.site not in going and _is_ready(rollout, _of(seen, m)))
    free = max(rollout.strategy.max_concurrent - len(going), 0)
    began = {m.site: m.let_go(_of(seen, m), now) for m, _ in zip(ready, range(free), strict=False)}
    return replace(rollout, members={**rollout.members, **began}) if began else rollout


def _is_ready(rollout: Rollout, saw: Seen) -> bool:
    """It can be sent to, and what is raised later can be told from what stands now."""
    return saw.saw is Saw.DIFFERS and (saw.is_heard or not rollout.strategy.soak_s)


def _candidates(rollout: Rollout) -> Iterator[Member]:
    yield from (m for m in rollout.of(rollout.wave) if m.state is MemberState.WAITING)
    yield from (m for m in rollout.members.values() if m.state is MemberState.LATE)
    yield from (m for m in rollout.members.values() if m.state is MemberState.WAITING and m.wave < rollout.wave)
