"""Replicas of the controller: who is there, who leads, and whose each site is. Pure.

A site is its owner's by rendezvous hash: when a replica goes, its sites move to the others, and nobody else's do.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

LEADER = "leader"  # what is leased to who leads
ADDING = "adding-subclouds"  # and to who has dcmanager add one: it checks a new one against the others without a lock
SITE = "site/"


class Post(StrEnum):
    """What a replica does beside its share of the sites."""

    LEADER = "leader"  # moves rollouts on, exports the metrics of sites, takes over from those that are gone
    FOLLOWER = "follower"


@dataclass(frozen=True, slots=True)
class Replica:
    """A process that shares a database with others, as the database sees it: seconds are of its clock.

    name: the same after a restart. session: of the process that has the name now, "" once it ended or fell silent.
    up_s: since it began. silent_s: since it was last heard of.
    """

    name: str
    session: str
    host: str
    pid: int
    up_s: float
    silent_s: float

    @property
    def is_live(self) -> bool:
        return bool(self.session)

    @property
    def heard_s(self) -> float:
        """How long after it began it was heard of last."""
        return self.up_s - self.silent_s


@dataclass(frozen=True, slots=True)
class Lease:
    """Who may work on something, until its session ends.

    fence: grows each time it is taken, so that two holders are told apart. held_s: since it was taken.
    """

    subject: str
    session: str
    fence: int
    replica: str = ""
    held_s: float = 0.0

    @property
    def site(self) -> str:
        """Of a site's lease; "" of any other."""
        return self.subject.removeprefix(SITE) if self.subject.startswith(SITE) else ""


def owner(site: str, replicas: Collection[str]) -> str:
    """The replica that looks at a site: the same wherever it is asked; "" where there is none."""
    return max(replicas, key=lambda name: _weight(name, site), default="")


def of_site(site: str) -> str:
    """What is leased to who works on a site."""
    return f"{SITE}{site}"


def _weight(replica: str, site: str) -> tuple[bytes, str]:
    return blake2b(f"{replica}\n{site}".encode(), digest_size=8).digest(), replica
