"""Drift over the API: one entry a cause, narrowed by known words only, for who may see."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
import schemathesis
from hypothesis import settings
from schemathesis.specs.openapi.checks import negative_data_rejection

from reconciler.api import Access, Drifts, Fleet, create_app
from reconciler.model.drift import DriftEvent, Resolution, SiteDrift, Turning
from reconciler.model.drift_steps import step
from reconciler.model.drift_wire import ended_json
from reconciler.model.words import Cause
from reconciler.sources.commits import CommitFacts
from reconciler.store.drift import Ended
from tests.api.calling import asked
from tests.model.verdicts import difference, verdict

TOKEN = "a-token-that-nobody-guesses"
AUTHORIZED = f"Bearer {TOKEN}".encode()
MTU = difference(kind="ethernet", host="controller-0", origin="profiles/ran/h.yaml:4")
SITES = {
    "ottawa": verdict("ottawa", differences=(MTU,), commit="c1"),
    "hull": verdict("hull", differences=(MTU, difference("vid", cause=Cause.PENDING)), commit="c1"),
    "quiet": verdict("quiet", group="rail"),
}
KNOWN = {site: step(SiteDrift(site), one)[0] for site, one in SITES.items()}
HEALED = DriftEvent(Turning.ENDED, "hull", next(iter(KNOWN["hull"].open.values())), 1_600.0, Resolution.HEALED)
ENDED = Ended(7, orjson.loads(orjson.dumps(ended_json(HEALED))))
FACTS = CommitFacts("5f3c", "Site Editor", datetime(2026, 11, 2, tzinfo=UTC), "Raise the MTU")
WANTED = []


def ended(site, fingerprint, most, before):
    WANTED.append((site, fingerprint, most, before))
    return [ENDED]


SHOWN = Fleet(SITES.values, SITES.get, lambda: b"", lambda: "", lambda: 2_000.0)
DRIFTS = Drifts(lambda: KNOWN, ended, lambda commit, origin: FACTS if (commit, origin.line) == ("c1", 4) else None)
APP = create_app(SHOWN, Access(TOKEN), drifts=DRIFTS)


def drift(query=""):
    return asked(APP, f"/api/v1/drift{query}", AUTHORIZED)


def test_the_same_change_on_two_sites_is_one_cause_with_who_set_the_value():
    found = drift().json
    wave = found["causes"][0]
    assert (found["total"], wave["what"], wave["sites"]) == (2, "ethernet/data0 mtu", ["hull", "ottawa"])
    by = {"commit": "5f3c", "author": "Site Editor", "at": "2026-11-02T00:00:00+00:00", "subject": "Raise the MTU"}
    assert wave["origins"] == [{"place": "profiles/ran/h.yaml:4", "set_by": by}]
    assert [(f["site"], f["first_seen"], f["cause"]) for f in wave["fields"]] == [
        ("ottawa", 1_000.0, "out-of-band"),
        ("hull", 1_000.0, "out-of-band"),
    ]


def test_it_is_narrowed_and_cut():
    assert [one["cause"] for one in drift("?cause=pending").json["causes"]] == ["pending"]
    assert drift("?site=quiet").json == {"total": 0, "causes": []}
    assert drift("?group=rail").json["total"] == 0
    assert (drift("?limit=1").json["total"], len(drift("?limit=1").json["causes"])) == (2, 1)


@pytest.mark.parametrize("target", ["?site=otawa", "/history?site=otawa"])
def test_a_site_that_nobody_knows_is_404_in_the_form_of_the_api(target):
    answer = drift(target)
    assert (answer.status, answer.json) == (404, {"detail": "no site otawa: see /api/v1/sites"})


@pytest.mark.parametrize("query", ["?cause=drifted", "?limit=0", "?sites=a", "?severity=grave", "/history?limit=x"])
def test_a_word_that_is_not_known_is_refused(query):
    assert drift(query).status == 422


def test_the_past_is_asked_as_it_is_narrowed():
    assert drift("/history?site=hull&fingerprint=ab&limit=5&before=9").json == {
        "ended": [{"number": 7, **ENDED.content}]
    }
    assert WANTED[-1] == ("hull", "ab", 5, 9)


@pytest.mark.parametrize("path", ["/api/v1/drift", "/api/v1/drift/history"])
def test_nobody_sees_it_without_a_token(path):
    assert asked(APP, path).status == 401


schema = schemathesis.openapi.from_asgi("/openapi.json", APP)


@schema.include(path_regex="/drift").parametrize()
@settings(max_examples=50)
def test_it_does_what_it_says_of_itself(case):
    # what an empty key does to a query: see test_app
    case.call_and_validate(headers={"Authorization": AUTHORIZED.decode()}, excluded_checks=[negative_data_rejection])
