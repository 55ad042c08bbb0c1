"""What was measured, over the API: for who may see, and from how many times on it counts."""

from __future__ import annotations

from reconciler.api import Access, Fleet, create_app
from reconciler.model.durations import Durations, Key
from reconciler.model.forecast import Act, Like
from tests.api.calling import asked

TOKEN = "a-token-that-nobody-guesses"
EDGE = Like("simplex", "All-in-one", "controller,worker", "Xeon D-2183IT")
KNOWN = Durations({Key(Act.UNLOCK, EDGE): [600.0] * 19 + [900.0], Key(Act.CALL, EDGE, "label"): [1.5]})
SHOWN = Fleet(tuple, {}.get, lambda: b"", lambda: "", lambda: 2_000.0, durations=lambda: KNOWN)
APP = create_app(SHOWN, Access(TOKEN))


def test_each_act_is_told_with_what_it_was_measured_on():
    answer = asked(APP, "/api/v1/durations", f"Bearer {TOKEN}".encode()).json
    assert answer["believed_from"] == 10
    label, unlock = answer["durations"]
    assert unlock == {
        "act": "unlock",
        "like": {"mode": "simplex", "type": "All-in-one", "role": "controller,worker", "hardware": "Xeon D-2183IT"},
        "kind": "",
        "count": 20,
        "mean_s": 615.0,
        "p50_s": 600.0,
        "p90_s": 600.0,
        "p95_s": 600.0,
    }
    assert (label["act"], label["kind"], label["count"]) == ("call", "label", 1)


def test_nobody_sees_it_without_a_token():
    assert asked(APP, "/api/v1/durations").status == 401
