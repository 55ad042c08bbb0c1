"""What the API's own description shows as bodies is taken as it stands, by who has the role."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from reconciler.model.gate import GateName, Hold
from reconciler.model.role import Role
from reconciler.model.rollout import Member, Rollout
from reconciler.model.waves import Strategy
from reconciler.model.words import Disruption, State
from reconciler.store import Rendered, Store
from tests.api.calling import asked
from tests.api.desks import Desks, Opened
from tests.model.verdicts import difference, sending, verdict

SITE = verdict(
    "ottawa-001",
    differences=(difference(),),
    plan_id="3f2a9c0d1b2e",
    change="77aa01c2d3",
    holds=(Hold(GateName.APPROVAL, "waits for approval: apply is approved"),),
    input_key="k",
    plan={"version": 1, "disruption": Disruption.LOCK, "stages": [], "blocked": []},
)
ROLLOUT = Rollout("7c1f00aa", "c0ffee" * 6, Strategy(), {"ottawa-001": Member("ottawa-001", 0, "d")}, 1_000.0)
SENT = "yard-001"


class Shown(NamedTuple):
    request: str
    name: str
    body: Any


def examples():
    described = asked(Opened().app({}), "/openapi.json").json
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            bodies = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            for name, example in bodies.get("examples", {}).items():
                yield Shown(f"{method.upper()} {path}".format(rollout=ROLLOUT.id, name=SENT), name, example["value"])


EXAMPLES = list(examples())


def test_whatever_takes_a_body_shows_one():
    assert {shown.request for shown in EXAMPLES} == {
        "POST /api/v1/approvals",
        "POST /api/v1/suspensions",
        f"POST /api/v1/sites/{SENT}/abort",
        *(f"POST /api/v1/rollouts/7c1f00aa/{action}" for action in ("pause", "resume", "abort")),
    }


@pytest.mark.parametrize("shown", EXAMPLES, ids=lambda shown: f"{shown.request} {shown.name}")
def test_it_is_taken(tmp_path, shown):
    with Store.open(tmp_path / "state", "run", clock=lambda: 1_042.5) as store:
        store.rollouts.save(ROLLOUT)
        store.rollouts.rendered({SITE.site: Rendered("k", "d")})
        desk = Desks(
            store,
            {
                SITE.site: SITE,
                SENT: verdict(SENT, state=State.APPLYING, plan=sending("dcmanager", "/v1.0/phased-subcloud-deploy")),
            },
        )
        answer = desk.says(Role.OPERATOR, shown.request, shown.body)
        assert answer.status in {200, 201, 202}, answer.text
        assert len(desk.audited) == 1
