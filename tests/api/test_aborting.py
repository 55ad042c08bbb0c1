"""POST /api/v1/sites/{name}/abort: who may, what is recorded, and where there is nothing to abort."""

from __future__ import annotations

import pytest

from reconciler.model.aborting import Abort
from reconciler.model.role import Role
from reconciler.model.words import State
from reconciler.store import Store
from tests.api.desks import Desks
from tests.model.verdicts import sending, verdict

PATH = "POST /api/v1/sites/ottawa/abort"
WHY = {"reason": "wrong rack"}


@pytest.fixture
def desk(tmp_path):
    """A deployment is on its way to ottawa, something else to hull, and nothing to yard."""
    found = {
        "ottawa": verdict("ottawa", State.APPLYING, plan=sending("dcmanager", "/v1.0/phased-subcloud-deploy")),
        "hull": verdict("hull", State.APPLYING, plan=sending("dcmanager", "/v1.0/subcloud-groups")),
        "yard": verdict("yard"),
    }
    with Store.open(tmp_path) as store:
        yield Desks(store, found)


def test_an_operator_ends_what_is_being_sent(desk):
    answer = desk.says(Role.OPERATOR, PATH, WHY)
    assert (answer.status, answer.json) == (202, {"site": "ottawa"})
    assert desk.store.aborts.of("ottawa") == Abort("ottawa", "the-operator", "wrong rack")
    assert (desk.heeded, desk.audited) == (1, [("the-operator", "abort", "ottawa", "wrong rack")])


def test_who_may_not_and_what_there_is_not_is_told(desk):
    assert desk.says(Role.APPROVER, PATH, WHY).status == 403
    assert desk.says(Role.OPERATOR, PATH, {"reason": ""}).status == 422
    assert desk.says(Role.OPERATOR, "POST /api/v1/sites/otawa/abort", WHY).status == 404
    assert desk.store.aborts.of("ottawa") is None


def test_what_is_no_deployment_is_not_aborted(desk):
    answer = desk.says(Role.OPERATOR, "POST /api/v1/sites/hull/abort", WHY)
    assert (answer.status, "is no deployment" in str(answer.json)) == (409, True)
    assert desk.store.aborts.of("hull") is None


def test_where_nothing_is_being_sent_there_is_nothing_to_abort(desk):
    answer = desk.says(Role.OPERATOR, "POST /api/v1/sites/yard/abort", WHY)
    assert (answer.status, "nothing is being sent to it" in str(answer.json)) == (409, True)
    assert desk.audited == []
