"""Why nothing is begun at a site any more that has asked for a strategy of dcmanager's: what was said since it asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconciler.model.errors import ReconcilerError
from reconciler.model.gate import Suspension
from reconciler.model.site import Settings


@dataclass(frozen=True, slots=True)
class Stops:
    """settings: of a site; None for one of which Git says nothing any more. It may raise ReconcilerError.

    suspensions: who said stop. now: Unix seconds.
    """

    settings: Callable[[str], Settings | None]
    suspensions: Callable[[], tuple[Suspension, ...]]
    now: Callable[[], float]

    def __call__(self, site: str) -> str:
        """What was said, for people; empty where nothing speaks against it."""
        try:
            settings = self.settings(site)
        except ReconcilerError as error:
            return str(error)  # of one site's files, and no reason for the others to wait
        if settings is None:
            return "Git says nothing of it any more"
        said = [one for one in self.suspensions() if one.concerns(site, settings.group)]
        frozen = [one for one in settings.freezes if one.covers(settings.group, self.now())]
        words = (
            *(f"suspended by {one.by}: {one.reason}" for one in said),
            *(f"frozen: {one.reason}" for one in frozen),
        )
        return next(iter(words), "")
