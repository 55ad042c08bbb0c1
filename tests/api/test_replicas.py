"""Replicas over the API: who is there, who leads, whose each site is, and who works on it now."""

from __future__ import annotations

from dataclasses import replace

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.specs.openapi.checks import negative_data_rejection

from reconciler.api import Access, create_app
from reconciler.model.replica import LEADER, Lease, Replica, of_site, owner
from reconciler.store import Crewed
from tests.api.calling import asked
from tests.api.desks import shown
from tests.model.verdicts import verdict

SITES = ("gatineau", "hull", "ottawa")
FOUND = Crewed(
    replicas=(
        Replica("stxr-0", "s0", "node-a", 17, up_s=9_000.0, silent_s=2.0),
        Replica("stxr-1", "", "node-b", 21, up_s=9_000.0, silent_s=190.0),
        Replica("stxr-2", "s2", "node-c", 33, up_s=80.0, silent_s=4.0),
    ),
    leases=(Lease(LEADER, "s0", 4, "stxr-0", 8_000.0), Lease(of_site("ottawa"), "s0", 7, "stxr-0", 430.0)),
    sites=SITES,
)
FLEET = shown({site: verdict(site) for site in SITES})
APP = create_app(replace(FLEET, crew=lambda: FOUND), Access("t"))


def replicas(query="", app=APP):
    return asked(app, f"/api/v1/replicas{query}", b"Bearer t")


def test_it_is_told_who_is_there_and_who_leads():
    told = replicas().json
    assert told["leader"] == "stxr-0"
    assert [(one["name"], one["live"]) for one in told["replicas"]] == [
        ("stxr-0", True),
        ("stxr-1", False),
        ("stxr-2", True),
    ]
    assert "s0" not in str(told)  # a session is nobody else's to know


def test_each_site_has_its_owner_and_who_works_on_it():
    sites = replicas().json["sites"]
    live = ("stxr-0", "stxr-2")
    assert {site: one["owner"] for site, one in sites.items()} == {site: owner(site, live) for site in SITES}
    assert [sites[site]["works"] for site in SITES] == [None, None, {"replica": "stxr-0", "fence": 7}]


def test_it_is_told_of_one_site_where_that_is_asked():
    assert list(replicas("?site=ottawa").json["sites"]) == ["ottawa"]
    assert replicas("?site=otawa").json == {"detail": "no site otawa: see /api/v1/sites"}


def test_one_process_alone_has_no_replicas():
    assert replicas(app=create_app(FLEET, Access("t"))).json == {"leader": "", "replicas": [], "sites": {}}


@pytest.mark.parametrize("authorization", [None, b"Bearer x"])
def test_nobody_sees_them_without_a_token(authorization):
    assert asked(APP, "/api/v1/replicas", authorization).status == 401


schema = schemathesis.openapi.from_asgi("/openapi.json", APP)


@schema.include(path_regex="replicas").parametrize()
@settings(max_examples=30)
def test_it_does_what_it_says_of_itself(case):
    # what an empty key does to a query: see test_app
    case.call_and_validate(headers={"Authorization": "Bearer t"}, excluded_checks=[negative_data_rejection])
