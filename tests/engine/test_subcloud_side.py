"""A site that stands in our group for a strategy is in its own, to whoever compares it with Git."""

from __future__ import annotations

import pytest

from reconciler.engine.subcloud_side import SubcloudSide
from reconciler.model.central import SCRATCH_GROUP, Attention, Subcloud
from reconciler.model.subcloud_policy import SubcloudPolicy

NAMES = {1: "Default", 2: "east", 7: SCRATCH_GROUP}


class Centre:
    def __init__(self, group_id):
        self.row = Subcloud("ottawa", "r", group_id, "managed", "online", "complete", "24.09")

    async def of(self, _site):
        return Attention(self.row)

    async def group(self, number):
        return NAMES[number]

    async def has_group(self, name):
        return name in NAMES.values()


class Clock:
    def now(self):
        return 900.0


@pytest.mark.parametrize(
    ("group_id", "before", "shown"),
    [(7, 2, "east"), (2, 1, "east"), (7, None, SCRATCH_GROUP)],
    ids=["for a batch", "moved elsewhere meanwhile", "put there by somebody"],
)
async def test_the_group_of_a_site_in_a_batch_is_that_which_it_is_put_back_into(group_id, before, shown):
    policy = SubcloudPolicy(group="east")
    side = SubcloudSide("ottawa", Centre(group_id), Clock(), lambda: policy, lambda _site: before)
    (row,) = await side.list("/v1.0/subclouds", "subclouds")
    assert row["group"] == shown
