"""What reviews ask about the fleet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from reconciler.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Sites:
    """What is known of the sites. base: the commit that is followed. branch: that it is the head of.

    read: asks for these sites to be read now.
    """

    base: Callable[[], str]
    branch: Callable[[], str]
    verdicts: Callable[[], Mapping[str, Verdict]]
    read: Callable[[Iterable[str]], None]
