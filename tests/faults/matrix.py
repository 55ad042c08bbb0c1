"""The fault matrix as parameters: all of it, of which a seeded share runs with every other test."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import groupby
from typing import Any

import pytest

from tests.faults.case import Case
from tests.faults.faults import Fault, faults_at
from tests.faults.plays import ALONE, PAIR
from tests.faults.rehearsal import boundaries, following

SEED = 20261121
CASES = (
    *(Case(play, at, fault) for play in (ALONE, PAIR) for at in boundaries(play) for fault in faults_at(at)),
    *(Case(ALONE, at, Fault.TRAPPED_KILL) for at in following(ALONE, "dns")),
)


def shared_out(cases: Iterable[Case], always: Collection[Case]) -> Callable[..., Any]:
    """All of them; but for those that run with every other test, they run with the whole matrix only."""
    marks: dict[bool, Any] = {True: (), False: pytest.mark.full}
    return pytest.mark.parametrize("case", [pytest.param(c, id=str(c), marks=marks[c in always]) for c in cases])


def few(cases: Sequence[Case], count: int) -> tuple[Case, ...]:
    """So many of them, by the seed."""
    return tuple(random.Random(SEED).sample(cases, count))


def share(cases: Iterable[Case], one_in: int) -> tuple[Case, ...]:
    """One in so many of each plan's cases of each fault, by the seed; at least one. In their order."""
    every = tuple(cases)
    chance = random.Random(SEED)
    sort = lambda case: (case.play.site, case.fault)  # noqa: E731
    alike = [tuple(group) for _, group in groupby(sorted(every, key=sort), key=sort)]
    chosen = {case for group in alike for case in chance.sample(group, max(len(group) // one_in, 1))}
    return tuple(case for case in every if case in chosen)
