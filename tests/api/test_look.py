"""POST /api/v1/sites/{name}/look: who may, what is recorded, and who is told."""

from __future__ import annotations

from reconciler.model.role import Role
from tests.api.test_words import desk  # noqa: F401 - the fixture


def test_an_operator_has_a_site_read_now(desk):  # noqa: F811
    answer = desk.says(Role.OPERATOR, "POST /api/v1/sites/ottawa/look")
    assert (answer.status, answer.json) == (202, {"site": "ottawa"})
    assert (desk.heeded, desk.audited) == (1, [("the-operator", "look", "ottawa", "")])


def test_who_may_not_and_what_there_is_not_is_told(desk):  # noqa: F811
    assert desk.says(Role.APPROVER, "POST /api/v1/sites/ottawa/look").status == 403
    assert desk.says(Role.OPERATOR, "POST /api/v1/sites/otawa/look").status == 404
    assert (desk.heeded, desk.audited) == (0, [])
