"""The chart's rules as Prometheus gets them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from helm_python import Chart

CHART = Path(__file__).parents[2] / "charts" / "stx-reconciler"


def rules(time_scale: float = 1, **values: Any) -> dict[str, Any]:
    """The groups of rules, durations divided by the scale."""
    given = {
        "repository": {"url": "https://git.example.com/sites.git"},
        "endpoints": {"existingConfigMap": "endpoints"},
        "alerts": {"rules": {"create": "always"}, "timeScale": time_scale},
        **values,
    }
    with Chart.load(CHART) as loaded:
        made = loaded.render(given, name="stxr")["stx-reconciler/templates/prometheusrule.yaml"]
    return yaml.safe_load(made)["spec"]


def alerts() -> dict[str, dict[str, Any]]:
    """Each alert by its name."""
    return {rule["alert"]: rule for group in rules()["groups"] for rule in group["rules"] if "alert" in rule}
