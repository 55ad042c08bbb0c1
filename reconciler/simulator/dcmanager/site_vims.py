"""What a step of a strategy does at its site: it has the site's own VIM make a strategy, applies it, and deletes it.

dcmanager/orchestrator/states/software/pre_check.py, states/creating_vim_strategy.py, states/applying_vim_strategy.py,
orchestrator_worker.py _do_delete_subcloud_strategy. Hosts are gone through as `/sw-update-options` says. While a site is
away, as one with one controller is when it reboots, it is asked again; that dcmanager gives up after a while is not
simulated. Unverified: no recording has a site.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.simulator.dcmanager import options, site_images
from reconciler.simulator.dcmanager.beyond import Beyond
from reconciler.simulator.exchange import Request, Response
from reconciler.simulator.tables import Row
from reconciler.simulator.usm.versions import LAST_IN_PATHS, major, parts

if TYPE_CHECKING:
    from reconciler.simulator.system import System

NAMES = {"sw-deploy": "sw-upgrade", "kubernetes": "kube-upgrade", "kube-rootca-update": "kube-rootca-update"} | {
    "firmware": "fw-update"
}
"""VIM's own names of what these types ask it for."""
IMPORTS, CHECKS, CREATES, APPLIES = (
    ("importing firmware",),
    ("sw-deploy pre-check",),
    (
        "create VIM sw-deploy strategy",
        "kube creating vim kube upgrade strategy",
        "creating vim kube rootca update strategy",
        "creating fw update strategy",
    ),
    (
        "apply VIM sw-deploy strategy",
        "kube applying vim kube upgrade strategy",
        "applying vim kube rootca update strategy",
        "applying fw update strategy",
    ),
)
STATES = frozenset((*IMPORTS, *CHECKS, *CREATES, *APPLIES))
AT_WORK = ("building", "applying", "aborting")
ROOT = "/api/orchestration"


@dataclass(frozen=True, slots=True)
class Ended:
    """A state of a step that has ended. why: it failed. is_all: nothing is left to do. skips: so many states after it."""

    why: str = ""
    is_all: bool = False
    skips: int = 0


