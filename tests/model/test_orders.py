"""Orders are refused where no central cloud could take them, and print nothing that is secret."""

import pytest

from reconciler.model.multipart import File, InBase64
from reconciler.model.secret import SecretRef
from reconciler.model.strategy_orders import DELETABLE, StrategyOrder, StrategyState, StrategyType
from reconciler.model.subcloud_orders import Order, ValueFiles


def test_a_strategy_is_for_one_for_a_group_or_for_all():
    with pytest.raises(ValueError, match="one subcloud, for one group, or for all"):
        StrategyOrder(StrategyType.FIRMWARE, subcloud="ottawa", group="canary")


@pytest.mark.parametrize("said", [{"at_once": 5}, {"serially": True}])
def test_a_group_says_itself_how_it_is_gone_through(said):
    with pytest.raises(ValueError, match="canary says itself"):
        StrategyOrder(StrategyType.FIRMWARE, group="canary", **said)


def test_what_runs_is_not_deleted():
    assert not DELETABLE & {StrategyState.APPLYING, StrategyState.ABORTING, StrategyState.DELETING}


def test_nothing_secret_is_printed():
    order = Order(
        ValueFiles({"admin_password": "canary"}, {"bmc_password": "canary"}, "canary"), SecretRef("env:SYSADMIN")
    )
    assert "canary" not in f"{order!r} {File('x', 'canary')!r}"
    assert str(InBase64(SecretRef("env:BMC"))) == "<base64 of <secret env:BMC>>"
