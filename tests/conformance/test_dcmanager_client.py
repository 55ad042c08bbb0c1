"""Our client reads every row that the real dcmanager gave, and lets out no password that stands in one."""

import json

import pytest

from reconciler.clients.dcmanager import rows
from reconciler.model.deployment import DeployStatus
from reconciler.model.strategy_orders import StrategyState, StrategyType

from .central_recordings import ALL

pytestmark = pytest.mark.conformance

PASSWORDS = ("Ym1jcHc=", "bmcpw", "U3Q4cmxpbmdYKg==", "UHcx")


def answers(shared):
    for name in ALL:
        for line in (shared / "recorded" / f"{name}.jsonl").read_text().splitlines():
            call = json.loads(line)
            if call["status"] == 200 and isinstance(call["response"], dict):
                yield call["response"]


def members(shared, key):
    """Answers that are such a row, and those in lists."""
    for answer in answers(shared):
        lists = [value for value in answer.values() if isinstance(value, list)]
        yield from (
            each
            for each in [answer, *(row for found in lists for row in found)]
            if isinstance(each, dict) and key in each
        )


def test_every_subcloud_is_read_without_its_passwords(shared):
    found = [rows.subcloud(row) for row in members(shared, "deploy-status")]
    assert len(found) == 44
    assert DeployStatus.UNKNOWN not in {row.status for row in found}
    assert all(row.addresses.start and row.region for row in found)
    assert not any(password in repr(found) for password in PASSWORDS)


def test_groups_options_alarms_and_strategies_are_read(shared):
    assert {rows.group(row).name for row in members(shared, "update_apply_type")} == {"Default", "east"}
    assert {rows.options(row).alarms for row in members(shared, "alarm-restriction-type")} == {"relaxed", "strict"}
    assert {rows.counts(row)[0] for row in members(shared, "cloud_status")} == {"sc1", "sc3", "sc4"}
    strategies = [rows.strategy(row, ()) for row in members(shared, "extra-args")]
    assert {StrategyType(each.type) for each in strategies} == {StrategyType.SOFTWARE, StrategyType.KUBERNETES}
    assert {StrategyState(each.state) for each in strategies} >= {StrategyState.ABORT_REQUESTED, StrategyState.DELETING}