@dataclass(frozen=True, slots=True)
class SiteVim:
    """The site of one step, as the centre asks it."""

    system: System
    beyond: Beyond
    subcloud: Row
    strategy: Row

    def go_on(self, step: Row) -> Ended | None:
        """How the step's state has ended; None while it goes on, or the site does not answer."""
        if step["state"] in IMPORTS:
            why = site_images.bring(self.system, lambda request: self.beyond.ask(self.subcloud, "platform", request))
            return None if why is None else Ended(why and self._failed(why).why)
        if step["state"] in CHECKS:
            return self._checked()
        return self._created(step) if step["state"] in CREATES else self._applied()

    def undo(self) -> None:
        """Delete what VIM has made, unless it is at work."""
        found = self._strategy()
        if found and found["strategy"] and found["strategy"]["state"] not in AT_WORK:
            self._ask("DELETE", "", {"force": False})

    def _checked(self) -> Ended | None:
        listed = self._asked("usm", Request("GET", "/v1/release"))
        if listed is None:
            return None
        wanted = (self.strategy["extra-args"] or {}).get("release_id")
        states = {row["release_id"]: row for row in listed}
        if wanted not in states:
            return self._failed(f"Release {wanted} is not prestaged.")
        deployed = [row for row in listed if row["state"] == "deployed"]
        last = max(deployed, key=lambda row: parts(row["sw_version"]), default=None)
        is_patch = self.subcloud["software-version"] == major(wanted or "")  # no license is installed for it
        return Ended(is_all=last is not None and last["release_id"] == wanted, skips=int(is_patch))

    def _created(self, step: Row) -> Ended | None:
        found = self._strategy()
        if found is None:
            return None
        there = found["strategy"]
        if not step.get("asked"):
            return self._asked_for(step, there)
        if there is None or there["state"] == "building":
            return None
        if there["state"] == "ready-to-apply":
            return Ended()
        phase = there["build-phase"]
        return self._failed(f"VIM strategy build failed: {phase['response'] or phase['reason']}", there["state"])

    def _asked_for(self, step: Row, there: Row | None) -> Ended | None:
        """VIM is to make one, in the place of one that has ended."""
        if there and there["state"] in AT_WORK:
            why = "Failed to create a VIM strategy. There already is an existing strategy in this state."
            return self._failed(why, there["state"])
        if there:
            self._ask("DELETE", "", {"force": False})
        answer = self._ask("POST", "", self._body())
        if answer.status >= 400:
            return self._failed(f"VIM strategy creation failed: {answer.body.get('faultstring')}")
        self.system.tables.update("strategy_steps", step["uuid"], {"asked": True})
        return None

    def _applied(self) -> Ended | None:
        """VIM aborts what fails by itself, and to dcmanager that is a state that it does not expect."""
        found = self._strategy()
        if found is None:
            return None
        there = found["strategy"]
        if there is None:
            return self._failed("VIM Strategy no longer exists.")
        state = there["state"]
        if state == "ready-to-apply":
            self._ask("POST", "/actions", {"action": "apply-all"})
        if state in ("ready-to-apply", "applying", "applied"):
            return Ended() if state == "applied" else None
        if state in ("apply-failed", "apply-timeout"):
            phase = there["apply-phase"]
            return self._failed(f"VIM strategy apply failed: {phase['response'] or phase['reason']}", state)
        return self._failed("VIM strategy unexpected apply state.", state)

    def _body(self) -> Mapping[str, Any]:
        """creating_vim_strategy.py _create_vim_strategy, and those of kube and kube_rootca."""
        said = options.of(self.system, self.subcloud)
        own = {
            "controller-apply-type": "serial",
            "storage-apply-type": said["storage-apply-type"],
            "worker-apply-type": said["worker-apply-type"],
            "max-parallel-worker-hosts": said["max-parallel-workers"],
            "default-instance-action": said["default-instance-action"],
            "alarm-restrictions": said["alarm-restriction-type"],
        }
        if self.strategy["type"] == "firmware":
            return own | {
                "max-parallel-worker-hosts": 2
            }  # whatever the options say (firmware/creating_vim_strategy.py)
        asked = self.strategy["extra-args"] or {}
        if self.strategy["type"] == "kubernetes":
            return own | {"to-version": asked["to-version"]}
        if self.strategy["type"] == "kube-rootca-update":
            return own | {name: value for name, value in asked.items() if value}
        if asked.get("rollback"):
            return own | {"rollback": True}
        name = asked["release_id"]
        is_listed = parts(self.subcloud["software-version"])[:2] > LAST_IN_PATHS
        return own | {"release": [name] if is_listed else name, "delete": asked.get("delete") in (True, "true")}

    def _failed(self, details: str, state: str = "") -> Ended:
        """base.py handle_exception, common/exceptions.py DCOrchestrationFailedException."""
        told = f"Failed for subcloud {self.subcloud['name']}: {details}"
        name = NAMES[self.strategy["type"]]
        return Ended(f"{told} State: {state} Strategy: {name}" if state else told)

    def _strategy(self) -> Row | None:
        """What VIM shows of its strategy of the type; None where the site does not answer."""
        found: Row | None = self._asked("nfv", Request("GET", self._path))
        return found

    @property
    def _path(self) -> str:
        return f"{ROOT}/{NAMES[self.strategy['type']]}/strategy"

    def _ask(self, method: str, below: str, body: Mapping[str, Any]) -> Response:
        request = Request(method, f"{self._path}{below}", content=json.dumps(body).encode())
        return self.beyond.ask(self.subcloud, "nfv", request) or Response(503)

    def _asked(self, service: str, request: Request) -> Any:
        """What a service shows; None where it does not answer."""
        answer = self.beyond.ask(self.subcloud, service, request)
        return answer.body if answer and answer.status == 200 else None
