"""How far dcmanager is with a subcloud, in its own words, and what may be asked of it next.

starlingx/distcloud: the words are those of dcmanager/common/consts.py; where a phase may start is said by
dcmanager/api/controllers/v1/phased_subcloud_deploy.py, what follows what by dcmanager/manager/subcloud_manager.py.
Whoever polls sees states jump forward (recorded): a state is asked whether it is at or past another, not for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum


class DeployStatus(StrEnum):
    """Every `deploy-status` that there is; those marked legacy are only found in rows of older releases."""

    NOT_DEPLOYED = "not-deployed"
    PRE_DEPLOY = "pre-deploy"  # legacy
    DEPLOY_PREP_FAILED = "deploy-prep-failed"  # legacy
    CREATING = "creating"
    CREATE_FAILED = "create-failed"
    CREATED = "create-complete"
    PRE_INSTALL = "pre-install"
    PRE_INSTALL_FAILED = "pre-install-failed"
    INSTALLING = "installing"
    INSTALL_FAILED = "install-failed"
    INSTALLED = "install-complete"
    PRE_BOOTSTRAP = "pre-bootstrap"
    PRE_BOOTSTRAP_FAILED = "pre-bootstrap-failed"
    BOOTSTRAPPING = "bootstrapping"
    BOOTSTRAP_FAILED = "bootstrap-failed"
    BOOTSTRAP_ABORTED = "bootstrap-aborted"
    BOOTSTRAPPED = "bootstrap-complete"
    PRE_CONFIG = "pre-config"
    PRE_CONFIG_FAILED = "pre-config-failed"
    CONFIGURING = "configuring"
    CONFIG_FAILED = "config-failed"
    DEPLOYING = "deploying"  # legacy
    DEPLOY_FAILED = "deploy-failed"  # legacy
    ABORTING_INSTALL = "aborting-install"
    INSTALL_ABORTED = "install-aborted"
    ABORTING_BOOTSTRAP = "aborting-bootstrap"
    ABORTING_CONFIG = "aborting-config"
    CONFIG_ABORTED = "config-aborted"
    PRE_INIT_ENROLL = "pre-init-enroll"
    PRE_INIT_ENROLL_FAILED = "pre-init-enroll-failed"
    INITIATING_ENROLL = "initiating-enroll"
    INIT_ENROLL_FAILED = "init-enroll-failed"
    INIT_ENROLLED = "init-enroll-complete"
    PRE_ENROLL = "pre-enroll"
    PRE_ENROLL_FAILED = "pre-enroll-failed"
    PRE_ENROLLED = "pre-enroll-complete"
    ENROLLING = "enrolling"
    ENROLL_FAILED = "enroll-failed"
    ENROLLED = "enroll-complete"
    PRE_RESTORE = "pre-restore"
    RESTORE_PREP_FAILED = "restore-prep-failed"
    RESTORING = "restoring"
    RESTORE_FAILED = "restore-failed"
    ONSITE_RESTORING = "onsite-restoring"
    FACTORY_RESTORED = "factory-restore-complete"
    PRE_REHOME = "pre-rehome"
    REHOME_PREP_FAILED = "rehome-prep-failed"
    REHOMING = "rehoming"
    REHOME_FAILED = "rehome-failed"
    REHOME_PENDING = "rehome-pending"
    SECONDARY = "secondary"
    SECONDARY_FAILED = "secondary-failed"
    SOFTWARE_DEPLOYING = "sw-deploy-in-progress"
    SOFTWARE_FAILED = "sw-deploy-apply-strategy-failed"
    RECONFIGURING_NETWORK = "reconfiguring-network"
    NETWORK_FAILED = "network-reconfiguration-failed"
    COMPLETE = "complete"
    UNKNOWN = "unknown"  # ours: a word of a release that we do not know

    @classmethod
    def _missing_(cls, value: object) -> DeployStatus:  # noqa: ARG003
        return cls.UNKNOWN


S = DeployStatus
AFTER_RESTART: Mapping[DeployStatus, DeployStatus] = {
    S.NOT_DEPLOYED: S.CREATE_FAILED,
    S.CREATING: S.CREATE_FAILED,
    S.PRE_INSTALL: S.PRE_INSTALL_FAILED,
    S.INSTALLING: S.INSTALL_FAILED,
    S.PRE_BOOTSTRAP: S.PRE_BOOTSTRAP_FAILED,
    S.BOOTSTRAPPING: S.BOOTSTRAP_FAILED,
    S.PRE_CONFIG: S.PRE_CONFIG_FAILED,
    S.CONFIGURING: S.CONFIG_FAILED,
    S.ABORTING_INSTALL: S.INSTALL_FAILED,
    S.ABORTING_BOOTSTRAP: S.BOOTSTRAP_FAILED,
    S.ABORTING_CONFIG: S.CONFIG_FAILED,
    S.PRE_RESTORE: S.RESTORE_PREP_FAILED,
    S.RESTORING: S.RESTORE_FAILED,
    S.ONSITE_RESTORING: S.RESTORE_FAILED,
    S.PRE_REHOME: S.REHOME_PREP_FAILED,
    S.REHOMING: S.REHOME_FAILED,
    S.PRE_DEPLOY: S.PRE_CONFIG_FAILED,
    S.DEPLOYING: S.CONFIG_FAILED,
    S.PRE_ENROLL: S.PRE_ENROLL_FAILED,
    S.ENROLLING: S.ENROLL_FAILED,
    S.PRE_INIT_ENROLL: S.PRE_INIT_ENROLL_FAILED,
    S.INITIATING_ENROLL: S.INIT_ENROLL_FAILED,
    S.RECONFIGURING_NETWORK: S.NETWORK_FAILED,
}
"""What a state that moves by itself becomes when dcmanager's manager is restarted (consts.py TRANSITORY_STATES).

