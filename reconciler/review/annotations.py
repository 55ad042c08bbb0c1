"""Errors of a review at their lines, in the forms that forges and programs read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Any

import orjson

from reconciler.model.review import Finding, Review
from reconciler.review.foreign import visible

GITHUB_SHOWS = 10  # errors of one step; the rest is dropped without a word (actions/toolkit docs/problem-matchers.md)
RULE = "stxr/validate"


class Form(StrEnum):
    """How annotations are written."""

    PLAIN = "plain"  # file:line:column: message, as compilers and editors have it
    GITHUB = "github"  # workflow commands, on the standard output of a step
    GITLAB = "gitlab"  # a code quality report
    SARIF = "sarif"  # SARIF 2.1.0, which GitHub and others take as an upload


def annotated(review: Review, form: Form) -> str:
    """Every error, with its file below the root of the repository; "" or an empty report where there is none."""
    return _FORMS[form](review)


def plain(review: Review) -> Iterator[str]:
    """A line for each error."""
    for error in review.errors:
        place = ":".join(str(part) for part in (review.path_of(error), error.line, error.column) if part)
        yield visible(f"{place}: {error.message}" if place else error.message)


def _github(review: Review) -> str:
    """Commands of a workflow. What GitHub would drop is said in a last one."""
    shown = list(review.errors)
    if len(shown) > GITHUB_SHOWS:
        left = len(shown) - GITHUB_SHOWS + 1
        shown = [*shown[: GITHUB_SHOWS - 1], Finding(f"and {left} errors more: see the comment, or the log")]
    return "".join(f"{_command(review, error)}\n" for error in shown)


def _command(review: Review, error: Finding) -> str:
    places = {"file": review.path_of(error), "line": error.line, "col": error.column}
    said = ",".join(f"{name}={_property(str(value))}" for name, value in places.items() if value)
    return f"::error {said}::{_data(error.message)}" if said else f"::error::{_data(error.message)}"


def _data(text: str) -> str:
    """As the runner takes it back (actions/runner src/Runner.Common/ActionCommand.cs)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _gitlab(review: Review) -> str:
    """A report as docs.gitlab.com ci/testing/code_quality has it. It shows nothing that has no file."""
    return _json([_quality(review, error) for error in review.errors])


def _quality(review: Review, error: Finding) -> Mapping[str, Any]:
    path, told = review.path_of(error), visible(error.message)
    place = f"{path}\0{error.line}\0{error.column}\0{told}"
    return {
        "description": told,
        "check_name": RULE,
        "fingerprint": sha256(place.encode()).hexdigest(),
        "severity": "blocker",
        "location": {"path": path or "fleet.yaml", "lines": {"begin": max(error.line, 1)}},
    }


def _sarif(review: Review) -> str:
    results = [_result(review, error) for error in review.errors]
    driver = {"name": "stxr", "rules": [{"id": RULE}]}
    return _json({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]})


def _result(review: Review, error: Finding) -> Mapping[str, Any]:
    path, told = review.path_of(error), {"ruleId": RULE, "level": "error", "message": {"text": visible(error.message)}}
    if not path:
        return told
    region = {"startLine": error.line, "startColumn": error.column} if error.line and error.column else {"startLine": 1}
    place = {"artifactLocation": {"uri": path}, "region": region}
    return told | {"locations": [{"physicalLocation": place}]}


def _json(content: Any) -> str:
    return f"{orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()}\n"


_FORMS: dict[Form, Callable[[Review], str]] = {
    Form.PLAIN: lambda review: "".join(f"{line}\n" for line in plain(review)),
    Form.GITHUB: _github,
    Form.GITLAB: _gitlab,
    Form.SARIF: _sarif,
}
