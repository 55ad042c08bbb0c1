"""The groups of a review by edit of Git: one edit is told once, and the few sites on which it does something else below it."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.review import Group, Review

RARE = 10  # a group with so many times fewer sites than the widest of its edit is an exception to it


@dataclass(frozen=True, slots=True)
class Effect:
    """What one edit of Git does: the widest groups of sites, and the few sites on which it does something else."""

    groups: tuple[Group, ...]
    exceptions: tuple[Group, ...] = ()

    @property
    def sites(self) -> int:
        return sum(len(group.sites) for group in (*self.groups, *self.exceptions))


def effects(review: Review) -> tuple[Effect, ...]:
    """Each edit with its groups, that of the most sites first."""
    edits: dict[str, list[Group]] = {}
    for group in review.groups:
        edits.setdefault(group.edit, []).append(group)
    return tuple(sorted(map(_effect, edits.values()), key=lambda effect: -effect.sites))


def _effect(groups: list[Group]) -> Effect:
    widest = max(len(group.sites) for group in groups)
    rare = tuple(group for group in groups if len(group.sites) * RARE <= widest)
    return Effect(tuple(group for group in groups if group not in rare), rare)
