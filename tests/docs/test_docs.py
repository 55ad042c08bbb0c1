"""The documents are held to the code: files that they name exist, and so do commands and targets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
PATH = re.compile(r"`((?:reconciler|docs|tests|sites|schemas|benchmarks)/[\w./-]*)`")
MODULE = re.compile(r"(?<![\w/`])`?(reconciler/[\w/]+\.py)`?")
TARGET = re.compile(r"`make ([a-z]+)`|^make ([a-z]+)", re.MULTILINE)
COMMAND = re.compile(r"`stxr ([a-z]+)|^\$? ?stxr ([a-z]+)", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_path_that_a_document_names_exists(document):
    missing = [p for p in PATH.findall(document.read_text()) if "<" not in p and not (ROOT / p).exists()]
    assert missing == []


def test_the_reading_order_can_be_opened():
    named = MODULE.findall((ROOT / "docs/onboarding.md").read_text())
    assert len(named) >= 8
    for path in named:
        text = (ROOT / path).read_text() if "<" not in path else '"""'
        assert text.startswith('"""'), f"{path} does not say what it is for in its first line"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_make_target_that_a_document_names_exists(document):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {a or b for a, b in TARGET.findall(document.read_text())}
    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_command_that_a_document_names_exists(document):
    from reconciler.cli.main import app

    known = {c.name for c in [*app.registered_commands, *app.registered_groups]}
    named = {a or b for a, b in COMMAND.findall(document.read_text())}
    assert named <= known
