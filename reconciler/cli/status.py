"""`stxr status`: what is known of every site, and how old that is. From the store; asks no site."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import typer

from reconciler.cli import results as shown
from reconciler.cli.options import STATE, Database, Format, Show, Sites, State
from reconciler.cli.where import known, must_be_there
from reconciler.model.alarm import AlarmSeverity, Teller
from reconciler.model.alarming import Alarming
from reconciler.model.dark import in_words as lit
from reconciler.model.errors import ConfigError
from reconciler.model.expiry import ExpiryState
from reconciler.model.verdict import Verdict
from reconciler.model.wire import verdict_json
from reconciler.model.words import Cause
from reconciler.model.words import State as SiteState
from reconciler.review.words import plural
from reconciler.store import alarming_of, verdicts_of

FEW = 3  # sites that a line names
WENT_WRONG = frozenset((SiteState.FAILED, SiteState.INVALID, SiteState.UNREACHABLE))


def status(sites: Sites = None, state: State = STATE, database: Database = "", show: Show = Format.TEXT) -> None:
    """Show the last verdict of each site with its age, worst first. Exit: 1 no such site, or no store to look into."""
    must_be_there(state, database)
    found = _chosen(verdicts_of(state, database), sites or [], (state, database))
    now, alarming = time.time(), alarming_of(state, database)
    if show is Format.JSON:
        told = [verdict_json(v) | {"age_seconds": _age_s(v, now)} for v in found]
        shown.as_json({"sites": told, "alarming": asdict(alarming)})
        return
    standing = alarm_lines(found, now) if sites else ()
    for line in (*status_lines(found, now), *standing, *alarming_lines(alarming, now)):
        typer.echo(line)


def _chosen(verdicts: list[Verdict], sites: list[str], where: tuple[Path, str]) -> list[Verdict]:
    if missing := sorted(set(sites) - {v.site for v in verdicts}):
        known(*where).site(missing[0])
        raise ConfigError(f"nothing is known of {', '.join(missing)} yet: nobody has looked at it")
    return [v for v in verdicts if not sites or v.site in sites]


def status_lines(verdicts: list[Verdict], now: float) -> Iterator[str]:
    """A table without frames, and what to do about the worst of it."""
    if not verdicts:
        yield "no site was looked at yet: `stxr run` looks at all of them, `stxr apply` at those it is given"
        return
    rows = [_row(v, now) for v in sorted(verdicts, key=lambda v: (v.is_in_sync, v.state, v.site))]
    header = ("SITE", "STATE", "AGE", "DRIFT", "PENDING", "PLAN", "REASON")
    widths = [max(len(str(row[i])) for row in [header, *rows]) for i in range(len(header) - 1)]
    for row in [header, *rows]:
        cells = [str(cell).ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*cells, str(row[-1])]).rstrip()
    yield from (line for v in verdicts for line in (*_stuck(v, now), *_unlit(v, now), *_ending(v, now), *_kept(v, now)))
    yield from (f"  {v.site}: {resource}: {why}" for v in verdicts for resource, why in v.removals.items())
    yield from _undeleted(verdicts)
    counted = Counter(str(v.state) for v in verdicts)
    yield f"{plural(len(verdicts), 'site')}: " + ", ".join(f"{n} {state}" for state, n in sorted(counted.items()))
    yield from _running(verdicts)


def _undeleted(verdicts: list[Verdict]) -> Iterator[str]:
    """Why nothing that Git removed is deleted, once for all whom the same keeps from it."""
    sites: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.no_deletes:
            sites.setdefault(verdict.no_deletes, []).append(verdict.site)
    for why, names in sites.items():
        yield f"  {', '.join(names) if len(names) <= FEW else plural(len(names), 'site')}: {why}"


def _running(verdicts: list[Verdict]) -> Iterator[str]:
    """Where sites run several releases: how many each, the most first, and by name where they are few."""
    sites: dict[str, list[str]] = {}
    for verdict in sorted(verdicts, key=lambda each: each.site):
        if verdict.release:
            sites.setdefault(verdict.release, []).append(verdict.site)
    if len(sites) > 1:
        most_first = sorted(sites.items(), key=lambda each: (-len(each[1]), each[0]))
        yield "releases: " + ", ".join(f"{len(names)} on {release}{_named(names)}" for release, names in most_first)


def _named(names: list[str]) -> str:
    return f" ({', '.join(names)})" if len(names) <= FEW else ""


def alarm_lines(verdicts: list[Verdict], now: float) -> Iterator[str]:
    """What stands in the Fault Management of each site, the worst first, and how old that is."""
    for verdict in verdicts:
        if (alarms := verdict.alarms) is None:
            continue
        counted = ", ".join(f"{alarms.counts[s]} {s}" for s in reversed(AlarmSeverity) if alarms.counts.get(s))
        by = ", counted by dcmanager" if alarms.told_by is Teller.DCMANAGER else ""
        yield f"  {verdict.site}: alarms: {counted or 'none'} ({in_words(now - alarms.at)} ago{by})"
        for one in alarms.worst:
            since = f" since {one.since.partition('.')[0]}Z" if one.since else ""
            held = ", holds orchestrations" if one.affects_management else ""
            yield f"    {one.id} {one.severity} {one.entity}{since}{held}: {one.reason}"
        if alarms.worst and (more := alarms.total - len(alarms.worst)):
            yield f"    and {more} more"


def alarming_lines(alarming: Alarming, now: float) -> Iterator[str]:
    """Of the alarms that we raise on the system controller: how many stand, or why they are not kept."""
    if alarming.failing_since is not None:
        since = in_words(now - alarming.failing_since)
        tries = f"{alarming.tries} tries" if alarming.tries > 1 else "1 try"
        yield f"alarms of the system controller: not kept for {since} ({tries}): {alarming.error}"
    elif alarming.may_stand:
        yield f"alarms of the system controller: {plural(alarming.stand, 'alarm')} of drift"


def _row(verdict: Verdict, now: float) -> tuple[str, ...]:
    causes = Counter(d.cause for d in verdict.differences)
    age = _age_s(verdict, now)
    counts = (str(causes[Cause.DRIFTED] or "-"), str(causes[Cause.PENDING] or "-"))
    return (
        verdict.site,
        verdict.state,
        "never" if age is None else in_words(age),
        *counts,
        verdict.plan_id or "-",
        _said(verdict, now),
    )


def _stuck(verdict: Verdict, now: float) -> Iterator[str]:
    """Each host that is stuck: how, since when, until when it should have been back, and what comes next."""
    for one in verdict.conditions:
        until = f", due {in_words(now - one.until)} ago" if one.until else ""
        yield f"  {verdict.site}: {one.in_words} (since {in_words(now - one.since)}{until})"
        yield f"    next: {one.next_move(verdict.site)}"


def _unlit(verdict: Verdict, now: float) -> Iterator[str]:
    """What the controllers of a dark site's hosts say, or of hosts that are not well, and when they were asked."""
    for sight in verdict.boards or verdict.ailing:
        yield f"  {verdict.site}: {sight.in_words} ({in_words(now - sight.at)} ago)"
        if not verdict.boards:
            mend = f"docs/boards.md, {sight.trouble}" if sight.trouble else "have the part changed that it names"
            yield f"    next: stxr board {verdict.site} --host {sight.host}; {mend}"


