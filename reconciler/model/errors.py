"""What can go wrong between Git and a site, each class by what has to happen next. Messages are for who must act.

    ReconcilerError
    ├── ConfigError    Git says something that cannot be: file:line:column            stalled until Git moves
    │                  (ConfigErrors: all that one reading found)
    │                  (SecretUnread: who keeps a secret does not tell it now   wait)
    ├── Refused        a service understood and said no; its own words are in `fault` stalled until Git or the site moves
    ├── Busy           a service said: not now, ask again                             wait
    ├── Unauthorized   a service does not know us or does not let us                  wait: mended outside Git
    ├── Unreachable    no answer that can be used; `sent`: it may have taken effect   wait, longer each time
    │                  (Nowhere: nobody knows yet where to ask, and nothing was sent)
    ├── NotReady       what it needs is not there yet                                 wait
    ├── Stuck          a host did not leave service, or come back: `condition`        stalled until it shows, or is told
    ├── Conflict       the site moved since it was looked at                          look and plan afresh
    ├── Held           a gate is closed                                               wait for the gate
    └── Lost           the site is another replica's now                              the process ends, and begins anew

Clients raise, the engine and `apply` decide; nothing between catches. Errors can be pickled: they cross a journal.
No text here ever holds a credential.
"""

# ruff: noqa: N818 - the words of the field: a site is Unreachable, a host Busy, a plan Held

from __future__ import annotations

import copyreg
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

from reconciler.model.condition import Condition, HostCondition
from reconciler.model.origin import Origin


class Visit(StrEnum):
    """When the site is worth another visit."""

    STALLED = "stalled"  # when Git or the site moves: asking again changes nothing
    WAITING = "waiting"  # after a pause that grows
    AGAIN = "again"  # at once, looking first


class Reason(StrEnum):
    """The reason of a site's condition, one word for each class of error (Kubernetes' form)."""

    FAILED = "Failed"
    CONFIG_INVALID = "ConfigInvalid"
    SECRET_UNREAD = "SecretUnread"  # noqa: S105
    REFUSED = "Refused"
    BUSY = "PlatformBusy"
    UNAUTHORIZED = "Unauthorized"
    UNREACHABLE = "Unreachable"
    NOT_READY = "NotReady"
    STUCK = "HostStuck"
    STOPPED = "Stopped"
    CONFLICT = "Conflict"
    HELD = "Held"


class Failure(StrEnum):
    """How a service did not answer."""

    DNS = "dns"
    REFUSED = "refused"  # nobody listens
    NO_ROUTE = "no-route"
    TLS = "tls"
    TIMEOUT = "timeout"
    BROKEN = "broken"  # the connection ended before the answer did
    UNAVAILABLE = "unavailable"  # a gateway answered in its place: 502, 503, 504
    GARBLED = "garbled"  # an answer, but not this service's
    STRANGER = "stranger"  # another system than the site's
    NOWHERE = "nowhere"  # no address to ask at


class ReconcilerError(Exception):
    """Anything that keeps a site from being what Git says. `reason` and `visit` say what comes next."""

    reason: ClassVar[Reason] = Reason.FAILED
    visit: ClassVar[Visit] = Visit.WAITING

    def __reduce__(self) -> tuple[Any, ...]:
        # Exception's own form calls __init__ with the message alone; ours have fields.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


@dataclass(eq=False)
class ConfigError(ReconcilerError):
    """Something that Git, or a file of the controller, says and that cannot be."""

    reason: ClassVar[Reason] = Reason.CONFIG_INVALID
    visit: ClassVar[Visit] = Visit.STALLED

    message: str
    origin: Origin | str = ""  # an Origin, or `file`, `file:line`, `file: entry`

    def __post_init__(self) -> None:
        where = self.origin.exact if isinstance(self.origin, Origin) else self.origin
        super().__init__(": ".join(filter(None, (where, self.message))))


class SecretUnread(ConfigError):
    """Who keeps a secret cannot tell it now: it is sealed, or nobody reaches it. Nothing in Git is wrong."""

    reason: ClassVar[Reason] = Reason.SECRET_UNREAD
    visit: ClassVar[Visit] = Visit.WAITING


