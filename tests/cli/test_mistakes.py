"""What people get wrong at 3 a.m.: each is refused with what, where and what next, and nothing is recorded or made."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from reconciler.model.rollout import Member, Rollout
from reconciler.model.waves import Strategy
from reconciler.model.words import State
from reconciler.store import Rendered, Store, speaking
from tests.model.verdicts import difference, verdict

pytestmark = pytest.mark.usefixtures("offline")

PLAN = {"version": 1, "disruption": "lock", "stages": [], "blocked": []}
FOUND = [
    verdict(
        "ottawa-001", State.HELD, differences=(difference(),), plan_id="3f2a9c0d1b2e", change="77aa01c2d3", plan=PLAN
    ),
    verdict("ottawa-002", State.IN_SYNC),
    verdict("hull-001", State.IN_SYNC, group="rail"),
]


@pytest.fixture
def state(tmp_path):
    """A state folder in which a controller is at work."""
    with Store.open(tmp_path / "state", "run") as store:
        for one in FOUND:
            store.save(one)
        store.rollouts.rendered({"gatineau-001": Rendered("k", "d")})
        store.rollouts.save(Rollout("7c1f00aa", "c0ffee", Strategy(), {"ottawa-001": Member("ottawa-001", 0)}, 900.0))
        yield tmp_path / "state"


def said(state):
    with speaking(state, "look") as store:
        return store.words.said()


NOT_DONE = " (nothing was suspended; --unseen suspends it all the same)"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("suspend", "ottawa-01", "--reason", "x"), f"no site ottawa-01 is known; did you mean ottawa-001 or ottawa-002?{NOT_DONE}"),
        (("suspend", "ottawa-001", "hul-001", "--reason", "x"), f"no site hul-001 is known; did you mean hull-001?{NOT_DONE}"),
        (("suspend", "ran", "--reason", "x"), f"no site ran is known; ran is a group{NOT_DONE}"),
        (("suspend", "rann", "--group", "--reason", "x"), f"no site of a group rann is known; did you mean ran?{NOT_DONE}"),
        (("suspend", "hull-001", "--group", "--reason", "x"), f"no site of a group hull-001 is known; hull-001 is a site{NOT_DONE}"),
        (("resume", "ottawa-01"), "not suspended, and no host stuck: ottawa-01; suspended are none"),
        (("approve", "3f2a9c"), "no site has the plan 3f2a9c now; did you mean 3f2a9c0d1b2e?"),
        (("reject", "nope"), "no site has the plan nope now; there are 3f2a9c0d1b2e"),
        (("approve", "--change", "77aa01c2d4"), "no site has the change 77aa01c2d4 now; did you mean 77aa01c2d3?"),
        (("reject", "--rollout", "7c1f00ab"), "there is no rollout 7c1f00ab; did you mean 7c1f00aa?"),
        (("rollout", "show", "7c1f00ab"), "there is no rollout 7c1f00ab; did you mean 7c1f00aa?"),
        (("rollout", "pause", "zzz", "--reason", "x"), "there is no rollout zzz; there are 7c1f00aa"),
        (("history", "ottawa-01"), "no site ottawa-01 is known; did you mean ottawa-001 or ottawa-002?"),
        (("history", "ottawa-001", "--plan", "p9"), "nothing of plan p9 was sent to ottawa-001 that is still known; there are none"),
        (("status", "otawa-001"), "no site otawa-001 is known; did you mean ottawa-001 or ottawa-002?"),
        (("status", "gatineau-001"), "nothing is known of gatineau-001 yet: nobody has looked at it"),
        (("drift", "--group", "rann"), "no site of a group rann is known; did you mean ran?"),
        (("decline", "ottawa-01", "x"), "no site ottawa-01 is known; did you mean ottawa-001 or ottawa-002?"),
        (("token", "revoke", "nobody"), "there is no token nobody; there are none"),
    ],
)  # fmt: skip
def test_a_wrong_name_is_refused_with_what_may_have_been_meant(stxr, state, words, why):
    ended = stxr(*words, "--state", state)
    assert (ended.code, ended.out, ended.err) == (1, "", f"stxr: {why}\n")
    assert said(state) == ()


def test_a_site_that_git_has_and_nobody_looked_at_is_no_mistake(stxr, state):
    assert stxr("suspend", "gatineau-001", "--reason", "crane", "--state", state).code == 0


def test_what_no_site_is_yet_is_suspended_where_that_is_meant(stxr, tmp_path, state):
    assert stxr("suspend", "toronto-001", "--unseen", "--reason", "crane", "--state", state).code == 0
    assert stxr("suspend", "toronto-001", "--unseen", "--reason", "crane", "--state", tmp_path / "new").code == 0
    assert [word.subject for word in said(state)] == ["toronto-001"]


def test_before_anything_is_known_no_name_is_wrong(stxr, tmp_path):
    Store.open(tmp_path / "state").close()
    assert stxr("suspend", "toronto-001", "--reason", "crane", "--state", tmp_path / "state").code == 0


def test_a_site_to_which_nothing_was_sent_is_no_mistake(stxr, state):
    ended = stxr("history", "ottawa-002", "--state", state)
    assert (ended.code, ended.err) == (0, "")
    assert (
        ended.out
        == "nothing was sent to ottawa-002 that is still known: `stxr status ottawa-002` says what it waits for\n"
    )
    assert json.loads(stxr("history", "ottawa-002", "--state", state, "--format", "json").out) == {"sendings": []}


def test_of_thousands_of_plans_only_a_few_are_listed(stxr, tmp_path):
    with Store.open(tmp_path / "state", "run") as store:
        for number in range(50):
            store.save(verdict(f"sc-{number:03}", State.HELD, plan_id=f"{number:012x}", plan=PLAN))
        ended = stxr("approve", "zzz", "--state", tmp_path / "state")
    assert ended.err.endswith("000000000003, 000000000004 and 45 more\n")


ELSEWHERE = (
    ("suspend", "ottawa-001", "--reason", "x"),
    ("resume", "ottawa-001"),
    ("resume", "--breaker"),
    ("approve", "p"),
    ("approve", "--rollout", "x"),
    ("reject", "p"),
    ("history", "ottawa-001"),
    ("rollout", "list"),
    ("rollout", "abort", "x", "--reason", "y"),
    ("token", "list"),
    ("token", "revoke", "x"),
    ("status",),
    ("drift",),
    ("decline", "ottawa-001", "x"),
)


@pytest.mark.parametrize("words", ELSEWHERE, ids=" ".join)
def test_in_another_folder_a_command_says_so_and_makes_none(stxr, tmp_path, words):
    """An answer for an empty store would pass for one about the fleet."""
    ended = stxr(*words, "--state", tmp_path / "elsewhere")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        f"stxr: there is no store in {tmp_path}/elsewhere: `stxr run` and `stxr apply` make one; run this where the "
        "controller's state folder is, or give --state or --database (STXR_STATE, STXR_DATABASE)\n"
    )
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    "words", [*ELSEWHERE, ("token", "add", "x", "--role", "viewer")], ids=" ".join
)  # fmt: skip
def test_a_database_that_is_not_there_is_told_without_its_password(stxr, tmp_path, words):
    pytest.importorskip("psycopg")
    database = f"postgresql+psycopg://stxr:hunter2@/one?host={tmp_path}/gone"
    ended = stxr(*words, "--database", database)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("stxr: the database postgresql+psycopg://stxr:***@/one?host=")
    assert ended.err.endswith("see that it runs and lets this user in, or name another (--database, STXR_DATABASE)\n")
    assert "hunter2" not in ended.err


def test_a_database_in_a_folder_that_is_not_there_is_told(stxr, tmp_path):
    ended = stxr("status", "--database", f"sqlite:///{tmp_path}/gone/store.db")
    assert ended.err == (
        f"stxr: the store {tmp_path}/gone/store.db cannot be used (unable to open database file): "
        f"there is no folder {tmp_path}/gone\n"
    )


def test_nobody_sends_beside_controllers_that_share_a_database(stxr, monkeypatch):
    monkeypatch.setenv("STXR_DATABASE", "postgresql://stxr@db/stxr")
    ended = stxr("apply", "ottawa-001")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("stxr: controllers that share a database send its plans, and nobody beside them")


def test_a_removal_is_declined_in_the_database_that_the_controller_uses(stxr, tmp_path):
    database = f"sqlite:///{tmp_path}/elsewhere.db"
    with Store.open(tmp_path / "controllers", "run", url=database) as store:
        store.save(verdict("ottawa-001"))
        ended = stxr("decline", "ottawa-001", "vlan/mgmt0", "--database", database)
    assert ended.err.startswith("stxr: ottawa-001: no removal is open")


@pytest.mark.parametrize("words", [("plan", "--nope"), ("nope",), ("approve", "--up-to", "locked"), ("suspend",)])
def test_a_word_that_no_command_has_does_not_end_like_a_plan_with_changes(stxr, words):
    ended = stxr(*words)
    assert (ended.code, ended.out, "Usage: " in ended.err) == (1, "", True)


@pytest.mark.parametrize("what", ["plan", "validate"])
def test_a_machine_without_git_is_told_what_to_install(tmp_path, what):
    repo = ("--repo", "https://git.example.com/sites.git", "--state", str(tmp_path / "state"))
    command = [sys.executable, "-c", "from reconciler.cli import main; main()", what, *repo]
    ended = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "install git 2.34 or newer" in ended.stderr
    assert "Traceback" not in ended.stderr
