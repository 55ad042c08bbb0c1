"""Cases and their results, told at the end of a run and, if it is asked for, written down with its date."""

from __future__ import annotations

import platform
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PROPERTY = "fault-case"
OPTION = "--fault-results"


@dataclass(frozen=True, slots=True)
class Result:
    """One case that ran."""

    site: str
    at: str
    fault: str
    place: str  # of the plans on their way: SQLite, PostgreSQL, two replicas
    passed: bool
    seconds: float


def results(reports: Iterable[object]) -> list[Result]:
    """The cases among the reports of tests that ran."""
    found = []
    for report in reports:
        told = dict(getattr(report, "user_properties", ()) or ()).get(PROPERTY)
        if told and getattr(report, "when", "") == "call":
            found.append(Result(**told, passed=report.outcome == "passed", seconds=report.duration))
    return found


def summary(found: list[Result]) -> str:
    """One line for people at a terminal."""
    held = sum(one.passed for one in found)
    places = ", ".join(f"{count} on {place}" for place, count in Counter(one.place for one in found).items())
    return f"fault matrix: {held} of {len(found)} cases held ({places}), {_seconds(found)} of work"


def page(found: list[Result], now: datetime) -> str:
    """The same as a page that is kept."""
    return "\n".join(
        [
            "# Results of the fault matrix",
            "",
            "Every fault at every boundary of two plans: one of an AIO simplex with online steps and a lock window, and",
            "one of an AIO duplex whose controllers are locked one after the other, with a swact in between. A case holds",
            "if the site ends as Git says, nothing stays locked, each host was locked and rebooted once for a plan, and",
            "nothing was written twice. `make test-full` writes this page anew.",
            "",
            f"{now.astimezone(UTC):%Y-%m-%d}: {summary(found).removeprefix('fault matrix: ')}.",
            _versions(),
            "",
            *_tables(found),
            *_broken(found),
            "",
        ]
    )


def _versions() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("dbos", "sqlalchemy", "psycopg", "aiohttp"))
    return f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}."


def write(path: Path, found: list[Result]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(found, datetime.now(UTC)))


def _tables(found: list[Result]) -> Iterator[str]:
    for place in dict.fromkeys(one.place for one in found):
        mine = [one for one in found if one.place == place]
        columns = list(dict.fromkeys((one.site, one.at) for one in mine))
        yield from (f"## {place}", "", "Held of all, by fault and boundary.", "")
        yield "| fault | " + " | ".join(f"{site} {at}s" for site, at in columns) + " | seconds |"
        yield "| --- |" + " ---: |" * (len(columns) + 1)
        for fault in dict.fromkeys(one.fault for one in mine):
            alike = [one for one in mine if one.fault == fault]
            cells = [_held([one for one in alike if (one.site, one.at) == column]) for column in columns]
            yield f"| {fault} | " + " | ".join(cells) + f" | {_seconds(alike)} |"
        yield ""


def _held(found: list[Result]) -> str:
    return f"{sum(one.passed for one in found)} of {len(found)}" if found else ""


def _seconds(found: list[Result]) -> str:
    return f"{sum(one.seconds for one in found):.0f} s"


def _broken(found: list[Result]) -> Iterator[str]:
    broken = [one for one in found if not one.passed]
    if broken:
        yield f"{len(broken)} did not hold."
