"""The table of conditions is the enum, in words for whoever is called at night."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.model.condition import Condition

PAGE = Path(__file__).parents[2] / "docs/conditions.md"
BEGIN, END = "<!-- conditions -->\n", "<!-- /conditions -->"


def table():
    rows = (f"| `{c}` | {c.about.means} | {_said(c.about.look)} | {_said(c.about.run)} |" for c in Condition)
    return "\n".join(("| condition | what it means | what to look at | what to do |", "|---|---|---|---|", *rows, ""))


def _said(text):
    return text.format(site="SITE", host="HOST")


def test_the_table_has_every_condition_with_its_next_move():
    shown = PAGE.read_text().partition(BEGIN)[2].partition(END)[0]
    assert shown == table(), "put tests.docs.test_conditions.table() between the marks"


@pytest.mark.parametrize("condition", Condition)
def test_the_next_move_names_what_to_run(condition):
    """Whoever is woken copies it: with the site's and the host's own names, none left to fill in."""
    said = condition.about.run.format(site="ottawa-001", host="controller-0")
    assert re.search(r"stxr resume ottawa-001|system host-(un)?lock (--force )?controller-0", said)
    assert not re.search(r"[{}]|SITE|HOST", said)
