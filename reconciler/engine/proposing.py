"""What was accepted, as a branch of the repository that is followed and a pull request on its forge."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from reconciler.clients.forges import ForgeClient
from reconciler.engine.accept import Acceptance, Rewrite
from reconciler.engine.accept_text import description, message, subject
from reconciler.model.drift import Drift, Place
from reconciler.model.pull import Proposal
from reconciler.model.wire import plain
from reconciler.sources.mirror import Mirror
from reconciler.sources.pushing import Edit, push
from reconciler.sources.writing import Change

PLAIN = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a proposal goes. head: the commit that was judged by. base: the branch that it is for.

    root: the folder of the repository that holds fleet.yaml. forge: None where it is to be opened by hand.
    """

    mirror: Mirror
    head: str
    base: str
    root: str = ""
    forge: ForgeClient | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A branch of the remote, and its pull request. is_new: the branch was not there.

    number, url: of the pull request; 0 and "" where no forge is named, and `next` says what to do.
    """

    branch: str
    commit: str
    is_new: bool
    base: str
    number: int = 0
    url: str = ""

    @property
    def next(self) -> str:
        """What somebody has to do still, or look at."""
        return self.url or f"open a pull request from {self.branch} into {self.base} where the repository is hosted"


async def propose(
    result: Acceptance, target: Target, known: Mapping[Place, Drift], *, branch: str = "", by: str = ""
) -> Proposed:
    """Have what is accepted wait for review. Asked again, it finds the branch and the pull request that are there.

    known: the site's drift. branch: "" for a name made of the site and the values. by: who asks. Raises SourceError,
    ForgeError.
    """
    name = branch or branch_of(result)
    changes = tuple(map(change_of, result.rewrites))
    edit = Edit(name, target.head, changes, message(result), target.root)
    pushed = await asyncio.to_thread(push, target.mirror, edit)
    if target.forge is None:
        return Proposed(name, pushed.commit, pushed.is_new, target.base)
    wanted = Proposal(name, target.base, subject(result), description(result, known, by))
    pull = await target.forge.propose(wanted)
    return Proposed(name, pushed.commit, pushed.is_new, target.base, pull.number, pull.url)


def branch_of(result: Acceptance) -> str:
    """Equal for equal values of one site: who asks again means the same branch."""
    said = [[item.name, plain(item.now)] for item in result.items]
    digest = sha256(orjson.dumps(said, default=str)).hexdigest()[:8]
    return f"stxr/accept-{PLAIN.sub('-', result.site)}-{digest}"


def change_of(rewrite: Rewrite) -> Change:
    """A file as it is written."""
    before = None if rewrite.before is None else rewrite.before.encode()
    return Change(rewrite.file, before, rewrite.after.encode())


def proposed_json(one: Proposed) -> dict[str, Any]:
    """For JSON; `pull_request` is null where it is to be opened by hand."""
    return {
        "branch": one.branch,
        "commit": one.commit,
        "is_new": one.is_new,
        "base": one.base,
        "pull_request": {"number": one.number, "url": one.url} if one.number else None,
        "next": one.next,
    }
