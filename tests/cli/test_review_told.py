"""`stxr review`: what was reviewed once is told in any form, without looking again."""

from __future__ import annotations

import json

import pytest

from reconciler.model.review import Finding
from reconciler.model.review_wire import review_json
from tests.review.reviews import group, named, review

pytestmark = pytest.mark.usefixtures("offline")
ONE = review(group(named(3)), errors=(Finding("nme is not known", "subclouds/a/site.yaml", 2, 6),))


@pytest.fixture
def tell(stxr, tmp_path):
    (tmp_path / "review.json").write_text(json.dumps(review_json(ONE)))
    return lambda *words: stxr("review", tmp_path / "review.json", *words)


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("text", "3 sites, equal change: edge-0001, edge-0002, edge-0003\n"),
        ("markdown", "<!-- stx-reconciler review sites -->\n**It cannot be merged as it is: 1 error."),
        ("plain", "sites/subclouds/a/site.yaml:2:6: nme is not known\n"),
        ("github", "::error file=sites/subclouds/a/site.yaml,line=2,col=6::nme is not known\n"),
        ("gitlab", '[\n  {\n    "description": "nme is not known"'),
        ("sarif", '{\n  "version": "2.1.0"'),
    ],
)
def test_it_is_told_in_every_form(tell, form, begins):
    ended = tell("--format", form)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(begins)


def test_as_json_it_is_what_it_was(tell):
    assert json.loads(tell("--format", "json").out) == json.loads(json.dumps(review_json(ONE)))


def test_the_comment_has_the_link_and_the_length_that_are_asked_for(tell):
    out = tell("--format", "markdown", "--link", "https://stxr.example/r/1", "--most", "700").out
    assert "[The whole review](<https://stxr.example/r/1>)" in out
    assert len(out.encode()) <= 700


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": 9}'])
def test_a_file_that_is_no_review_is_told(stxr, tmp_path, content):
    (tmp_path / "review.json").write_text(content)
    ended = stxr("review", tmp_path / "review.json")
    assert (ended.code, ended.out) == (1, "")
    assert "write it anew with `stxr plan --base --head --format json`" in ended.err


def test_outside_of_a_pipeline_nothing_is_posted(tell, monkeypatch):
    for name in ("GITHUB_ACTIONS", "GITLAB_CI"):
        monkeypatch.delenv(name, raising=False)
    ended = tell("--post")
    assert (ended.code, ended.err) == (1, "stxr: no pipeline is known here: give --forge and --pull\n")
