"""The sentences that a manager reads: how many sites, what they feel, who has to say yes, what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reconciler.model.review import Held, Review
from reconciler.review.cost_text import fleet_cost
from reconciler.review.forecast_text import forecast_sentence
from reconciler.review.proof_text import proof_sentence
from reconciler.review.words import does, listed, moment, plural

MOST = 3  # reasons of one sort that are told here; all of them are told below

Quote = Callable[[str], str]


def headline(review: Review, quote: Quote = str) -> str:
    """One paragraph. quote: makes text that others wrote harmless where the paragraph goes."""
    return " ".join((*gist(review), *rest(review, quote)))


def gist(review: Review) -> Iterator[str]:
    """What has to be read if nothing else is: without any text that others wrote."""
    if review.errors:
        yield f"It cannot be merged as it is: {plural(len(review.errors), 'error')}."
    yield _reach(review)
    if review.groups:
        yield from fleet_cost(review)


def rest(review: Review, quote: Quote = str) -> Iterator[str]:
    """How long it takes, who has to say yes, what would hold it, whether it is proved, and on what all that rests."""
    if review.groups and (told := forecast_sentence(review.forecast)):
        yield told
    if review.approvals:
        yield f"It needs approval: {reasons(review.approvals, quote)}."
    if others := [held for held in review.held if not held.asks]:
        yield f"Held if it were merged now: {reasons(others, quote)}."
    if review.groups and (proved := proof_sentence(review)):
        yield proved
    if review.groups:
        yield _ground(review)


def _reach(review: Review) -> str:
    changing, added = len(review.sites) - len(review.added), len(review.added)
    is_part = review.fleet > changing
    some = f"{changing:,} of {plural(review.fleet, 'site')}" if is_part else plural(changing, "site")
    parts = [f"{some} {'changes' if changing == 1 else 'change'}"] if changing else []
    parts += [does(added, "site", "is", "are") + " to be deployed"] if added else []
    parts += [does(len(review.new), "site", "is", "are") + " new"] if review.new else []
    parts += [does(len(review.gone), "site", "is", "are") + " no longer managed"] if review.gone else []
    parts += [does(len(review.broken), "site", "is", "are") + " mended"] if review.broken else []
    if review.errors and not parts:
        return "What it would change can be told once that is mended."
    return f"{listed(parts) or 'Nothing changes on any site'}."


def reasons(held: Iterable[Held], quote: Quote = str) -> str:
    """Why, and on how many sites."""
    told = [_reason(one, quote) for one in held]
    more = f"; and {plural(len(told) - MOST, 'other reason')}" if len(told) > MOST else ""
    return "; ".join(told[:MOST]) + more


def _reason(held: Held, quote: Quote) -> str:
    until = f", until {moment(held.until)}" if held.until is not None else ""
    sites = f" ({plural(len(held.sites), 'site')}{until})" if held.sites else ""
    return f"{'' if held.sites else 'as a whole, for '}{quote(in_short(held))}{sites}"


def in_short(held: Held) -> str:
    """Its reason, where the word of its gate stands before it."""
    return held.reason.removeprefix("waits for approval: ").removeprefix("waits for approval of ")


def _ground(review: Review) -> str:
    """What it rests on, and what is not in it."""
    guessed = sum(len(group.sites) for group in review.groups if not group.is_exact)
    read = [group.read_at for group in review.groups if group.read_at is not None]
    told = [f"The oldest reading that it rests on is of {moment(min(read))}."] if read else []
    told += ["What the documents of new sites take is planned once these are deployed."] if review.added else []
    if guessed and guessed == len(review.sites):
        told = ["It is an estimate: every site is taken to be as Git said before.", *told]
    elif guessed:
        told = [f"It is an estimate for {plural(guessed, 'site')}, taken to be as Git said before.", *told]
    return " ".join(told)
