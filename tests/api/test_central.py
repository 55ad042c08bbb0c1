"""What the central cloud says of the sites, beside Git's list of them."""

from reconciler.api import Access, create_app
from reconciler.model.central import CentralStrategy, Reading, Subcloud
from tests.api.calling import asked
from tests.api.test_app import AUTHORIZED, TOKEN, fleet

ROWS = {
    name: Subcloud(name, "r", 1, "managed", "online", status, "26.03", sync={"platform": "in-sync"})
    for name, status in (("ottawa", "complete"), ("gatineau", "configuring"), ("montreal", "complete"))
}
STRATEGY = CentralStrategy("firmware", "applying", {"ottawa": "initial"})


def shown(reading):
    return asked(create_app(fleet(central=lambda: reading), Access(TOKEN)), "/api/v1/central", AUTHORIZED)


def test_sites_of_git_are_shown_as_dcmanager_has_them():
    body = shown(Reading(1_000.0, ROWS, STRATEGY)).json
    assert body["read_at"] == 1_000.0
    assert {row["site"]: row["busy"] for row in body["sites"]} == {
        "gatineau": "dcmanager is at work: its deploy status is configuring",
        "ottawa": "dcmanager's firmware strategy is applying, here at: initial",
    }
    assert body["sites"][1]["subcloud"]["availability"] == "online"
    told = {"type": "firmware", "state": "applying", "steps": {"ottawa": "initial"}}
    assert body["strategy"] == {**told, "details": {}, "options": {}, "created_at": ""}


def test_who_is_in_one_of_them_alone_is_named():
    body = shown(Reading(1_000.0, ROWS)).json
    assert (body["missing"], body["others"]) == (["hull"], ["montreal"])


def test_a_fleet_without_a_central_cloud_shows_none():
    assert shown(None).json == {"read_at": None, "strategy": None, "sites": [], "missing": [], "others": []}


def test_it_is_for_who_has_a_token():
    assert asked(create_app(fleet(), Access(TOKEN)), "/api/v1/central").status == 401
