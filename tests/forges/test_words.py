"""Refusals of each forge, in one line."""

import orjson
import pytest

from reconciler.clients.forges.words import refusal


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"message": "Not Found", "documentation_url": "https://docs.github.com"}, "Not Found"),
        (
            {"message": "Validation Failed", "errors": [{"resource": "IssueComment", "message": "Body is too long"}]},
            "Validation Failed; Body is too long",
        ),
        (
            {"message": "Validation Failed", "errors": ["No commit found for SHA"]},
            "Validation Failed; No commit found for SHA",
        ),
        (
            {"message": {"note": ["is too long (maximum is 1000000 characters)"]}},
            "note is too long (maximum is 1000000 characters)",
        ),
        ({"message": {"error": "Try again later."}}, "Try again later."),
        ({"message": ["Another open merge request already exists"]}, "Another open merge request already exists"),
        ({"error": "insufficient_scope", "error_description": "needs more"}, "insufficient_scope; needs more"),
        ([], ""),
        (None, ""),
    ],
)
def test_the_words_are_found_wherever_they_stand(said, words):
    assert refusal(orjson.dumps(said)) == words


def test_a_proxys_page_is_read_without_its_marks():
    assert refusal(b"<html><h1>429 Too Many Requests</h1></html>") == "429 Too Many Requests"


def test_a_long_refusal_is_cut():
    assert len(refusal(orjson.dumps({"message": "x" * 10_000}))) < 1_000
