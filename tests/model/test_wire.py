"""Values as JSON and back: nothing is lost, nothing secret goes along, and a plan reads as it was reviewed."""

from __future__ import annotations

import json
from typing import Annotated

import orjson
import pytest
from hypothesis import given
from pydantic import SecretStr

from reconciler.model.change import Change, FieldChange
from reconciler.model.kind import Attr
from reconciler.model.multipart import File, InBase64, Multipart
from reconciler.model.origin import Origin
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Blocked, Call, Opening, Plan, Ref, Stage, StageType, Step, replacing
from reconciler.model.resource import Resource, ResourceKey, Spec
from reconciler.model.secret import SecretRef
from reconciler.model.wire import (
    VERSION,
    call_json,
    change_json,
    outcome_json,
    outcome_of,
    plain,
    plan_json,
    verdict_json,
    verdict_of,
)
from reconciler.model.words import Action, Cause, Disruption, Result
from tests.model.verdicts import OUTCOMES, VERDICTS, difference, verdict


@given(VERDICTS)
def test_a_verdict_comes_back_from_json_as_it_was(any_verdict):
    assert verdict_of(orjson.loads(orjson.dumps(verdict_json(any_verdict)))) == any_verdict


@given(OUTCOMES)
def test_an_outcome_comes_back_from_json_as_it_was(any_outcome):
    assert outcome_of(orjson.loads(orjson.dumps(outcome_json(any_outcome)))) == any_outcome


def test_what_a_newer_program_added_is_dropped():
    known = verdict(differences=(difference(),))
    content = verdict_json(known) | {"mood": "fine"}
    content["differences"] = [d | {"weather": "rain"} for d in content["differences"]]
    assert verdict_of(content) == known


def test_what_an_older_program_did_not_know_is_as_if_never_said():
    assert verdict_of({"site": "a", "state": "in_sync"}).differences == ()


@pytest.mark.parametrize("news", [{"version": VERSION + 1}, {"state": "becalmed"}])
def test_a_verdict_in_a_form_that_is_not_known_is_no_verdict(news):
    with pytest.raises(ValueError, match=r"not known|not a valid State"):
        verdict_of(verdict_json(verdict()) | news)


def test_an_outcome_in_a_form_that_is_not_known_is_no_outcome():
    told = outcome_json(Outcome("p1", Result.DONE))
    with pytest.raises(ValueError, match="version 2 of this form is not known, only 1"):
        outcome_of(told | {"version": 2})


class Account(Spec):
    user: Annotated[str, Attr(key=True)]
    password: SecretStr | None = None


KEY = ResourceKey("account", "admin")
OLD, NEW = SecretStr("hunter2"), SecretStr("hunter3")


def account(password: SecretStr) -> Resource[Account]:
    return Resource(KEY, Account(user="admin", password=password), origin=Origin("fleet.yaml", 7))


CHANGE = Change(
    KEY,
    Action.UPDATE,
    account(NEW),
    account(OLD),
    (FieldChange("password", OLD, NEW, Origin("fleet.yaml", 8, 3), Cause.DRIFTED),),
)
CALL = Call(
    "PATCH",
    "/v1/accounts/{uuid}",
    replacing({"password": NEW, "role": Ref(ResourceKey("role", "reader"), "id")}),
    refs={"uuid": Ref(KEY)},
)


def test_no_secret_is_in_a_plan_whatever_it_changes():
    step = Step("account", "", (CHANGE,), (CALL,))
    text = orjson.dumps(plan_json(Plan("p", "ottawa", (Stage(StageType.ONLINE, steps=(step,), last=(CALL,)),))))
    assert b"hunter" not in text
    assert text.count(b"**********") == 5  # before, after, the desired resource, and the body of both calls


def test_a_change_says_old_new_and_where_git_says_it():
    said = change_json(CHANGE)
    assert (said["resource"], said["action"], said["cause"], said["origin"]) == (
        "account/admin",
        "update",
        "pending",
        "fleet.yaml:7",
    )
    assert said["fields"] == [
        {
            "name": "password",
            "observed": "**********",
            "desired": "**********",
            "cause": "drifted",
            "origin": "fleet.yaml:8",
        }
    ]


def test_a_removal_has_no_desired_values():
    removal = Change(KEY, Action.DELETE, None, account(OLD))
    assert (change_json(removal)["desired"], change_json(removal)["origin"]) == (None, "")


def test_a_call_names_what_is_filled_in_when_it_is_sent():
    assert call_json(CALL) == {
        "service": "platform",
        "method": "PATCH",
        "path": "/v1/accounts/<uuid of account/admin>",
        "body": [
            {"op": "replace", "path": "/password", "value": "**********"},
            {"op": "replace", "path": "/role", "value": "<id of role/reader>"},
        ],
    }


def test_a_plan_is_told_stage_by_stage_with_what_stands_in_its_way():
    window = Stage(
        StageType.WINDOW, "controller-0", (), Opening.LOCK, unlocks=True, disruption=Disruption.LOCK, why="w"
    )
    told = plan_json(Plan("p1", "ottawa", (window,), (Blocked(KEY, "because"),), "c0ffee"))
    assert told["stages"] == [
        {
            "type": "window",
            "host": "controller-0",
            "opening": "lock",
            "unlocks": True,
            "disruption": "lock",
            "why": "w",
            "is_second": False,
            "at_once": 1,
            "steps": [],
            "last": [],
        }
    ]
    assert told["blocked"] == [{"resource": "account/admin", "reason": "because"}]
    assert (told["version"], told["id"], told["site"], told["commit"]) == (VERSION, "p1", "ottawa", "c0ffee")
    assert told["disruption"] == "lock"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (frozenset({"b", "a"}), ["a", "b"]),
        ({1: ("x", {"y"})}, {"1": ["x", ["y"]]}),
        (SecretStr("hunter2"), "**********"),
        ([SecretStr("hunter2")], ["**********"]),
        (Account(user="admin"), {"user": "admin"}),
        (Origin("a.yaml", 3, 4), "a.yaml:3"),
        (ResourceKey("route", "10.0.0.0/24", "worker-0"), "worker-0/route/10.0.0.0/24"),
        (Cause.DRIFTED, "drifted"),
        (None, None),
    ],
)
def test_everything_in_a_spec_has_a_plain_form(value, expected):
    assert json.loads(json.dumps(plain(value))) == expected


def test_a_form_is_told_by_the_digests_of_its_files_and_by_where_its_passwords_are():
    form = Multipart(
        {
            "bootstrap-address": "10.10.10.12",
            "install_values": File("install-values.yaml", {"bmc_password": SecretRef("env:BOARD")}),
            "sysadmin_password": InBase64(SecretRef("file:/etc/stxr/sysadmin")),
        }
    )
    told = plain(form)
    assert told["bootstrap-address"] == "10.10.10.12"
    assert told["install_values"].startswith("<file install-values.yaml, sha256:")
    assert told["sysadmin_password"] == "<base64 of <secret file:/etc/stxr/sysadmin>>"