So a failed state may only mean that the central controllers were swapped, and asking again is right.
"""


class Step(StrEnum):
    """What is asked of /v1.0/phased-subcloud-deploy."""

    CREATE = "create"
    INSTALL = "install"
    BOOTSTRAP = "bootstrap"
    CONFIGURE = "configure"
    COMPLETE = "complete"
    ENROLL = "enroll"
    RESUME = "resume"
    ABORT = "abort"


REMAINING: Mapping[DeployStatus, tuple[Step, ...]] = {
    S.CREATED: (Step.INSTALL, Step.BOOTSTRAP, Step.CONFIGURE),
    S.INSTALLED: (Step.BOOTSTRAP, Step.CONFIGURE),
    S.PRE_INSTALL_FAILED: (Step.INSTALL, Step.BOOTSTRAP, Step.CONFIGURE),
    S.INSTALL_FAILED: (Step.INSTALL, Step.BOOTSTRAP, Step.CONFIGURE),
    S.INSTALL_ABORTED: (Step.INSTALL, Step.BOOTSTRAP, Step.CONFIGURE),
    S.BOOTSTRAPPED: (Step.CONFIGURE,),
    S.PRE_BOOTSTRAP_FAILED: (Step.BOOTSTRAP, Step.CONFIGURE),
    S.BOOTSTRAP_FAILED: (Step.BOOTSTRAP, Step.CONFIGURE),
    S.BOOTSTRAP_ABORTED: (Step.BOOTSTRAP, Step.CONFIGURE),
    S.PRE_CONFIG_FAILED: (Step.CONFIGURE,),
    S.CONFIG_FAILED: (Step.CONFIGURE,),
    S.CONFIG_ABORTED: (Step.CONFIGURE,),
}
"""What a resumption goes on with from each state (phased_subcloud_deploy.py RESUMABLE_STATES)."""

STARTS: Mapping[Step, frozenset[DeployStatus]] = {
    Step.CREATE: frozenset(),
    Step.INSTALL: frozenset(
        {S.CREATED, S.PRE_INSTALL_FAILED, S.INSTALL_FAILED, S.INSTALLED, S.INSTALL_ABORTED},
    ),
    Step.BOOTSTRAP: frozenset(
        {
            S.INSTALLED,
            S.PRE_BOOTSTRAP_FAILED,
            S.BOOTSTRAP_FAILED,
            S.BOOTSTRAP_ABORTED,
            S.BOOTSTRAPPED,
            S.CREATED,  # a machine that was installed by hand
        }
    ),
    Step.CONFIGURE: frozenset(
        {S.COMPLETE, S.PRE_CONFIG_FAILED, S.CONFIG_FAILED, S.BOOTSTRAPPED, S.ENROLLED, S.CONFIG_ABORTED},
    ),
    Step.COMPLETE: frozenset({S.BOOTSTRAPPED, S.ENROLLED}),
    Step.ENROLL: frozenset(
        {
            S.CREATED,
            S.ENROLL_FAILED,
            S.PRE_ENROLL_FAILED,
            S.PRE_INIT_ENROLL_FAILED,
            S.INIT_ENROLL_FAILED,
            S.FACTORY_RESTORED,
        }
    ),
    Step.RESUME: frozenset(REMAINING),
    Step.ABORT: frozenset({S.INSTALLING, S.BOOTSTRAPPING, S.CONFIGURING}),
}
"""From which states each is taken; from any other it is a 400, which changes nothing."""


class Milestone(IntEnum):
    """What is behind a subcloud on its way into service; each is also behind who passed a later one."""

    NONE = 0
    CREATED = 1
    INSTALLED = 2
    BOOTSTRAPPED = 3  # or enrolled: its system is there
    COMPLETE = 4


_INSTALL = (S.PRE_INSTALL, S.PRE_INSTALL_FAILED, S.INSTALLING, S.INSTALL_FAILED, S.ABORTING_INSTALL, S.INSTALL_ABORTED)
_ENROLL = (
    *(S.PRE_INIT_ENROLL, S.PRE_INIT_ENROLL_FAILED, S.INITIATING_ENROLL, S.INIT_ENROLL_FAILED, S.INIT_ENROLLED),
    *(S.PRE_ENROLL, S.PRE_ENROLL_FAILED, S.PRE_ENROLLED, S.ENROLLING, S.ENROLL_FAILED),
)
_BOOTSTRAP = (
    *(S.PRE_BOOTSTRAP, S.PRE_BOOTSTRAP_FAILED, S.BOOTSTRAPPING, S.BOOTSTRAP_FAILED),
    *(S.ABORTING_BOOTSTRAP, S.BOOTSTRAP_ABORTED),
)
_CONFIGURE = (
    *(S.PRE_CONFIG, S.PRE_CONFIG_FAILED, S.CONFIGURING, S.CONFIG_FAILED, S.ABORTING_CONFIG, S.CONFIG_ABORTED),
    *(S.PRE_DEPLOY, S.DEPLOY_PREP_FAILED, S.DEPLOYING, S.DEPLOY_FAILED),
)
_COMPLETE = (
    *(S.COMPLETE, S.RECONFIGURING_NETWORK, S.NETWORK_FAILED, S.SOFTWARE_DEPLOYING, S.SOFTWARE_FAILED),
    S.REHOME_PENDING,
)
_PASSED: Mapping[DeployStatus, Milestone] = (
    dict.fromkeys((S.CREATED, *_INSTALL, *_ENROLL), Milestone.CREATED)
    | dict.fromkeys((S.INSTALLED, *_BOOTSTRAP), Milestone.INSTALLED)
    | dict.fromkeys((S.BOOTSTRAPPED, S.ENROLLED, *_CONFIGURE), Milestone.BOOTSTRAPPED)
    | dict.fromkeys(_COMPLETE, Milestone.COMPLETE)
)


def passed(status: DeployStatus) -> Milestone:
    """The last milestone that is surely behind a subcloud in this state. A redeployment goes back to CREATED."""
    return _PASSED.get(status, Milestone.NONE)


_NOT_BEGUN = frozenset({S.NOT_DEPLOYED, S.CREATING, S.CREATE_FAILED})


def has_no_system(status: DeployStatus) -> bool:
    """Whether a subcloud has certainly no system of its own yet: before the end of its bootstrap, or of its enrolment."""
    return status in _NOT_BEGUN or Milestone.NONE < passed(status) < Milestone.BOOTSTRAPPED


def is_deployed(status: DeployStatus) -> bool:
    """Whether there is a site behind it that goes on by itself, whatever dcmanager does with it now: restores it, say."""
    return passed(status) >= Milestone.COMPLETE or (passed(status) is Milestone.NONE and status not in _NOT_BEGUN)


_ELSEWHERE = frozenset(
    {S.SECONDARY, S.SECONDARY_FAILED, S.PRE_REHOME, S.REHOME_PREP_FAILED, S.REHOMING, S.REHOME_FAILED}
)


def is_elsewhere(status: DeployStatus) -> bool:
    """Whether the site is another centre's still: this one only knows of it, or has not taken it over to the end."""
    return status in _ELSEWHERE


def is_here(status: DeployStatus) -> bool:
    """Whether there is a site behind it that is surely this centre's: one that a peer took over waits for its return."""
    return is_deployed(status) and not is_elsewhere(status) and status is not DeployStatus.REHOME_PENDING


def is_moving(status: DeployStatus) -> bool:
    """Whether it goes on by itself, to another state or into a failure. Between two phases of one order it rests."""
    return status in AFTER_RESTART or status is DeployStatus.SOFTWARE_DEPLOYING


def is_failed(status: DeployStatus) -> bool:
    """Whether something went wrong and waits for somebody. What was aborted did not go wrong."""
    return status.value.endswith("-failed")
