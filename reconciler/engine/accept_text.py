"""What accepting is called in Git and on a forge: the commit's message, and the pull request with the drift's past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from reconciler.engine.accept import Acceptance
from reconciler.engine.accept_wishes import Item
from reconciler.model.drift import Drift, Place
from reconciler.model.wire import plain
from reconciler.review.foreign import code
from reconciler.review.words import plural

LONGEST_SUBJECT = 72  # that every tool shows whole
MOST_VALUES = 100  # told in a pull request; the commit has them all
MOST_CLUES = 3


def subject(result: Acceptance) -> str:
    """One line: the site, and what is accepted."""
    named = f"Accept {', '.join(item.name for item in result.items)} of {result.site}"
    return named if len(named) <= LONGEST_SUBJECT else f"Accept {plural(len(result.items), 'value')} of {result.site}"


def message(result: Acceptance) -> str:
    """The commit's: the same, and each value with what it was."""
    return "\n".join([subject(result), "", *map(item_line, result.items), ""])


def item_line(item: Item) -> str:
    return f"{item.name}: {value_text(item.was)} → {value_text(item.now)}"


def value_text(value: Any) -> str:
    return "nothing" if value is None else orjson.dumps(plain(value), default=str).decode()


def description(result: Acceptance, known: Mapping[Place, Drift], by: str = "") -> str:
    """The pull request's text: each value with since when it drifts, and what was noted at the site then.

    known: the site's drift. by: who asked for it. What sites and people wrote stands in code.
    """
    return "\n".join(_lines(result, known, by))


def _lines(result: Acceptance, known: Mapping[Place, Drift], by: str) -> Iterator[str]:
    who = f" Asked for by {code(by)}." if by else ""
    yield f"The site {code(result.site)} is not as Git says. Merged, Git says what the site shows; nothing is sent to it.{who}"
    yield ""
    for item in result.items[:MOST_VALUES]:
        yield f"- {code(item.name)}: {code(value_text(item.was))} → {code(value_text(item.now))}"
        drift = known.get((str(item.key), item.attribute))
        yield from (f"  - {line}" for line in (_past(drift, result.site) if drift else ()))
    if len(result.items) > MOST_VALUES:
        yield f"- and {plural(len(result.items) - MOST_VALUES, 'value')} more, in the commit"
    if result.reached:
        yield from (
            "",
            f"It changes {plural(len(result.reached), 'other site')} too: {', '.join(map(code, result.reached))}.",
        )
    for item, why in result.refused:
        yield f"- not accepted: {code(item.name)}: {code(why, 500)}"


def _past(drift: Drift, site: str) -> Iterator[str]:
    times = f", {plural(len(drift.onsets), 'time')} lately" if len(drift.onsets) > 1 else ""
    yield f"drifts since {_moment(drift.first_seen)}{times}, last seen {_moment(drift.last_seen)}"
    for clue in drift.clues[:MOST_CLUES]:
        what = " ".join(filter(None, (clue.id, clue.state, clue.entity, clue.reason)))
        yield f"noted at the site {_moment(clue.at)}: {code(what)}"
    if drift.difference.origin:
        yield f"Git says otherwise at {code(drift.difference.origin)}"
    mark = drift.fingerprint
    yield (
        f"fingerprint `{mark}`: `stxr drift {site} --fingerprint {mark}` has where else it is, "
        f"`stxr drift {site} --history --fingerprint {mark}` (`GET /api/v1/drift/history?fingerprint={mark}`) its past"
    )


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
