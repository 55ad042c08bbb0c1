"""Dashboards: every expression is one that Prometheus takes, of metrics that we export; every link leads somewhere."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from reconciler.telemetry.catalogue import FAMILIES, Type
from tests.charts.rendering import CHART, alerts, rules

FILES = sorted((CHART / "files" / "dashboards").glob("*.json"))
BOARDS = {path.stem: json.loads(path.read_text()) for path in FILES}
boards = pytest.mark.parametrize("name", BOARDS)
GRAFANAS = {"$__rate_interval": "5m", "$group": ".*", "$subcloud": "sc-1", "$rollout": ".*"}
METRIC = re.compile(r"\bstxr[_:][a-z_:]+")
SUFFIXES = {Type.COUNTER: ("_total",), Type.HISTOGRAM: ("_bucket", "_sum", "_count"), Type.GAUGE: ("",)}
EXPORTED = {f"{one.full_name}{suffix}" for one in FAMILIES for suffix in SUFFIXES[one.type]}
RECORDED = {rule["record"] for group in rules()["groups"] for rule in group["rules"] if "record" in rule}


def expressions(board: dict[str, Any]) -> Iterator[str]:
    """As Prometheus gets them."""
    for panel in board["panels"]:
        for target in panel["targets"]:
            said = target["expr"]
            for variable, value in GRAFANAS.items():
                said = said.replace(variable, value)
            yield said


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")
@boards
def test_prometheus_takes_every_expression(name, tmp_path):
    recorded = [{"record": f"panel:{n}", "expr": said} for n, said in enumerate(expressions(BOARDS[name]))]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": name, "rules": recorded}]}))
    done = subprocess.run(
        [shutil.which("promtool") or "promtool", "check", "rules", tmp_path / "rules.yaml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@boards
def test_every_metric_of_a_panel_is_one_that_we_export(name):
    used = {metric for said in expressions(BOARDS[name]) for metric in METRIC.findall(said)}
    assert used <= EXPORTED | RECORDED


def test_every_metric_of_an_alert_is_one_that_we_export():
    said = [rule["expr"] for group in rules()["groups"] for rule in group["rules"]]
    said += [rule["annotations"]["description"] for rule in alerts().values()]
    assert {metric for one in said for metric in METRIC.findall(one)} <= EXPORTED | RECORDED


def test_each_has_a_name_of_its_own_that_never_changes():
    uids = Counter(board["uid"] for board in BOARDS.values())
    assert uids == {f"stxr-{name}": 1 for name in ("fleet", "subcloud", "rollouts", "reconciler")}


@boards
def test_what_an_operator_chooses_is_used(name):
    board = BOARDS[name]
    text = json.dumps({key: value for key, value in board.items() if key != "templating"})
    for variable in board["templating"]["list"]:
        said = variable["name"]
        elsewhere = json.dumps([v for v in board["templating"]["list"] if v["name"] != said])
        assert f"${said}" in text + elsewhere or f"${{{said}}}" in text + elsewhere, said


@boards
def test_no_panel_covers_another(name):
    taken: set[tuple[int, int]] = set()
    for panel in BOARDS[name]["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


@boards
def test_links_lead_to_runbooks_and_to_paths_of_the_api(name):
    from reconciler.api import Access, create_app
    from tests.api.test_app import fleet

    known = {re.sub(r"\{.*?\}", "x", route.path) for route in create_app(fleet(), Access("t")).routes}
    for link in BOARDS[name]["links"]:
        if "/api/" in link.get("url", ""):
            assert re.sub(r"\$\{.*?\}", "x", link["url"].removeprefix("${api}")) in known | {
                "/api/v1/rollouts",
                "/api/v1/drift",
            }