def _ending(verdict: Verdict, now: float) -> Iterator[str]:
    """Certificates that end soon, and unlike those the ones that have ended."""
    told = [
        one for one in sorted(verdict.certificates, key=lambda each: each.at) if one.state(now) is not ExpiryState.FINE
    ]
    yield from (f"  {verdict.site}: {one.in_words(now)} ({one.state(now).severity})" for one in told)
    if told:
        yield "    next: put a newer one where its secret is; for what the site makes itself: docs/certificates.md"


def _kept(verdict: Verdict, now: float) -> Iterator[str]:
    """A backup that is late, or that did not go well, with what the central cloud says of it."""
    if (backup := verdict.backup) is None or not (backup.error or backup.is_late(now)):
        return
    last = (
        "none went well yet" if backup.good_at is None else f"the last went well {in_words(now - backup.good_at)} ago"
    )
    late = f"; late for {in_words(now - (backup.late_at or now))}" if backup.is_late(now) else ""
    failed = f"; {backup.status}: {backup.error}" if backup.error else ""
    yield f"  {verdict.site}: backup: {last}{late}{failed}"
    yield f"    next: {_MEND if backup.error else _ASK.format(site=verdict.site)}"


_MEND = "mend what dcmanager says; it is asked for again by itself, an hour later"
_ASK = "dcmanager subcloud show {site}: it has to be managed, online and complete, its mode apply, and nobody's word against it"


def _said(verdict: Verdict, now: float) -> str:
    """What keeps the site from being in sync, in one line: for a gate since when, and when it may open.

    What went wrong comes before what held its plan, or a part of it. A site that is dark for want of power reads unlike
    one whose hosts run.
    """
    if verdict.state in WENT_WRONG or not verdict.holds or verdict.conditions:
        first_line = verdict.message.splitlines()[0] if verdict.message else verdict.reason
        return "; ".join(filter(None, (lit(verdict.boards), first_line)))
    first = verdict.holds[0]
    since = f"since {in_words(now - first.since)}" if first.since else ""
    until = f"may open in {in_words(first.until - now)}" if first.until else ""
    times = ", ".join(filter(None, (since, until)))
    more = f"; and {len(verdict.holds) - 1} more" if len(verdict.holds) > 1 else ""
    return f"{first.gate}: {first.reason}" + (f" ({times})" if times else "") + more


def in_words(seconds: float) -> str:
    """`42s`, `7m`, `3h`, `2d`: the largest unit that fits."""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size:.0f}{unit}"
    return f"{max(seconds, 0):.0f}s"


def _age_s(verdict: Verdict, now: float) -> float | None:
    return None if verdict.observed_at is None else now - verdict.observed_at
