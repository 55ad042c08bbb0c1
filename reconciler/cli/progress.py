"""Progress of long work: a live line on a terminal, plain lines elsewhere. Always on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Teller(Protocol):
    """Who is told what happens."""

    def say(self, site: str, text: str) -> None: ...

    def done(self, site: str) -> None: ...


@contextmanager
def telling(what: str, total: int, *, quiet: bool = False) -> Iterator[Teller]:
    """A teller for work on so many sites."""
    console = Console(stderr=True)
    if quiet:
        yield _Silent()
    elif console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            yield _Bar(bar, bar.add_task(what, total=total))
    else:
        yield _Lines(console)


class _Silent:
    def say(self, site: str, text: str) -> None: ...

    def done(self, site: str) -> None: ...


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, site: str, text: str) -> None:
        self._console.print(f"{site}: {text}", markup=False, highlight=False, soft_wrap=True)

    def done(self, site: str) -> None: ...


class _Bar:
    def __init__(self, bar: Progress, task: object) -> None:
        self._bar, self._task = bar, task

    def say(self, site: str, text: str) -> None:
        self._bar.console.print(f"{site}: {text}", markup=False, highlight=False, soft_wrap=True)

    def done(self, site: str) -> None:  # noqa: ARG002
        self._bar.advance(self._task)  # type: ignore[arg-type]
