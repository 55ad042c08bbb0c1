"""The table of conditions is the enum, in words for whoever is called at night."""

from __future__ import annotations

from pathlib import Path

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
