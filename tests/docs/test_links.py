"""Whoever begins at the README comes to every page, and every link leads to a page, and to a heading that is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
QUOTED = re.compile(r"`((?:docs/)?[\w./-]+\.md|docs/[\w/]+/)`")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def text(page: Path) -> str:
    """Without examples."""
    return FENCED.sub("", page.read_text())


def leads_to(page: Path) -> Iterator[Path]:
    """By a link, or by its name: `docs/x.md` anywhere, and in the README a folder of pages."""
    for target, _ in LINK.findall(text(page)):
        if target.endswith(".md"):
            yield (page.parent / target).resolve()
    for named in QUOTED.findall(text(page)):
        yield from ROOT.glob(f"{named}*.md") if named.endswith("/") else [ROOT / named]


def headings(page: Path) -> set[str]:
    """As forges make anchors of them: in small letters, blanks as dashes, without punctuation."""
    said = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", each) for each in said)
    return {re.sub(r"[^\w\- ]", "", each.lower()).strip().replace(" ", "-") for each in plain}


def test_every_page_is_come_to_from_the_readme():
    reached: set[Path] = set()
    begun = [ROOT / "README.md"]
    while begun:
        page = begun.pop()
        if page not in reached and page.is_file():
            reached.add(page)
            begun += leads_to(page)
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in reached] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page):
    lost = []
    for target, heading in LINK.findall(text(page)):
        there = (page.parent / target).resolve() if target else page
        if not there.exists() or (heading and heading not in headings(there)):
            lost.append(f"{target}#{heading}" if heading else target)
    assert lost == []
