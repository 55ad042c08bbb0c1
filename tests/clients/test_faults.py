"""The words of a refusal, out of whatever they are wrapped in."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.clients.faults import LONGEST, error_of, fault_text
from reconciler.clients.message import Answer, Request
from reconciler.model.errors import Busy, Refused, Unauthorized, Unreachable

REQUEST = Request("platform", "PATCH", "http://192.0.2.1:6385/v1/ihosts/6b1d", "/v1/ihosts/6b1d", 60, repeatable=False)
KEYS = st.sampled_from(["error_message", "error", "faultstring", "message", "title", "description"])


def wrapped(inner):
    """As sysinv's error middleware does it: JSON text in JSON."""
    return orjson.dumps({"error_message": inner if isinstance(inner, str) else orjson.dumps(inner).decode()})


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            wrapped({"faultcode": "Client", "faultstring": "Invalid ihost None", "debuginfo": None}),
            "Invalid ihost None",
        ),
        (wrapped({"faultstring": "The requested action is not authorized"}), "The requested action is not authorized"),
        (wrapped({"code": 405, "title": "Method Not Allowed", "description": ""}), "Method Not Allowed"),
        (wrapped("plain text of a middleware"), "plain text of a middleware"),
        (orjson.dumps({"error_message": {"faultstring": "wrapped once"}}), "wrapped once"),
        (orjson.dumps({"error": {"code": 401, "message": "No", "title": "Unauthorized"}}), "No"),
        (wrapped({"faultstring": "in\n  lines"}), "in lines"),
        (b"Authentication required", "Authentication required"),
        (b"<html><head><title>503</title></head><body><h1>503 Service &amp; so</h1></body></html>", "503 Service & so"),
        (b'Traceback (most recent call last):\n  File "x", line 1\nTypeError: no join\n', "TypeError: no join"),
        (wrapped("{half of it"), "{half of it"),
        (b'{"error_message": "', '{"error_message": "'),
        (b"\xff", "\N{REPLACEMENT CHARACTER}"),
        (orjson.dumps({"error_message": ""}), ""),
        (orjson.dumps({}), ""),
        (orjson.dumps([1]), ""),
        (b"", ""),
    ],
)
def test_the_words_of_a_fault(body, words):
    assert fault_text(body) == words


def test_a_whole_statement_is_cut():
    assert len(fault_text(wrapped({"faultstring": "SELECT " * 500}))) == LONGEST + 1


def test_wrappers_without_end_are_not_followed():
    assert fault_text(b'{"error":' * 1000 + b"1" + b"}" * 1000) == ""


@given(st.binary() | st.text().map(str.encode))
def test_whatever_a_service_says_is_read(body):
    assert len(fault_text(body)) <= LONGEST + 1


@given(st.recursive(st.none() | st.integers() | st.text(), lambda v: st.dictionaries(KEYS, v) | st.lists(v)))
def test_whatever_json_a_service_says_is_read(value):
    assert isinstance(error_of(Answer(400, wrapped(json.dumps(value))), REQUEST, "sc-0412"), Refused | Busy)


@pytest.mark.parametrize(
    ("status", "fault", "kind"),
    [
        (400, "Host must be locked", Refused),
        (403, "Operation not permitted.", Refused),
        (404, "Server 6b1d could not be found.", Refused),
        (409, "Address pool data-pool already exists", Refused),
        (500, "Host bits must be zero", Refused),
        (400, "HostFs update failed: a LVG update is still pending, please retry again later.", Busy),
        (500, "A drbd sync operation is currently in progress. Retry again later.", Busy),
        (429, "", Busy),
        (401, "Authentication required", Unauthorized),
        (502, "", Unreachable),
        (301, "", Unreachable),
    ],
)
def test_status_and_words_decide_the_class(status, fault, kind):
    error = error_of(Answer(status, wrapped({"faultstring": fault})), REQUEST, "sc-0412")
    assert type(error) is kind


def test_a_refusal_without_words_says_so():
    assert "no reason given" in str(error_of(Answer(400, b""), REQUEST, "sc-0412"))
