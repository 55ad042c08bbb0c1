"""A person's word that the deployment of a site is to end where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.words import Service, State

# what is asked of dcmanager for one subcloud; of what it has beside them nothing is aborted
SUBCLOUDS = ("/v1.0/subclouds", "/v1.0/phased-subcloud-deploy")
NOTHING = "nothing is being sent to it that could be aborted; `stxr status` says what it is"
NO_DEPLOYMENT = (
    "what is being sent to it is no deployment, which dcmanager could end: `stxr suspend {site}` has no further host taken "
    "out of service, and `stxr history {site}` says how far it is"
)


@dataclass(frozen=True, slots=True)
class Abort:
    """status: that of the phase of which dcmanager has heard that it is to end; "" before it has."""

    site: str
    by: str
    reason: str
    status: str = ""

    @property
    def in_words(self) -> str:
        return f"aborted by {self.by}: {self.reason}"


def refusal(site: str, state: State, plan: Mapping[str, Any] | None) -> str:
    """Why there is nothing to abort; "" where there is. plan: what is being sent, as `wire.plan_json` has it."""
    if state is not State.APPLYING:
        return f"{site}: {NOTHING}"
    return "" if plan and _deploys(plan) else f"{site}: {NO_DEPLOYMENT.format(site=site)}"


def _deploys(plan: Mapping[str, Any]) -> bool:
    calls = (call for stage in plan["stages"] for step in stage["steps"] for call in step["calls"])
    return any(call["service"] == Service.DCMANAGER and call["path"].startswith(SUBCLOUDS) for call in calls)
