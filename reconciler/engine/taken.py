"""What two subclouds may not have in common: addresses by which the centre reaches them, and a board.

dcmanager refuses addresses that are another's only when it is asked (distcloud dcmanager/common/phased_subcloud_deploy.py
check_range_overlaps), and of boards it asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from reconciler.desired import Meeting, meetings
from reconciler.engine.repository import Repository
from reconciler.model.errors import ConfigError


def newly_met(before: Repository, after: Repository, names: frozenset[str]) -> Iterator[ConfigError]:
    """What moved into the place of another subcloud, told at the site that moved; names: those whose inputs differ.

    Only where one of them takes something else than before is every other site read for it.
    """
    mine = names & after.names
    takes = {one for name in mine for one in _places(after, name)}
    if takes <= {one for name in mine & before.names for one in _places(before, name)}:
        return
    others = (before.taken(name) for name in after.names - mine)  # theirs are the same in both
    for meeting in meetings(chain(*(after.taken(name) for name in mine), *others)):
        if meeting.second.site in mine:
            yield meeting.error
        elif meeting.first.site in mine:
            yield Meeting(meeting.second, meeting.first).error


def _places(repository: Repository, name: str) -> Iterator[tuple[str, str, str]]:
    """The same wherever they are written."""
    return ((one.site, str(one.first), str(one.last)) for one in repository.taken(name))
