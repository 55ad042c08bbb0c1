"""Breakers over the API: who sees them, and who closes them."""

import pytest

from reconciler.model.breaker import Breaker, Failure
from reconciler.model.role import Role
from reconciler.store import Store
from tests.api.desks import Desks

PATH = "/api/v1/breakers"
OPEN = Breaker((Failure("hull", 1.0), Failure("ottawa", 2.0)), opened=2.0)


@pytest.fixture
def desk(tmp_path):
    with Store.open(tmp_path / "state", "run", clock=lambda: 1_042.5) as store:
        store.bounds.change("", lambda _: OPEN)
        store.bounds.change("ran", lambda _: OPEN)
        store.bounds.change("yard", lambda _: Breaker())
        yield Desks(store, {})


def test_those_that_have_counted_a_failure_are_shown(desk):
    shown = desk.says(Role.VIEWER, f"GET {PATH}").json["breakers"]
    assert [one["group"] for one in shown] == ["", "ran"]
    assert shown[0] == {"group": "", "opened": 2.0, "failures": ["hull", "ottawa"], "trial": ""}


def test_an_operator_closes_one_and_the_sites_are_visited(desk):
    assert desk.says(Role.OPERATOR, f"DELETE {PATH}/group/ran").json == {"closed": ["ran"]}
    assert desk.says(Role.OPERATOR, f"DELETE {PATH}?reason=mended").json == {"closed": [""]}
    assert desk.heeded == 2
    assert not any(one.is_open for one in desk.store.bounds.breakers().values())
    assert desk.audited == [
        ("the-operator", "resume", "breaker", "of group ran"),
        ("the-operator", "resume", "breaker", "of the fleet: mended"),
    ]


@pytest.mark.parametrize("name", ["yard", "never"])
def test_what_is_not_open_cannot_be_closed(desk, name):
    assert desk.says(Role.OPERATOR, f"DELETE {PATH}/group/{name}").status == 404


def test_an_approver_does_not_close_them(desk):
    assert desk.says(Role.APPROVER, f"DELETE {PATH}").status == 403
