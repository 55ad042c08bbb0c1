"""The words of the product, each set once: documentation, rules, metrics and API use these enums."""

from __future__ import annotations

from enum import StrEnum
from functools import total_ordering


class Action(StrEnum):
    """What a change does to a resource (Terraform's words)."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"


class Cause(StrEnum):
    """Why a desired value and a live one differ."""

    PENDING = "pending"  # Git moved, the site has not followed
    DRIFTED = "drifted"  # the site moved, Git has not
    UNMANAGED = "unmanaged"  # on the site, not in Git, and none of Git's business


class State(StrEnum):
    """The verdict about one site. A verdict always carries its age."""

    IN_SYNC = "in_sync"
    PENDING = "pending"
    DRIFTED = "drifted"
    UNVERIFIED = "unverified"
    APPLYING = "applying"
    HELD = "held"
    FAILED = "failed"
    STALE = "stale"
    UNREACHABLE = "unreachable"
    INVALID = "invalid"
    UNKNOWN = "unknown"  # never looked at, or not at all of it


class Area(StrEnum):
    HOST = "host"
    NETWORK = "network"
    STORAGE = "storage"
    SOFTWARE = "software"
    SYSTEM = "system"


class Severity(StrEnum):
    """How much a drifted value matters to the service of the site."""

    INFO = "info"
    SERVICE = "service"
    OUTAGE = "outage"


@total_ordering
class Disruption(StrEnum):
    """What a change costs the site, from nothing to everything; ordered."""

    NONE = "none"
    SERVICE = "service"
    LOCK = "lock"  # locked, changed, unlocked: an unlock reboots the host
    REBOOT = "reboot"
    REINSTALL = "reinstall"
    DESTRUCTIVE = "destructive"

    @property
    def rank(self) -> int:
        return list(Disruption).index(self)

    def __lt__(self, other: object) -> bool:
        return self.rank < other.rank if isinstance(other, Disruption) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self.rank > other.rank if isinstance(other, Disruption) else NotImplemented

    def __le__(self, other: object) -> bool:
        return not self > other

    def __ge__(self, other: object) -> bool:
        return not self < other


class Needs(StrEnum):
    """The administrative state that a change requires of the host on which it lands."""

    ANY = "any"
    LOCKED = "locked-disabled"
    UNLOCKED = "unlocked-enabled"


class Scope(StrEnum):
    SYSTEM = "system"
    HOST = "host"


class Ownership(StrEnum):
    """Who owns a list: all of it (an extra member is drift), or only the members in Git (an extra one is unmanaged)."""

    WHOLE = "whole"
    BY_KEY = "by-key"


class Service(StrEnum):
    """Owner APIs, by their types in the Keystone catalogue."""

    PLATFORM = "platform"
    FAULT = "faultmanagement"
    VIM = "nfv"
    DCMANAGER = "dcmanager"
    USM = "usm"
    REDFISH = "redfish"
    STRATEGY = "strategy"  # of dcmanager: asked for here, made for many sites together


class Reach(StrEnum):
    """Which of a site's addresses it is reached by, where dcmanager and no entry of the endpoints file says them."""

    ADMIN = "admin"  # of its admin network, or its management network: where the central cloud itself calls
    OAM = "oam"  # where its people call


class Mode(StrEnum):
    """What the controller may do to a site."""

    OBSERVE = "observe"
    PLAN = "plan"
    APPLY = "apply"


class ApplyPolicy(StrEnum):
    """What happens to differences that Git made."""

    NEVER = "never"
    APPROVED = "approved"
    AUTO = "auto"


class HealPolicy(StrEnum):
    """What happens to differences that the site made."""

    NEVER = "never"
    NONDISRUPTIVE = "nondisruptive"
    WINDOW = "window"


class Prune(StrEnum):
    """What happens to a resource that a commit removed from Git."""

    NEVER = "never"  # it is let go of: the site keeps it
    PROPOSE = "propose"  # deleting it waits for an approval
    AUTO = "auto"  # as any change of Git; what is destructive waits for an approval all the same


class Result(StrEnum):
    """How a plan ended."""

    IN_SYNC = "in_sync"  # nothing to do
    DONE = "done"
    PLANNED = "planned"  # not sent: mode or policy
    BEGUN = "begun"  # it is being sent; its end is told when it is there
    HELD = "held"
    FAILED = "failed"
    CONFLICT = "conflict"  # the site moved meanwhile: plan afresh
    UNREACHABLE = "unreachable"
