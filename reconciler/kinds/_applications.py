"""Applications of a site's Kubernetes, as several kinds see them: where Git says them, and how the platform calls their states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds import _own as own
from reconciler.model.kind import Context
from reconciler.model.node import Node
from reconciler.model.plan import Call, Until
from reconciler.model.resource import ResourceKey
from reconciler.model.site import Site

PATH = "/v1/apps"
SECTION = "applications"
APPLICATION, STATE = "application", "application-state"
APPLIED, UPLOADED, REMOVED = "applied", "uploaded", "removed"
APPLY_FAILED, REMOVE_FAILED, UPLOAD_FAILED = "apply-failed", "remove-failed", "upload-failed"
RUNNING = frozenset({APPLIED, APPLY_FAILED, REMOVE_FAILED})  # something of it is in the cluster
AT_REST = frozenset({UPLOADED, UPLOAD_FAILED, *RUNNING})  # of sysinv common/constants.py APP_STATUS_LIST
# made by bootstrap, as the recordings show them, and kept up by the platform itself
OF_THE_PLATFORM = frozenset({"cert-manager", "deployment-manager", "nginx-ingress-controller", "platform-integ-apps"})
WORK_LIMIT_S = 3600.0  # images come over the site's line; sysinv itself gives one an hour
UPLOAD_LIMIT_S = 1800.0


def said(site: Site, *, wanted: bool = True) -> Iterator[tuple[str, Node]]:
    """The applications by name; wanted: without those that Git says are to go."""
    section = own.system(site, SECTION)
    for name, node in section.members() if section else ():
        if not (wanted and node.text("state") == REMOVED):
            yield name, node


def applied(name: str) -> Call:
    """Installed, or installed again with what is said of its charts by now."""
    return _act(name, "apply", _until(name, APPLIED, APPLY_FAILED))


def removed(name: str) -> Call:
    """Taken out of the cluster; its tarball stays with the platform."""
    return _act(name, "remove", _until(name, UPLOADED, REMOVE_FAILED))


def uploaded(body: Mapping[str, str], name: str) -> Call:
    """Known to the platform. Its state is there with it: who looks for that meets what this plan made."""
    until = _until(name, UPLOADED, UPLOAD_FAILED, UPLOAD_LIMIT_S)
    return Call("POST", PATH, dict(body), creates=ResourceKey(STATE, name), until=until)


def updated(body: Mapping[str, str], name: str) -> Call:
    """To another version. One that fails goes back to the version before, and is applied again."""
    return Call("POST", f"{PATH}/update", dict(body), until=_until(name, APPLIED, APPLY_FAILED))


def state_of(name: str, context: Context) -> str:
    """What the site shows; "" where it does not have it."""
    have = context.observed.resources.get(ResourceKey(STATE, name))
    return str(have.spec.state) if have else ""


def is_busy(name: str, state: str, progress: str = "") -> str:
    """Why nothing is asked of it now; "" if it rests."""
    told = f" ({progress})" if progress else ""
    return "" if state in AT_REST or not state else f"the platform is at it: {name} is {state}{told}"


def _act(name: str, directive: str, until: Until) -> Call:
    return Call("PATCH", f"{PATH}/{name}?directive={directive}", {"values": {}}, until=until)


def _until(name: str, state: str, failed: str, limit_s: float = WORK_LIMIT_S) -> Until:
    return Until(f"{PATH}/{name}", "status", (state,), limit_s, (failed,), "progress")
