"""What the page of a distributed cloud says of each thing: in one of its four words, and of things that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.kinds import registry

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/distributed-cloud.md"
KINDS = registry()
STATES = {"done", "in part", "shown", "not built"}
NAMED_KIND = re.compile(r"\bkinds? `([\w-]+)`(?:(?:,| and) `([\w-]+)`)*")
LINK = re.compile(r"\]\(([\w./-]+\.md)\)")
# what dcmanager's own interfaces offer (starlingx/distcloud dcmanager/api/controllers/v1), however a row words it
OFFERED = (
    *(
        "install",
        "bootstrap",
        "configure",
        "complete",
        "manage",
        "enroll",
        "phase",
        "abort",
        "rehome",
        "delete",
        "rename",
    ),
    *("management addresses", "groups", "options", "peers", "prestage", "patch", "roll back", "Kubernetes", "root"),
    *("firmware", "back up", "restore", "certificates", "alarms", "suppression", "users"),
)


def rows():
    table = [line.strip("| ").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    return [row for row in table if row[0] not in {"What", "---"}]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0].replace(" ", "-"))
def test_each_row_says_how_far_it_is_and_where_or_why_not(row):
    _, said, state, where = row
    assert state in STATES
    assert (said == "-") <= (state == "not built"), "what Git does not say is not kept by it"
    assert (state in {"done", "in part"}) <= bool(NAMED_KIND.search(where) or "reconciler/" in where)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0].replace(" ", "-"))
def test_each_kind_and_page_that_a_row_names_exists(row):
    kinds = {name for found in NAMED_KIND.findall(row[3]) for name in found if name}
    assert kinds <= KINDS.keys()
    assert [link for link in LINK.findall(row[3]) if not (PAGE.parent / link).is_file()] == []
    assert not (row[2] == "not built" and kinds), "a kind is there for it"


@pytest.mark.parametrize("thing", OFFERED)
def test_nothing_that_dcmanager_offers_is_passed_over(thing):
    assert [row[0] for row in rows() if thing in row[0]], f"{PAGE.name} says nothing of: {thing}"


def left_over():
    """What the README says is not done yet: what is not built, and what is in part."""
    named = {state: "; ".join(row[0] for row in rows() if row[2] == state) for state in ("not built", "in part")}
    return f"of dcmanager's work: {named['not built']}; in part: {named['in part']} ([row by row](docs/distributed-cloud.md))"


def test_the_readme_says_the_same_of_what_is_left():
    shown = re.search(r"^\| Not yet \| (.*) \|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert shown[1] == left_over(), "put tests.docs.test_distributed_cloud.left_over() there"
