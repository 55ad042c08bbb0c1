"""`stxr suspend`, `resume`, `approve`, `reject`: a person's word, heeded by the controller at once. Asks no site."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer

from reconciler.cli import results as shown
from reconciler.cli.options import STATE, Database, Format, Show, State
from reconciler.cli.where import heard, known, must_be_there
from reconciler.engine.answers import Answers, Named
from reconciler.engine.heard import Heard
from reconciler.engine.known import Known
from reconciler.model.approval import Answer, Saying, Subject
from reconciler.model.errors import ConfigError
from reconciler.model.words import Disruption
from reconciler.review.words import plural
from reconciler.store import speaking, verdicts_of

Reason = Annotated[str, typer.Option("--reason", help="Why; it is shown wherever it holds something.")]
Group = Annotated[bool, typer.Option("--group", help="The names are groups of fleet.yaml.")]
Names = Annotated[list[str], typer.Argument(help="Sites, or groups with --group.", metavar="NAME...")]
Resumed = Annotated[
    list[str] | None, typer.Argument(help="Sites, or groups with --group or --breaker.", metavar="[NAME]...")
]
IsBreaker = Annotated[
    bool,
    typer.Option("--breaker", help="Close the breaker of these groups; every one that is open where none is named."),
]
Because = Annotated[str, typer.Option("--reason", help="Why, for the audit.")]
Unseen = Annotated[bool, typer.Option("--unseen", help="Also of names that no site has yet.")]
Plans = Annotated[
    list[str] | None, typer.Argument(help="Plans by their ids, as `stxr status` shows them.", metavar="[PLAN]...")
]
Change = Annotated[
    str, typer.Option("--change", help="All that is equal on many sites, by its fingerprint.", metavar="FINGERPRINT")
]
RolloutId = Annotated[
    str,
    typer.Option(
        "--rollout", help="The plans of a rollout's sites, and the commit as a whole, by its id.", metavar="ID"
    ),
]
UpTo = Annotated[
    Disruption | None,
    typer.Option(
        "--up-to",
        help="With --change and --rollout: not where a plan costs more. What they cost most now, up to a reboot, without.",
    ),
]


def suspend(
    names: Names,
    reason: Reason,
    group: Group = False,
    unseen: Unseen = False,
    state: State = STATE,
    database: Database = "",
    show: Show = Format.TEXT,
) -> None:
    """Send nothing to these sites until they are resumed; they are looked at all the same.

    Exit: 0 suspended, 1 a name is not known, and nothing was suspended.
    """
    if not unseen:
        must_be_there(state, database)
        _are_known(names, known(state, database), is_group=group)
    with speaking(state, "suspend", database) as store:
        for name in names:
            store.words.suspend(getuser(), reason, **_scoped(name, is_group=group))
    _told({"suspended": names, "is_group": group, "reason": reason}, (f"{n}: suspended: {reason}" for n in names), show)


def _are_known(names: list[str], there: Known, *, is_group: bool) -> None:
    for name in names:
        try:
            (there.group if is_group else there.site)(name)
        except ConfigError as unknown:
            raise ConfigError(f"{unknown} (nothing was suspended; --unseen suspends it all the same)") from None


def resume(
    names: Resumed = None,
    group: Group = False,
    breaker: IsBreaker = False,
    reason: Because = "",
    state: State = STATE,
    database: Database = "",
    show: Show = Format.TEXT,
) -> None:
    """Take a suspension back, let hosts that are stuck be tried again, or close a breaker.

    Exit: 0 resumed, 1 nothing to resume in one.
    """
    if breaker:
        _closed(names or [], reason, (state, database), show)
        return
    if not names:
        raise ConfigError("name the sites to resume, groups with --group, or --breaker")
    with heard(state, "resume", database) as store:
        missing = [n for n in names if not store.words.resume(getuser(), reason, **_scoped(n, is_group=group))]
        stopped = sorted(s.site or f"group {s.group}" for s in store.words.suspensions())
    if missing:
        raise ConfigError(
            f"not suspended, and no host stuck: {', '.join(missing)}; suspended are {', '.join(stopped) or 'none'}"
        )
    _told({"resumed": names, "is_group": group}, (f"{n}: resumed" for n in names), show)


def _closed(groups: list[str], reason: str, where: tuple[Path, str], show: Format) -> None:
    with heard(where[0], "resume", where[1]) as store:
        bounds, by = store.bounds, getuser()
        closed = [g for g in groups if bounds.close(by, reason, g)] if groups else bounds.close_all(by, reason)
        known = [_over(scope) for scope, one in bounds.breakers().items() if one.is_open]
    if not closed or len(closed) < len(groups):
        missing = f"the breaker of {', '.join(_over(g) for g in groups if g not in closed)}" if groups else "a breaker"
        there = f"; open is that of {', '.join(known)}" if known else ": none is"
        raise ConfigError(f"{missing} is not open{there}")
    _told({"closed": closed}, (f"{_over(scope)}: breaker closed" for scope in closed), show)


def _over(scope: str) -> str:
    return f"group {scope}" if scope else "the fleet"


def approve(
    plans: Plans = None,
    change: Change = "",
    rollout: RolloutId = "",
    up_to: UpTo = None,
    reason: Reason = "",
    state: State = STATE,
    database: Database = "",
    show: Show = Format.TEXT,
) -> None:
    """Say yes to plans, to one change on every site that has it, or to the plans of a rollout. It counts for these
    values only, and once a site. Exit: 0 recorded, 1 nobody has such a plan now.
    """  # noqa: D205
    named = Named(plans or (), change, rollout, up_to)
    _answered(Saying(Answer.APPROVED, getuser(), time.time(), reason), named, (state, database), show)


def reject(
    plans: Plans = None,
    change: Change = "",
    rollout: RolloutId = "",
    reason: Reason = "",
    state: State = STATE,
    database: Database = "",
    show: Show = Format.TEXT,
) -> None:
    """Say no to plans, to one change, or to a rollout: they are not sent, whatever the policies say.

    Exit: 0 recorded, 1 nobody has such a plan now.
    """
    named = Named(plans or (), change, rollout)
    _answered(Saying(Answer.REJECTED, getuser(), time.time(), reason), named, (state, database), show)


def _answered(said: Saying, named: Named, where: tuple[Path, str], show: Format) -> None:
    must_be_there(*where)
    verdicts = verdicts_of(*where)
    with speaking(where[0], said.answer, where[1]) as store:
        found = Heard(store.words, store.rollouts).answer(said, named, verdicts)
    content = {"answer": said.answer, "names": found.names, "sites": found.sites, "waits": found.waits}
    _told(content, _answer_lines(said.answer, found), show)


def _answer_lines(answer: Answer, found: Answers) -> Iterator[str]:
    if found.whole:
        yield f"rollout {found.whole} {answer} as a whole, with what it does to the fleet"
    for approval in found.approvals:
        ceiling = f" up to {approval.ceiling}" if answer is Answer.APPROVED else ""
        if approval.subject is Subject.CHANGE:
            yield f"change {approval.name} {answer}{ceiling}: {plural(len(found.having), 'site')} have it now"
        if approval.subject is Subject.ROLLOUT:
            what = plural(len(found.having), "plan") if answer is Answer.APPROVED else "whatever its sites' plans are"
            yield f"rollout {approval.name} {answer}{ceiling}: {what}"
    for verdict in found.having:
        waits = "; ".join(found.waits.get(verdict.site, ()))
        yield f"  {verdict.site}: plan {verdict.plan_id} {answer}" + (f"; it waits still: {waits}" if waits else "")
    yield from (f"  {site}: waits: {why}" for site, why in found.left.items())


def _scoped(name: str, *, is_group: bool) -> dict[str, str]:
    return {"group" if is_group else "site": name}


def _told(content: dict[str, Any], lines: Iterable[str], show: Format) -> None:
    if show is Format.JSON:
        shown.as_json(content)
        return
    for line in lines:
        typer.echo(line)
