"""The history of a site over the API: newest sending first, for who may see."""

from __future__ import annotations

from reconciler.api import Access, Fleet, create_app
from reconciler.model.history import Deed, Happening, Sending
from tests.api.calling import asked
from tests.model.verdicts import verdict

TOKEN = "a-token-that-nobody-guesses"
AUTHORIZED = f"Bearer {TOKEN}".encode()
SENT = Happening(1_000.0, Deed.SENT, "PATCH /v1/ihosts/6bd5 (lock)", "controller-0", 1, "stxr-0")
DONE = Happening(1_840.0, Deed.ENDED, "done", replica="stxr-0")
KEPT = (Sending("ottawa/p2/b", "ottawa", "p2", (SENT,)), Sending("ottawa/p1/a", "ottawa", "p1", (SENT, DONE)))
SITES = {"ottawa": verdict("ottawa"), "hull": verdict("hull")}


def sendings(site, plan_id, most):
    return tuple(s for s in KEPT if s.site == site and plan_id in {"", s.plan_id})[:most]


SHOWN = Fleet(SITES.values, SITES.get, lambda: b"", lambda: "", lambda: 2_000.0, sendings)
APP = create_app(SHOWN, Access(TOKEN))


def history(target):
    return asked(APP, f"/api/v1/sites/{target}", AUTHORIZED)


def test_the_newest_sending_comes_first_with_what_happened_in_it():
    [newest, oldest] = history("ottawa/history").json["sendings"]
    assert (newest["plan"], newest["ended_at"], newest["end"]) == ("p2", None, None)
    assert oldest == {
        "sending": "ottawa/p1/a",
        "site": "ottawa",
        "plan": "p1",
        "began_at": 1_000.0,
        "ended_at": 1_840.0,
        "end": "done",
        "happenings": [
            {
                "at": 1_000.0,
                "deed": "sent",
                "text": "PATCH /v1/ihosts/6bd5 (lock)",
                "host": "controller-0",
                "stage": 1,
                "replica": "stxr-0",
            },
            {"at": 1_840.0, "deed": "ended", "text": "done", "host": "", "stage": 0, "replica": "stxr-0"},
        ],
    }


def test_it_is_narrowed_to_one_plan_and_to_the_last():
    assert [s["plan"] for s in history("ottawa/history?plan=p1").json["sendings"]] == ["p1"]
    assert [s["plan"] for s in history("ottawa/history?limit=1").json["sendings"]] == ["p2"]
    assert history("ottawa/history?plan=p9").json == {"sendings": []}


def test_a_site_to_which_nothing_was_sent_has_an_empty_one_and_no_site_has_none():
    assert history("hull/history").json == {"sendings": []}
    answer = history("toronto/history")
    assert (answer.status, answer.json) == (404, {"detail": "no site toronto: see /api/v1/sites"})


def test_it_is_not_shown_without_a_token():
    answer = asked(APP, "/api/v1/sites/ottawa/history")
    assert answer.status == 401
    assert "lock" not in answer.text


def test_a_misspelt_narrowing_does_not_show_everything():
    assert history("ottawa/history?plann=p1").status == 422
