"""The parts of a review's comment, each a function of the review and of how much may be said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.model.review import Effect, Finding, Group, Held, Review
from reconciler.review.cost_text import site_cost
from reconciler.review.difference_text import difference_lines, subjects
from reconciler.review.forecast_text import forecast_lines
from reconciler.review.foreign import block, code, html_code
from reconciler.review.names import more, names
from reconciler.review.proof_text import proof_lines
from reconciler.review.words import listed, moment, plural


@dataclass(frozen=True, slots=True)
class Room:
    """How much is told, in numbers of each: edits, groups of an edit, exceptions of it, lines of an example, names."""

    edits: int = 15
    groups: int = 5
    exceptions: int = 10
    lines: int = 40
    names: int = 60
    errors: int = 50
    has_details: bool = True


def errors(found: Sequence[Finding], room: Room) -> Iterator[str]:
    """What has to be mended, at its place."""
    if not found:
        return
    yield from ("#### Errors", "")
    yield from (f"- {code(error.in_words, 500)}" for error in found[: room.errors])
    yield from more(len(found) - room.errors, "error")
    yield ""


def effects(review: Review, room: Room) -> Iterator[str]:
    """Each edit with the sites that it reaches."""
    for effect in review.effects[: room.edits]:
        yield from _effect(effect, room)
    yield from more(len(review.effects) - room.edits, "edit")


def _effect(effect: Effect, room: Room) -> Iterator[str]:
    for group in effect.groups[: room.groups]:
        yield from _group(group, room)
    left = effect.groups[room.groups :]
    if left:
        yield from (f"The same fields, to other values or in another way, on {_reached(left)}:", "")
        yield from _variants(left, room)
    if effect.exceptions:
        yield from (f"Exceptions to this, on {_reached(effect.exceptions)}:", "")
        yield from _variants(effect.exceptions, room)


def _reached(groups: Iterable[Group]) -> str:
    return plural(sum(len(group.sites) for group in groups), "site")


def _group(group: Group, room: Room) -> Iterator[str]:
    told = listed([code(subject) for subject in subjects(group.example.differences)[:3]])
    others = len(subjects(group.example.differences)) - 3
    what = (told + (f" and {others} more" if others > 0 else "")) or "what could not be judged"
    yield from (f"#### {plural(len(group.sites), 'site')}: {what}", "")
    yield from (f"{names(group.sites, min(room.names, 8))}. Each: {site_cost(group.cost)}.", "")
    yield from block(_cut(list(difference_lines(group.example.differences)), room.lines), "diff")
    yield ""
    yield from _beside(group)
    if room.has_details:
        yield from _details(group, room)


def _beside(group: Group) -> Iterator[str]:
    """What is to be known beside the values."""
    example, of = group.example, f"on {code(group.example.site)}" if len(group.sites) > 1 else ""
    notes = [f"{code(resource)} is not planned: {code(why, 500)}" for resource, why in example.blocked.items()]
    if example.unjudged:
        notes.append(f"{plural(len(example.unjudged), 'resource')} could not be judged {of}".rstrip())
    if example.before:
        notes.append(f"{plural(len(example.before), 'value')} differed already before this change {of}".rstrip())
    if notes:
        yield from (f"- {note}" for note in notes)
        yield ""


def _details(group: Group, room: Room) -> Iterator[str]:
    example = group.example
    lines = [*example.stages, *(("", "What is felt:") if example.felt else ()), *(f"  {f}" for f in example.felt)]
    if not lines:
        return
    summary = "in which order, and what each host feels"
    named = f", on {html_code(example.site)}" if len(group.sites) > 1 else ""
    yield from (f"<details><summary>{summary}{named}</summary>", "")
    yield from block(_cut(lines, room.lines), "text")
    yield from ("", "</details>", "")


def _variants(groups: Sequence[Group], room: Room) -> Iterator[str]:
    """Groups in a line each, and their values collapsed."""
    for group in groups[: room.exceptions]:
        yield f"- {plural(len(group.sites), 'site')} ({names(group.sites, 4)}): {site_cost(group.cost)}"
    yield from more(len(groups) - room.exceptions, "group")
    yield ""
    if room.has_details:
        yield from ("<details><summary>what changes there</summary>", "")
        yield from block(_cut(list(_told(groups[: room.exceptions])), 2 * room.lines), "diff")
        yield from ("", "</details>", "")


def _told(groups: Iterable[Group]) -> Iterator[str]:
    for group in groups:
        yield f"# {plural(len(group.sites), 'site')}, one of them {group.example.site}"
        yield from difference_lines(group.example.differences)
        yield from (f"! {resource}: not planned, {why}" for resource, why in group.example.blocked.items())


def others(review: Review, room: Room) -> Iterator[str]:
    """Sites that come, go, or are mended."""
    told = (
        (review.new, "new; what it takes is planned once they are installed and answer"),
        (review.gone, "no longer managed; nothing on them changes"),
        (review.broken, "the base says them wrongly and this mends it; what changes, only they can say"),
    )
    for sites, what in told:
        if sites:
            yield f"- {plural(len(sites), 'site')} ({names(sites, room.names)}): {what}"
    if review.new or review.gone or review.broken:
        yield ""


def forecast(review: Review, room: Room) -> Iterator[str]:
    """How long it takes, where that was estimated."""
    if review.forecast and (told := list(forecast_lines(review.forecast, room.exceptions))):
        yield from ("#### Forecast", "", *told, "")


def proofs(review: Review, room: Room) -> Iterator[str]:
    """What came of running the plans on twins, where that was done."""
    if review.proofs:
        yield from ("#### Proof on twins", "")
        yield from proof_lines(review, room.exceptions)
        yield ""


def held(review: Review, room: Room) -> Iterator[str]:
    """What would keep the plans from being sent if the change were merged now."""
    if not review.held:
        return
    yield from ("#### Held if it were merged now", "")
    yield from (f"- {_held(one, room)}" for one in review.held[: room.exceptions])
    yield from more(len(review.held) - room.exceptions, "reason")
    yield ""


def _held(one: Held, room: Room) -> str:
    until = f", at the earliest until {moment(one.until)}" if one.until is not None else ""
    sites = f": {plural(len(one.sites), 'site')} ({names(one.sites, min(room.names, 8))})" if one.sites else ""
    return f"{one.gate.value.replace('_', ' ')}: {code(one.reason, 500)}{until}{sites}"


def sites(review: Review, room: Room) -> Iterator[str]:
    """Every site by name, collapsed."""
    if not room.has_details or not review.groups:
        return
    yield from (f"<details><summary>all {plural(len(review.sites), 'site')} by name</summary>", "")
    for group in review.groups[: room.edits * room.groups]:
        basis = f"read {moment(group.read_at)}" if group.read_at is not None else "estimated"
        yield f"- {site_cost(group.cost)}, {basis}: {names(group.sites, room.names)}"
    yield from more(len(review.groups) - room.edits * room.groups, "group")
    yield from ("", "</details>", "")


def _cut(lines: Sequence[str], most: int) -> Iterator[str]:
    yield from lines[:most]
    if len(lines) > most:
        yield f"… {plural(len(lines) - most, 'line')} more"
