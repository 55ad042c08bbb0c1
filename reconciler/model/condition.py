"""How taking a host out of service, and bringing it back, can go wrong: each end has a name, and a next move.

A condition stands until the host shows that it is over, until what it was locked for is another thing, or until
somebody says so. While one stands no host of the site is locked: nothing is tried again and again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reconciler.model.host import HostState


class Condition(StrEnum):
    """What became of a host that was told to leave service, or to come back. docs/conditions.md is its table."""

    LOCK_REFUSED = "lock-refused"  # by sysinv at once, or by VIM, which could not move what runs there
    LOCK_STUCK = "lock-stuck"  # accepted, and never locked
    SWACT_REFUSED = "swact-refused"
    SWACT_STUCK = "swact-stuck"  # accepted, and activity did not move
    UNLOCK_REFUSED = "unlock-refused"
    UNLOCK_WAITS = "unlock-waits"  # the platform said "wait" for longer than we do
    DEGRADED = "degraded"  # it came back, and is not well
    FAILED = "failed"  # it came back, and was not taken into service
    OFFLINE = "offline"  # it did not come back
    NOT_ENABLED = "not-enabled"  # it is neither back nor failed
    OUT_OF_DATE = "out-of-date"  # it came back with another configuration than it was unlocked for
    LEFT_LOCKED = "left-locked"  # we locked it, and it should be back by now
    DEPLOY_FAILED = "deploy-failed"  # VIM was to bring it to another release, and did not
    RENEWAL_FAILED = "renewal-failed"  # VIM was to renew the root certificate of its Kubernetes, and did not
    IMAGE_FAILED = "image-failed"  # VIM was to write images into devices of a host, and did not

    @property
    def about(self) -> About:
        """What it means, and what comes next."""
        return ABOUT[self]

    @property
    def is_before(self) -> bool:
        """The host is in service: it was not locked."""
        return self in {
            self.LOCK_REFUSED,
            self.LOCK_STUCK,
            self.SWACT_REFUSED,
            self.SWACT_STUCK,
            self.DEPLOY_FAILED,
            self.RENEWAL_FAILED,
            self.IMAGE_FAILED,
        }

    @property
    def is_out(self) -> bool:
        """The host is out of service."""
        return not self.is_before and self not in {self.DEGRADED, self.OUT_OF_DATE}

    def is_over(self, host: HostState | None) -> bool:
        """Whether the host shows that it is over. What keeps a host from being locked shows nowhere."""
        if host is None:
            return True
        if self in ERRANDS:
            return False  # until nobody wants it any more, or the site has it
        if self.is_before:
            moved = self in {self.SWACT_REFUSED, self.SWACT_STUCK} and not host.is_active
            return moved or host.administrative == "locked"
        if self in {self.UNLOCK_REFUSED, self.UNLOCK_WAITS, self.LEFT_LOCKED}:
            return host.administrative != "locked"
        if self is self.OUT_OF_DATE:
            return not host.needs_reboot
        is_well = host.is_unlocked and (self is not self.DEGRADED or host.availability != "degraded")
        return is_well or host.is_locked  # a person has it in hand


ERRANDS = frozenset((Condition.DEPLOY_FAILED, Condition.RENEWAL_FAILED, Condition.IMAGE_FAILED))
"""What services did not do that were asked to: no host shows it."""


@dataclass(frozen=True, slots=True)
class About:
    """For a person. run: commands on the site, or of ours, with the host's and the site's name to fill in."""

    means: str
    look: str
    run: str


_RESUME = "stxr resume {site}"
ABOUT = {
    Condition.LOCK_REFUSED: About(
        "The platform will not lock the host. It is in service; nothing was changed on it.",
        "The reason, in the platform's words. Alarms of the host and of storage; instances that cannot move.",
        f"mend what it says, then {_RESUME}",
    ),
    Condition.LOCK_STUCK: About(
        "The lock was accepted, and the host is not locked. It may still become so, and then it is yours.",
        "VIM, which moves services away first: /var/log/nfv-vim.log on the active controller.",
        f"system host-show {{host}}; if it is locked: system host-unlock {{host}}; then {_RESUME}",
    ),
    Condition.SWACT_REFUSED: About(
        "Activity cannot move to the other controller. Both are in service; nothing was changed.",
        "The reason. The other controller must be enabled, available, and have its configuration applied.",
        f"mend what it says, then {_RESUME}",
    ),
    Condition.SWACT_STUCK: About(
        "The swact was accepted, and activity is where it was.",
        "/var/log/mtcAgent.log and /var/log/sm.log on the active controller; alarms 400.*.",
        f"mend what keeps services there, or system host-swact {{host}}; then {_RESUME}",
    ),
    Condition.UNLOCK_REFUSED: About(
        "Our window is over, and the platform will not unlock the host: it is out of service. "
        "The unlock is asked again at each visit, at most every 15 minutes.",
        "The reason, in the platform's words. It shows one at a time: after each, there may be another.",
        "mend what it says, then system host-unlock {host}, or wait for our next visit, which asks again",
    ),
    Condition.UNLOCK_WAITS: About(
        "The platform asked to wait with the unlock, for inventory or configuration that did not come: the host is out "
        "of service. The unlock is asked again at each visit, at most every 15 minutes.",
        "What it waits for: the agent on the host (/var/log/sysinv.log), an application that is being applied.",
        "once that is there: system host-unlock {host}, or wait for our next visit, which asks again; an agent that says "
        "nothing reports anew after system host-reboot {host}",
    ),
    Condition.DEGRADED: About(
        "The host is back in service, and is not well.",
        "Its alarms: fm alarm-list. After a controller's unlock, replication that is not in step (400.001, 400.002).",
        f"mend what its alarms say; the next visit goes on once it is available, or {_RESUME} goes on as it is",
    ),
    Condition.FAILED: About(
        "The host came up, and maintenance did not take it into service. It is not locked again by us.",
        "Its task (system host-show {host}), /var/log/puppet and /var/log/mtcAgent.log: often its own configuration.",
        "system host-lock {host}, mend it, system host-unlock {host}; or take the commit back",
    ),
    Condition.OFFLINE: About(
        "The host was unlocked, and does not answer.",
        "Its console and its board management: power, boot order, the management network that the change may have cut.",
        "bring it up by its console, or what stxr board {site} --host {host} shows; if it is dead: system host-lock --force "
        "{host}, and docs/host-life.md says how another machine takes its place",
    ),
    Condition.NOT_ENABLED: About(
        "The host was unlocked long ago, and is neither in service nor failed.",
        "Its task (system host-show {host}) and /var/log/mtcAgent.log.",
        "wait while its task goes on; if none does: system host-lock --force {host}, mend it, system host-unlock {host}",
    ),
    Condition.OUT_OF_DATE: About(
        "The host is in service with another configuration than it was unlocked for (alarm 250.001).",
        "config_target and config_applied in system host-show {host}; /var/log/puppet on the host.",
        f"system host-lock {{host}}, system host-unlock {{host}}, or {_RESUME}, which lets us do it",
    ),
    Condition.LEFT_LOCKED: About(
        "We locked the host, and it should have been back by now: it is out of service.",
        "stxr history {site}: what was sent last, and what it waits for; whether the site answers.",
        "wait while we still try; where nothing moves: system host-unlock {host}, which ends our window as well",
    ),
    Condition.DEPLOY_FAILED: About(
        "VIM was to bring the site to another release of its software, or of Kubernetes, and that failed at this host. VIM "
        "unlocks by itself the hosts that it had locked.",
        "The reason, in the words of VIM and USM. software deploy show and software deploy host-list on the site; "
        "sw-manager sw-deploy-strategy show --details; /var/log/software.log, /var/log/nfv-vim.log.",
        f"mend what it says, then {_RESUME}, which goes on where it ended; or take the release back in Git, and "
        "software deploy abort on the site",
    ),
    Condition.RENEWAL_FAILED: About(
        "VIM was to renew the root certificate of the site's Kubernetes, and that failed, first at this host. Hosts stay in "
        "service; what is half renewed trusts the old certificate and the new one.",
        "The reason, in VIM's words. system kube-rootca-update-show and system kube-rootca-host-update-list on the site; "
        "sw-manager kube-rootca-update-strategy show --details; /var/log/nfv-vim.log, /var/log/puppet on the host.",
        f"mend what it says, then {_RESUME}: VIM goes on where it ended, or begins anew where it gave the renewal up "
        "(alarm 900.009)",
    ),
    Condition.IMAGE_FAILED: About(
        "VIM was to write images into the devices of hosts, and that failed, first at this one. VIM unlocks by itself the "
        "hosts that it had locked.",
        "The reason, in VIM's words. system device-image-state-list on the site, and reboot_needed in system host-show "
        "{host}; sw-manager fw-update-strategy show --details; /var/log/nfv-vim.log, /var/log/sysinv.log on the host.",
        f"mend what it says, then {_RESUME}, which writes what is not written yet; a host that only waits for its reboot "
        "is locked and unlocked by hand",
    ),
}


@dataclass(frozen=True, slots=True)
class HostCondition:
    """A condition of one host. Times are Unix seconds.

    said: what was seen, in the platform's words where it has some. until: when it should have been over; where known.
    work: a digest of what the host was to be locked for; "" where that does not matter.
    """

    name: Condition
    host: str
    said: str = ""
    since: float = 0.0
    until: float | None = None
    work: str = ""

    def next_move(self, site: str) -> str:
        """For a person: what to do."""
        return self.name.about.run.format(site=site, host=self.host)

    @property
    def in_words(self) -> str:
        return f"{self.host} {self.name}" + (f": {self.said}" if self.said else "")
