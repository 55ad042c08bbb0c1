"""The example for Alertmanager, by its own tool: who gets what; and every alert that it names is one of ours."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.charts.rendering import alerts

EXAMPLE = Path(__file__).parents[2] / "docs" / "alertmanager.yaml"
ALERTS = alerts()
pytestmark = pytest.mark.skipif(not shutil.which("amtool"), reason="amtool is not installed")
NAMED = re.compile(r"alertname =~? \"?([^\"]+)")


def amtool(*arguments: str) -> str:
    done = subprocess.run([shutil.which("amtool") or "amtool", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_alertmanager_takes_it():
    assert "SUCCESS" in amtool("check-config", str(EXAMPLE))


@pytest.mark.parametrize("name", ALERTS)
def test_whoever_is_to_be_woken_is(name):
    severity = ALERTS[name]["labels"]["severity"]
    expected = {"critical": "pager", "warning": "chat", "info": "nobody", "none": "dead-mans-switch"}[severity]
    labels = (f"alertname={name}", f"severity={severity}", "group=ran")
    assert amtool("config", "routes", "test", f"--config.file={EXAMPLE}", *labels).strip() == expected


def test_what_holds_back_and_what_is_held_back_are_alerts_of_ours():
    for rule in yaml.safe_load(EXAMPLE.read_text())["inhibit_rules"]:
        for matcher in (*rule["source_matchers"], *rule["target_matchers"]):
            pattern = NAMED.match(matcher)[1]
            assert [name for name in ALERTS if re.fullmatch(pattern, name)], matcher
            for alternative in pattern.split("|") if "(" not in pattern else ():
                assert [name for name in ALERTS if re.fullmatch(alternative, name)], alternative
