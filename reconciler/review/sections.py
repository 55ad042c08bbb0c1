"""The parts of a review's comment, each a function of the review and of how much may be said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reconciler.model.review import Group, Held, Review
from reconciler.model.verdict import Difference
from reconciler.review.cost_text import site_cost
from reconciler.review.difference_text import difference_lines, subjects
from reconciler.review.effects import Effect, effects
from reconciler.review.forecast_text import forecast_lines
from reconciler.review.foreign import block, code, html_code
from reconciler.review.headline import in_short
from reconciler.review.names import more, names
from reconciler.review.proof_text import proof_lines
from reconciler.review.words import listed, moment, plural, ranges

NAMED = 8  # names, or runs of them, in a line
FIELDS = 3  # that a heading names
OTHERS = 2  # values that a line names
MANY = 3  # so many values of one edit are told each by itself


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


def errors(review: Review, room: Room) -> Iterator[str]:
    """What has to be mended, at its place in the repository."""
    if not review.errors:
        return
    yield from ("#### Errors", "")
    at_home = (replace(error, file=review.path_of(error)) for error in review.errors[: room.errors])
    yield from (f"- {code(error.in_words, 500)}" for error in at_home)
    yield from more(len(review.errors) - room.errors, "error")
    yield ""


def edits(review: Review, room: Room) -> Iterator[str]:
    """Each edit with the sites that it reaches."""
    known = effects(review)
    for effect in known[: room.edits]:
        yield from _effect(effect, room)
    yield from more(len(known) - room.edits, "edit")


def _effect(effect: Effect, room: Room) -> Iterator[str]:
    """Each price that the edit has on some sites in full, once; other values of it in a line each."""
    told: list[Group] = []
    lines: list[Group] = []
    for group in effect.groups:
        is_new = all(_way(group) != _way(one) for one in told)
        (told if is_new and len(told) < room.groups else lines).append(group)
    for group in told:
        yield from _group(group, room, [one for one in effect.groups if _way(one) == _way(group)])
    yield from _variants("The same fields, otherwise", lines, told, room)
    yield from _variants("Exceptions", effect.exceptions, told, room)


def _way(group: Group) -> tuple[Any, ...]:
    """What it costs, and what is left out of it."""
    return group.cost, tuple(group.example.blocked.items())


def _group(group: Group, room: Room, alike: Sequence[Group]) -> Iterator[str]:
    """One group in full. alike: those of its edit that pay the same price; where none is wide, it stands for them all."""
    yield from (f"#### {_title(group, alike)}", "")
    cost = site_cost(group.cost)
    each = f"Each: {cost}" if len(group.sites) > 1 or _stands_for(group, alike) else f"{cost[:1].upper()}{cost[1:]}"
    yield from (f"{names(group.sites, min(room.names, NAMED))}. {each}.", "")
    yield from block(_cut(list(difference_lines(group.example.differences)), room.lines), "diff")
    yield ""
    yield from _beside(group)
    if room.has_details:
        yield from _details(group, room)


def _title(group: Group, alike: Sequence[Group]) -> str:
    if not _stands_for(group, alike):
        return f"{plural(len(group.sites), 'site')}: {_what(group)}"
    sites = sum(len(one.sites) for one in alike)
    return f"{plural(sites, 'site')}, {len(alike):,} different values: {_what(group)}, for example"


def _stands_for(group: Group, alike: Sequence[Group]) -> bool:
    """Whether it is one of many, none of which has most of the sites."""
    return len(alike) > MANY and 2 * len(group.sites) <= sum(len(one.sites) for one in alike)


def _what(group: Group) -> str:
    """Which fields change, the first few of them."""
    fields = subjects(group.example.differences)
    others = f" and {len(fields) - FIELDS:,} more" if len(fields) > FIELDS else ""
    told = [code(field) for field in fields[:FIELDS]]
    return (", ".join(told) + others if others else listed(told)) or "what could not be judged"


def _beside(group: Group) -> Iterator[str]:
    """What is to be known beside the values."""
    example, of = group.example, f"on {code(group.example.site)}" if len(group.sites) > 1 else ""
    notes = [f"{code(resource)} is not planned: {code(why, 500)}" for resource, why in example.blocked.items()]
    if example.unjudged:
        notes.append(f"{plural(len(example.unjudged), 'resource')} could not be judged {of}".rstrip())
    if group.differing:
        where = plural(len(group.differing), "site") if len(group.sites) > 1 else "the site"
        notes.append(f"on {where} other values differ already: they are no part of this, nor of what it costs")
    if notes:
        yield from (f"- {note}" for note in notes)
        yield ""


def _details(group: Group, room: Room) -> Iterator[str]:
    """The order of work, where anybody feels it."""
    example = group.example
    if not example.felt:
        return
    lines = [*example.stages, "", "What is felt:", *(f"  {line}" for line in example.felt)]
    named = f", on {html_code(example.site)}" if len(group.sites) > 1 else ""
    yield from (f"<details><summary>in which order, and what each host feels{named}</summary>", "")
    yield from block(_cut(lines, room.lines), "text")
    yield from ("", "</details>", "")


def _variants(title: str, groups: Sequence[Group], told: Sequence[Group], room: Room) -> Iterator[str]:
    """Groups in a line each: what is otherwise than in those that were told in full. Their values are collapsed."""
    if not groups:
        return
    sites = sum(len(group.sites) for group in groups)
    yield from (f"{title}, on {plural(sites, 'site')}:", "")
    for group in groups[: room.exceptions]:
        yield f"- {names(group.sites, 4)}: {_otherwise(group, told)}"
    yield from more(len(groups) - room.exceptions, "group")
    yield ""
    shown = [group for group in groups[: room.exceptions] if len(_others(group, told)) > OTHERS]
    if room.has_details and shown:
        yield from ("<details><summary>what changes there</summary>", "")
        yield from block(_cut(list(_told(shown)), 2 * room.lines), "diff")
        yield from ("", "</details>", "")


def _otherwise(group: Group, told: Sequence[Group]) -> str:
    """How a group is another one: by its values, its cost, what is left out, what it rests on."""
    equal = next((one for one in told if _way(one) == _way(group)), None)
    parts = [f"{code(d.attribute or d.resource)} {code(d.observed, 40)} to {code(d.desired, 40)}"
             for d in _others(group, told)[:OTHERS]]  # fmt: skip
    parts += [] if equal else [site_cost(group.cost), *_not_planned(group)]
    basis = f"read {moment(group.read_at)}" if group.read_at is not None else "estimated"
    parts += [basis] if told and group.is_exact != told[0].is_exact else []
    return "; ".join(parts) or "the same, in another order"


def _not_planned(group: Group) -> Iterator[str]:
    """The first change that is left out, and why."""
    for resource, why in list(group.example.blocked.items())[:1]:
        rest = len(group.example.blocked) - 1
        yield f"{code(resource)} is not planned: {code(why)}" + (f", and {rest:,} more" if rest else "")


def _others(group: Group, told: Sequence[Group]) -> list[Difference]:
    """The differences that the first group, which is told in full, has not."""
    known = {(d.place, d.observed, d.desired) for one in told[:1] for d in one.example.differences}
    return [d for d in group.example.differences if (d.place, d.observed, d.desired) not in known]


def _told(groups: Iterable[Group]) -> Iterator[str]:
    for group in groups:
        yield f"# {plural(len(group.sites), 'site')}, one of them {group.example.site}"
        yield from difference_lines(group.example.differences)
        yield from (f"! {resource}: not planned, {why}" for resource, why in group.example.blocked.items())


def others(review: Review, room: Room) -> Iterator[str]:
    """Sites that come, go, or are mended."""
    told = (
        ("New", review.new, "What a new site takes is planned once it is installed and answers"),
        ("No longer managed", review.gone, "Nothing changes there"),
        ("Mended", review.broken, "What the base says of it is wrong: what changes there, only the site can say"),
    )
    for title, sites, what in told:
        if sites:
            yield f"- {title}: {plural(len(sites), 'site')}, {names(sites, room.names)}. {what}."
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
    until = f", until {moment(one.until)} at the earliest" if one.until is not None else ""
    sites = f": {plural(len(one.sites), 'site')}, {names(one.sites, min(room.names, NAMED))}" if one.sites else ""
    return f"{one.gate.value.replace('_', ' ')}: {code(in_short(one), 500)}{until}{sites}"


def sites(review: Review, room: Room) -> Iterator[str]:
    """Every site by name, collapsed, where not all of them stand above."""
    if not room.has_details or all(len(list(ranges(group.sites))) <= NAMED for group in review.groups):
        return
    yield from (f"<details><summary>all {plural(len(review.sites), 'site')} by name</summary>", "")
    for group in review.groups[: room.edits * room.groups]:
        yield f"- {_what(group)}, {site_cost(group.cost)}: {names(group.sites, room.names)}"
    yield from more(len(review.groups) - room.edits * room.groups, "group")
    yield from ("", "</details>", "")


def _cut(lines: Sequence[str], most: int) -> Iterator[str]:
    yield from lines[:most]
    if len(lines) > most:
        yield f"… {plural(len(lines) - most, 'line')} more"
