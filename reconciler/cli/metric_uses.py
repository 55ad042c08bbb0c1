"""Which alert and which panel use a metric, as the chart's files say it: a metric that nobody uses stands out."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

import reconciler

CHART = Path(reconciler.__file__).parents[1] / "charts" / "stx-reconciler" / "files"
METRIC = re.compile(r"\bstxr_[a-z_]+")
SUFFIX = re.compile(r"_(bucket|sum|count)$")  # of a histogram's own series


def uses(files: Path = CHART) -> Mapping[str, tuple[str, ...]]:
    """Metric -> alerts by name, then dashboards by title; empty where the chart does not stand beside the program."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for user, said in (*_alerts(files / "alerts.yaml"), *_panels(files / "dashboards")):
        for metric in METRIC.findall(said):
            found[SUFFIX.sub("", metric)][user] = None
    return {metric: tuple(users) for metric, users in found.items()}


def _alerts(file: Path) -> Iterator[tuple[str, str]]:
    """Recorded series stand for what they are made of."""
    if not file.is_file():
        return
    rules = [rule for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]]
    recorded = {rule["record"]: rule["expr"] for rule in rules if "record" in rule}
    for rule in (rule for rule in rules if "alert" in rule):
        said = f"{rule['expr']} {rule['annotations']['description']}"
        for name, expression in reversed(recorded.items()):
            said = said.replace(name, expression)
        yield rule["alert"], said


def _panels(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.glob("*.json")):
        board = json.loads(file.read_text())
        variables = " ".join(str(one.get("definition", "")) for one in board["templating"]["list"])
        yield board["title"], variables
        for panel in board["panels"]:
            yield board["title"], " ".join(target["expr"] for target in panel["targets"])
