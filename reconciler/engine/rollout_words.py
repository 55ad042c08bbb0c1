"""Which rollout a person means, and whether a word on it can still be said. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from reconciler.model.errors import ConfigError
from reconciler.model.near import near
from reconciler.model.rollout import Rollout


class Action(StrEnum):
    """What a person says of a rollout; members of `model.rollout.Words`."""

    PAUSED = "paused"
    RESUMED = "resumed"
    ABORTED = "aborted"
    APPROVED = "approved"


def named(rollout: str, known: Iterable[Rollout]) -> Rollout:
    """The rollout of this id. Raises ConfigError, with those that there are."""
    there = {one.id: one for one in known}
    if rollout not in there:
        raise ConfigError(f"there is no rollout {rollout}; {near(rollout, there)}")
    return there[rollout]


def hears(one: Rollout) -> None:
    """Raises ConfigError for one on which a word changes nothing any more."""
    if one.words.aborted:
        raise ConfigError(f"rollout {one.id} was aborted by {one.words.aborted.by}: a new commit makes another")
    if not one.is_open:
        raise ConfigError(f"rollout {one.id} has ended")