class ConfigErrors(ReconcilerError):
    """Every ConfigError that one reading found, so that they are mended in one go."""

    reason: ClassVar[Reason] = Reason.CONFIG_INVALID
    visit: ClassVar[Visit] = Visit.STALLED

    def __init__(self, errors: Iterable[ConfigError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(map(str, self.errors)))

    def __iter__(self) -> Iterator[ConfigError]:
        return iter(self.errors)


@dataclass(eq=False)
class _Answered(ReconcilerError):
    """A service answered with a fault: which, to what, and its own words."""

    service: str
    method: str
    path: str
    status: int
    fault: str
    site: str = ""
    host: str = ""
    verb: ClassVar[str] = "answered"
    advice: ClassVar[str] = ""
    of_reading: ClassVar[str] = ""  # the same of a GET, where that is other

    def __post_init__(self) -> None:
        status = f"({self.status})" if self.status else ""
        said = " ".join(filter(None, (self.service, self.verb, self.method, self.path, status)))
        advice = (self.method == "GET" and self.of_reading) or self.advice
        super().__init__(f"{_place(self.site, self.host)}{said}: {_closed(self.fault)} {advice}".rstrip())


class Refused(_Answered):
    """A service understood and said no. Asked again, it says no again, until Git or the site moves."""

    reason: ClassVar[Reason] = Reason.REFUSED
    visit: ClassVar[Visit] = Visit.STALLED
    verb: ClassVar[str] = "refused"
    advice: ClassVar[str] = "Change it in Git, or mend on the site what it complains of."
    of_reading: ClassVar[str] = "Mend there what it complains of."

    @property
    def is_absent(self) -> bool:
        """404. On the platform also the form of some refusals, so never proof that a thing is gone."""
        return self.status == 404

    @property
    def is_duplicate(self) -> bool:
        """409: there already, or in conflict with something that is."""
        return self.status == 409

    @property
    def is_unsure(self) -> bool:
        """The server failed: what was asked for may have been done, or may be done later."""
        return self.status >= 500


class Busy(_Answered):
    """A service said "not now": the same call is to be sent again after a while."""

    reason: ClassVar[Reason] = Reason.BUSY
    visit: ClassVar[Visit] = Visit.WAITING
    verb: ClassVar[str] = "is not ready for"
    advice: ClassVar[str] = "It is asked again."


class Unauthorized(_Answered):
    """Keystone, or a service with a fresh token, does not know us. Mended in the endpoints file or on the site."""

    reason: ClassVar[Reason] = Reason.UNAUTHORIZED
    visit: ClassVar[Visit] = Visit.WAITING
    verb: ClassVar[str] = "does not accept us for"
    advice: ClassVar[str] = (
        "Check the credentials: of a site those of its entry in the endpoints file, or of `derived` there; of the central "
        "cloud those of `systemController`, there or in fleet.yaml."
    )


_ADVICE = {
    Failure.DNS: "Check the host name in the endpoints file and the resolver.",
    Failure.REFUSED: "Check address and port in the endpoints file, and that the service runs.",
    Failure.NO_ROUTE: "Check the route to the site.",
    Failure.TLS: "Check caBundle in the endpoints file, and that the certificate names the address that is called.",
    Failure.TIMEOUT: "Check the link to the site.",
    Failure.BROKEN: "Check the link to the site.",
    Failure.UNAVAILABLE: "Check that the service behind the gateway runs.",
    Failure.GARBLED: "Check that the service URL in the endpoints file is this service's, and what stands between.",
    Failure.STRANGER: "Check the site's entry in the endpoints file, or its row in dcmanager: another site has this address now.",
    Failure.NOWHERE: "Check that dcmanager brings it up, or give it an entry in the endpoints file.",
}


@dataclass(eq=False)
class Unreachable(ReconcilerError):
    """No usable answer.

    sent: the request may have taken effect, and has to be resolved by looking. False only where it certainly never
      left, or changes nothing.
    """

    reason: ClassVar[Reason] = Reason.UNREACHABLE
    visit: ClassVar[Visit] = Visit.WAITING

    service: str
    method: str
    path: str
    failure: Failure
    detail: str
    sent: bool
    site: str = ""
    host: str = ""

    def __post_init__(self) -> None:
        gone = "it may have taken effect" if self.sent else ""
        what = f"{self.service} gave no usable answer to {self.method} {self.path} ({self.failure})"
        detail = "; ".join(filter(None, (self.detail.rstrip("."), gone)))
        super().__init__(f"{_place(self.site, self.host)}{what}: {detail}. {_ADVICE[self.failure]}")


class Nowhere(Unreachable):
    """Nobody knows where a site's services are: nothing was asked, and nothing sent.

    advice: what to do about it; "" where the detail says that.
    """

    def __init__(self, site: str, detail: str, advice: str = _ADVICE[Failure.NOWHERE]) -> None:
        self.advice = advice
        super().__init__("", "", "", Failure.NOWHERE, detail, False, site)

    def __post_init__(self) -> None:
        Exception.__init__(self, f"{_place(self.site, '')}{self.detail}. {self.advice}".rstrip())


class NotReady(ReconcilerError):
    """What a step needs, or the effect that it had, is not there yet."""

    reason: ClassVar[Reason] = Reason.NOT_READY
    visit: ClassVar[Visit] = Visit.WAITING


@dataclass(eq=False)
class Stopped(ReconcilerError):
    """What was begun has ended, and not well: the platform says so. said: its own words, "" where it has none."""

    reason: ClassVar[Reason] = Reason.STOPPED
    visit: ClassVar[Visit] = Visit.STALLED
    site: str
    state: str
    said: str = ""

    def __post_init__(self) -> None:
        super().__init__(f"{self.site}: {self.state}" + (f": {self.said}" if self.said else ""))


@dataclass(eq=False)
class Stuck(ReconcilerError):
    """A host is not in the state that was asked of it, and asking again at once is no answer: its condition says more."""

    reason: ClassVar[Reason] = Reason.STUCK
    visit: ClassVar[Visit] = Visit.STALLED

    condition: Condition
    host: str
    said: str
    site: str = ""

    def __post_init__(self) -> None:
        told = HostCondition(self.condition, self.host, self.said)
        next_move = told.next_move(self.site)
        super().__init__(f"{_place(self.site, self.host)}{self.condition}: {_closed(self.said)} Next: {next_move}")


class Conflict(ReconcilerError):
    """The site moved since it was looked at: nothing is forced, it is planned afresh."""

    reason: ClassVar[Reason] = Reason.CONFLICT
    visit: ClassVar[Visit] = Visit.AGAIN


class Held(ReconcilerError):
    """A gate stops the apply: an approval, a window, another writer, an operator's lock."""

    reason: ClassVar[Reason] = Reason.HELD
    visit: ClassVar[Visit] = Visit.WAITING


class Lost(ReconcilerError):
    """Our session is over, or may be: others work on our sites now. Nothing is told of it: the process ends."""


class Plea(NamedTuple):
    """Words by which a service asks to be asked again, and where they were found."""

    words: str
    source: str


# sysinv has no error codes: only its prose tells "not now" from "no". All from starlingx/config b62963d4,
# sysinv/api/controllers/v1/<file> <function>; the first two, "in progress action", "LVG update" and "drbd sync"
# were also seen on a running server. Words stand as they are sent, spelling included.
PLEAS = (
    Plea("is pending. please wait", "host.py check_unlock_runtime_manifests"),
    Plea("kernel configuration in progress", "host.py check_unlock_kernel_config_status"),
    Plea("apparmor configuration in progress", "host.py check_unlock_apparmor_config_status"),
    Plea("rejected due to in progress action", "host.py action_check"),
    Plea("wait a few minutes for inventory update", "host.py _semantic_check_sriov_interface, .._acclr_fec_device"),
    Plea("wait for host to complete initial inventory", "host.py check_unlock"),
    Plea("wait for 'online' availability status", "host.py check_unlock"),
    Plea("partitions on the host are in a creating/deleting/modifying state", "host.py check_unlock_partitions"),
    Plea("while an application is being", "host.py check_unlock_application"),
    Plea("filesystem operations are in progress", "host.py _semantic_check_controllerfs"),
    Plea("please retry and if problem persists", "host.py _patch: VIM or maintenance did not answer"),
    Plea("wait for the resizing to complete", "host.py check_swact"),
    Plea("apply is in progress", "host.py check_swact"),
    Plea(
        "wait for the current operation to complete",
        "utils.py common_checks, storage.py, host.py check_lock_controller",
    ),
    Plea("wait for current operation to complete", "utils.py common_checks"),
    Plea("lvg update is still pending", "host_fs.py _check_fs_resizing"),
    Plea("drdb filesystem resize in progress", "host_fs.py _check_fs_resizing"),
    Plea("pending lvg updates", "controller_fs.py _check_fs_resizing"),
    Plea("drbd sync operation is currently in progress", "controller_fs.py _check_fs_resizing"),
    Plea("wait fot the resize to finish", "pv.py _check_lvg"),
    # one that is to stay keeps the group out of the plan; one that goes is reported gone soon after its host's unlock
    Plea("can not be added while filesystem", "lvg.py _create"),
    Plea(
        "please wait until it finishes before running",
        "distcloud dcmanager/common/utils.py is_subcloud_in_transient_state",
    ),
    Plea(
        "please finish the software deployment", "distcloud dcmanager/.../subclouds.py validate_software_deploy_state"
    ),
    Plea(
        "is still undergoing software update",
        "distcloud dcmanager/common/phased_subcloud_deploy.py validate_system_controller_deploy_status",
    ),
    Plea("wait for the operation to finish", "partition.py _are_partition_operations_simultaneous"),
)


def asks_to_wait(fault: str) -> bool:
    """Whether a fault's words say "not now" rather than "no"."""
    words = " ".join(fault.lower().split())
    return any(plea.words in words for plea in PLEAS)


def complaints(text: str) -> str:
    """The words of a fault; of a report of health that which is not well (`[Fail]`), or all of it where all is well."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    bad = [line for line in lines if not line.endswith("[OK]")] if any("[Fail]" in line for line in lines) else lines
    return " ".join(bad)


def _place(site: str, host: str) -> str:
    place = " ".join(filter(None, (site, host)))
    return f"{place}: " if place else ""


def _closed(text: str) -> str:
    """The text as a sentence."""
    text = text.strip() or "no reason given"
    return text if text.endswith((".", "!", "?")) else f"{text}."
