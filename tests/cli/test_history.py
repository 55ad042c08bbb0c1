"""`stxr history`: what a person reads at 3 a.m., newest plan first."""

from __future__ import annotations

import json

import pytest

from reconciler.cli.history import sending_lines
from reconciler.model.history import Deed, Happening, Sending
from reconciler.store import Store

pytestmark = pytest.mark.usefixtures("offline")

NIGHT = 1_795_226_000.0  # 2026-11-21 01:53:20 UTC
PATH = "/v1/ihosts/6bd5"


def happening(after, deed, text, host="controller-0", replica="stxr-0"):
    return Happening(NIGHT + after, deed, text, host, 0, replica)


def sending(*happenings, name="ottawa/p1/a", plan="p1"):
    return Sending(name, "ottawa", plan, happenings)


LOCKED = sending(
    happening(0, Deed.SEEN, "controller-0 is unlocked-enabled-available"),
    happening(1, Deed.SENT, f"PATCH {PATH} (lock)"),
    happening(2, Deed.ANSWERED, "ok"),
    happening(2, Deed.WAITS, "until controller-0 is locked, at most 1800 s"),
    happening(62, Deed.SEEN, "controller-0 is locked-disabled-online"),
    happening(840, Deed.ENDED, "done", host=""),
)


def test_a_sending_is_told_line_by_line_with_how_it_ended_first():
    assert list(sending_lines(LOCKED)) == [
        "plan p1 of ottawa, begun 2026-11-21 01:53:20 UTC, after 14m: done",
        "  2026-11-21, by stxr-0",
        "  01:53:20  controller-0  seen      controller-0 is unlocked-enabled-available",
        "  01:53:21  controller-0  sent      PATCH /v1/ihosts/6bd5 (lock)",
        "  01:53:22  controller-0  answered  ok",
        "  01:53:22  controller-0  waits     until controller-0 is locked, at most 1800 s",
        "  01:54:22  controller-0  seen      controller-0 is locked-disabled-online",
        "  02:07:20                ended     done",
    ]


def test_what_is_asked_again_and_again_is_told_once_with_how_often():
    rounds = [
        happening(number * 15 + offset, deed, text)
        for number in range(5)
        for offset, (deed, text) in enumerate(
            ((Deed.SENT, f"PATCH {PATH}"), (Deed.ANSWERED, "400: is pending"), (Deed.WAITS, "to be asked again"))
        )
    ]
    told = list(sending_lines(sending(*rounds, happening(80, Deed.SENT, f"PATCH {PATH}"))))
    assert [line[26:] for line in told[2:]] == [
        "sent      PATCH /v1/ihosts/6bd5",
        "answered  400: is pending",
        "waits     to be asked again",
        "          … and so on, 4 times more",
        "sent      PATCH /v1/ihosts/6bd5",
    ]


def test_who_took_over_and_a_new_day_are_told():
    told = list(
        sending_lines(
            sending(
                happening(0, Deed.SENT, f"PATCH {PATH} (lock)"),
                happening(90_000, Deed.SEEN, "controller-0 is locked-disabled-online", replica="stxr-1"),
            )
        )
    )
    assert told[0].endswith("has not ended")
    assert told[3] == "  2026-11-22, by stxr-1"


@pytest.fixture
def state(tmp_path):
    """A state folder in which a controller is at work."""
    with Store.open(tmp_path / "state", "run") as store:
        store.history.keep(LOCKED)
        store.history.keep(sending(happening(900, Deed.SEEN, "x: as wanted already"), name="ottawa/p2/b", plan="p2"))
        yield tmp_path / "state"


def test_the_newest_plan_comes_first(stxr, state):
    ended = stxr("history", "ottawa", "--state", state)
    assert [line.split()[1] for line in ended.out.splitlines() if line.startswith("plan")] == ["p2", "p1"]


def test_one_plan_is_told_as_json(stxr, state):
    [one] = json.loads(stxr("history", "ottawa", "--plan", "p1", "--state", state, "--format", "json").out)["sendings"]
    assert (one["plan"], one["began_at"], one["ended_at"], one["end"]) == ("p1", NIGHT, NIGHT + 840, "done")
    assert one["happenings"][1] == {
        "at": NIGHT + 1, "deed": "sent", "text": "PATCH /v1/ihosts/6bd5 (lock)", "host": "controller-0", "stage": 0,
        "replica": "stxr-0",
    }  # fmt: skip


def test_where_nothing_was_sent_it_says_so(stxr, state):
    ended = stxr("history", "hull", "--plan", "p9", "--state", state)
    assert ended.code == 1
    assert ended.err.startswith("stxr: nothing of plan p9 was sent to hull")
