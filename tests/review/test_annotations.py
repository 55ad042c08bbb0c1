"""Errors come back at their lines in every form, whatever stands in their texts."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.review import Finding
from reconciler.review.annotations import Form, annotated
from tests.review.reviews import review

ERROR = Finding("nme is not known; known are: name, layers", "subclouds/a/site.yaml", 2, 6)
COMMAND = re.compile(r"::error (?P<properties>[^\n]*?)::(?P<data>[^\n]*)\n")


def told(form, *errors):
    return annotated(review(errors=errors), form)


def test_plain_is_as_compilers_have_it_with_the_file_in_the_repository():
    expected = "sites/subclouds/a/site.yaml:2:6: nme is not known; known are: name, layers\n"
    assert told(Form.PLAIN, ERROR) == expected
    assert told(Form.PLAIN, Finding("no such commit")) == "no such commit\n"


def test_github_reads_a_command():
    assert told(Form.GITHUB, ERROR) == (
        "::error file=sites/subclouds/a/site.yaml,line=2,col=6::nme is not known; known are: name, layers\n"
    )
    assert told(Form.GITHUB, Finding("no")) == "::error::no\n"


def test_what_github_would_drop_is_said():
    lines = told(Form.GITHUB, *(Finding(f"no {n}") for n in range(13))).splitlines()
    assert (len(lines), lines[-1]) == (10, "::error::and 4 errors more: see the comment, or the log")


def unescaped(text, *more):
    """As the runner takes it back (actions/runner src/Runner.Common/ActionCommand.cs)."""
    for escape, sign in (("%0D", "\r"), ("%0A", "\n"), *more, ("%25", "%")):
        text = text.replace(escape, sign)
    return text


@given(st.text(min_size=1), st.text(st.characters(blacklist_characters="\0"), min_size=1))
def test_any_text_is_one_command_and_comes_back_from_the_runner(message, file):
    out = told(Form.GITHUB, Finding(message, f"x{file}", 3, 1))
    assert out.count("\n") == 1
    command = COMMAND.fullmatch(out)
    [path, line, column] = command["properties"].split(",")
    assert unescaped(command["data"]) == message
    assert unescaped(path, ("%3A", ":"), ("%2C", ",")) == f"file=sites/x{file}"
    assert (line, column) == ("line=3", "col=1")


def test_gitlab_reads_a_code_quality_report_with_a_name_for_each_error():
    first, second = json.loads(told(Form.GITLAB, ERROR, Finding(ERROR.message, ERROR.file, 4, 6)))
    assert first["location"] == {"path": "sites/subclouds/a/site.yaml", "lines": {"begin": 2}}
    assert (first["description"], first["severity"]) == (ERROR.message, "blocker")
    assert first["fingerprint"] != second["fingerprint"]


def test_sarif_has_the_place_of_each_error_that_has_one():
    [run] = json.loads(told(Form.SARIF, ERROR, Finding("no")))["runs"]
    placed, bare = run["results"]
    [place] = placed["locations"]
    assert place["physicalLocation"]["region"] == {"startLine": 2, "startColumn": 6}
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "sites/subclouds/a/site.yaml"
    assert "locations" not in bare


@pytest.mark.parametrize(("form", "empty"), [(Form.PLAIN, ""), (Form.GITHUB, ""), (Form.GITLAB, "[]\n")])
def test_where_nothing_is_wrong_nothing_is_told(form, empty):
    assert told(form) == empty
