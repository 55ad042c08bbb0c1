"""Alerts, proved by promtool: each fires when it is to, after how long, and is silent when it is not."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.rendering import alerts, rules

HERE = Path(__file__).parent / "alerts"
RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
ALERTS = alerts()
SECTIONS = ("## What it means", "## What to look at", "## What to run")
promtool = shutil.which("promtool") or ""
pytestmark = pytest.mark.skipif(not promtool, reason="promtool is not installed")


def run(*arguments: str | Path) -> str:
    done = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("scale", [1, 60])
def test_prometheus_takes_the_rules(tmp_path, scale):
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rules(scale)))
    assert "rules found" in run("check", "rules", "--lint=all", "--lint-fatal", tmp_path / "rules.yaml")


@pytest.mark.parametrize("name", ALERTS)
def test_it_fires_when_it_is_to_and_is_silent_when_it_is_not(name, tmp_path):
    said = (HERE / f"{name}.yaml").read_text()
    expected = [check["exp_alerts"] for test in yaml.safe_load(said)["tests"] for check in test["alert_rule_test"]]
    assert any(expected), "nothing shows that it fires"
    assert name == "StxrWatchdog" or not all(expected), "nothing shows when it is silent"
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(_as_the_test_says(expected)))
    (tmp_path / "test.yaml").write_text(said)
    run("test", "rules", tmp_path / "test.yaml")


def _as_the_test_says(expected: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """The rules; promtool wants all annotations or none, and most tests are of something else."""
    made = rules()
    if any("exp_annotations" in alert for alerts in expected for alert in alerts):
        return made
    for group in made["groups"]:
        for rule in group["rules"]:
            rule.pop("annotations", None)
    return made


def test_there_is_no_test_of_an_alert_that_is_gone():
    assert {path.stem for path in HERE.glob("*.yaml")} == ALERTS.keys()


@pytest.mark.parametrize("name", ALERTS)
def test_whoever_is_woken_finds_what_to_do(name):
    runbook = (RUNBOOKS / f"{name}.md").read_text()
    assert runbook.startswith(f"# {name}\n")
    assert [line for line in runbook.splitlines() if line.startswith("## ")] == list(SECTIONS)
    assert ALERTS[name]["annotations"]["runbook_url"] == f"docs/runbooks/{name}.md"


def test_there_is_no_runbook_of_an_alert_that_is_gone():
    assert {path.stem for path in RUNBOOKS.glob("Stxr*.md")} == ALERTS.keys()


BEGIN, END = "<!-- alerts -->\n", "<!-- /alerts -->"


def index() -> str:
    """Every alert as its rule says it, in the order of the rules."""
    rows = [
        f"| [{name}]({name}.md) | {rule['labels']['severity']} | {rule.get('for', 'at once')} | {_plain(rule)} |"
        for name, rule in ALERTS.items()
    ]
    return "\n".join(("| alert | severity | after | what it says |", "|---|---|---|---|", *rows, ""))


def _plain(rule: dict[str, Any]) -> str:
    """The summary with what its templates print: names in capitals, the singular of two forms."""
    said = re.sub(
        r"\{\{ if eq \$value 1\.0 \}\}.*?\{\{ else \}\}(.*?)\{\{ end \}\}", r"\1", rule["annotations"]["summary"]
    )
    said = re.sub(r"\{\{ with \$labels\.group \}\}.*?\{\{ else \}\}(.*?)\{\{ end \}\}", r"\1", said)
    said = re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda label: label[1].upper(), said)
    said = re.sub(r"\{\{ \$value \| humanizeDuration \}\}", "so long", said)
    return re.sub(r"\{\{ \$value.*?\}\}", "N", said)


def test_the_index_of_runbooks_is_the_rules():
    shown = (RUNBOOKS / "README.md").read_text().partition(BEGIN)[2].partition(END)[0]
    assert shown == index(), "put tests.charts.test_alerts.index() between the marks"
    assert "{{" not in shown


@pytest.mark.parametrize("name", ALERTS)
def test_it_says_in_a_sentence_what_is_wrong_and_how_bad_it_is(name):
    rule = ALERTS[name]
    assert rule["annotations"]["summary"].endswith(".")
    assert len(rule["annotations"]["summary"]) < 150
    assert rule["labels"]["severity"] in {"critical", "warning", "info", "none"}


def test_every_duration_is_divided_by_the_scale():
    usual, quick = (_spans(rules(scale)) for scale in (1, 60))
    assert usual.keys() == quick.keys()
    assert all(quick[key] == pytest.approx(span / 60, abs=0.001) for key, span in usual.items())


def _spans(made: dict[str, Any]) -> dict[str, float]:
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    found = {}
    for group in made["groups"]:
        for rule in group["rules"]:
            for key in ("for", "keep_firing_for"):
                if key in rule:
                    number, unit = re.fullmatch(r"(\d+)(ms|s|m|h)", rule[key]).groups()
                    found[rule["alert"], key] = int(number) * units[unit]
    return found
