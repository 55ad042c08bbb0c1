"""How long a machine may look: a few seconds a property; on a build server the same examples every time."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings


def looking(examples: int, *, shrinks: bool = True) -> settings:
    """So many examples at most, with no limit on one: sites take their time. shrinks: what fails is made small."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=bool(os.environ.get("CI")),
        suppress_health_check=[HealthCheck.too_slow],
        phases=[Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if shrinks else [])],
    )
