"""Which pull request a forge's event is about. Pure; of nothing that was not proved to come from it (`push_events`).

What happened to it is not read here, nor what anybody is said to have written: the forge is asked. So an event that
comes late, twice or not at all changes no more than when it is looked at.

Events: docs.github.com webhooks/webhook-events-and-payloads (pull_request, pull_request_review, issue_comment);
gitlabhq/gitlabhq doc/user/project/integrations/webhook_events.md (Merge Request Hook, Note Hook); go-gitea/gitea
modules/webhook/type.go `Event` and modules/structs/hook.go (pull_request, pull_request_approved, issue_comment ...).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from reconciler.model.forge import Forge
from reconciler.sources.push_events import EVENTS


@dataclass(frozen=True, slots=True)
class Named:
    """A pull request by its repository's path, as the forge writes it, and its number."""

    project: str
    number: int

    def is_of(self, project: str) -> bool:
        return self.project.casefold() == project.casefold()


def named(forge: Forge, headers: Mapping[str, str], body: bytes) -> Named | None:
    """The pull request that an authentic event is about; None where it is about none."""
    event = headers.get(EVENTS.get(forge, ""), "")
    places = _NUMBERS.get(event) if forge is Forge.GITLAB else _number_of(event)
    if not places:
        return None
    try:
        said: Any = orjson.loads(body)
    except ValueError:
        return None
    project = _at(said, "project.path_with_namespace" if forge is Forge.GITLAB else "repository.full_name")
    number = next((found for place in places if isinstance(found := _at(said, place), int)), 0)
    is_pull = event != "issue_comment" or bool(_at(said, "issue.pull_request") or _at(said, "is_pull"))
    return Named(project, number) if isinstance(project, str) and number > 0 and is_pull else None


_NUMBERS = {"Merge Request Hook": ("object_attributes.iid",), "Note Hook": ("merge_request.iid",)}


def _number_of(event: str) -> tuple[str, ...]:
    """Where GitHub and Gitea name it; Gitea has an event of its own for each end of a review."""
    if event == "issue_comment":
        return ("issue.number",)
    return ("pull_request.number", "number") if event.startswith("pull_request") else ()


def _at(value: Any, place: str) -> Any:
    for name in place.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
