"""The fault matrix: every write of a plan with a lock window, times everything that can happen to it."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest

SEED, SHARE = 20261121, 10  # one in so many runs with every other test


def cases(*columns: list[Any]) -> list[Any]:
    """Every combination, as parameters; all but a seeded share are of the whole matrix only."""
    every = list(product(*columns))
    chosen = set(random.Random(SEED).sample(range(len(every)), max(len(every) // SHARE, 1)))
    return [
        pytest.param(*case, id="-".join(map(str, case)), marks=() if number in chosen else pytest.mark.full)
        for number, case in enumerate(every)
    ]
