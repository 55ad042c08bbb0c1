"""What the central cloud has beside its subclouds, as the visits of its own site read it."""

from __future__ import annotations

from reconciler.engine.centre_side import OF_GROUPS, OF_OPTIONS, OF_SUBCLOUDS, CentreSide

EAST = {"id": 2, "name": "east", "subcloud_count": 0}
OURS = {"id": 3, "name": "stx-reconciler", "subcloud_count": 2}


class Centre:
    async def listed(self, path):
        return (EAST, OURS) if path == OF_GROUPS else ({"name": "all"},)

    async def rows(self):
        return {"yard": None, "ottawa": None}


def side(*away):
    return CentreSide(Centre(), lambda: True, lambda: away)


async def test_a_group_whose_subclouds_stand_in_ours_for_a_strategy_is_not_empty():
    """Git may take it away meanwhile, and they are put back into it."""
    assert await side(2, 2).list(OF_GROUPS, "subcloud_groups") == ({**EAST, "subcloud_count": 2}, OURS)
    assert await side().list(OF_GROUPS, "subcloud_groups") == (EAST, OURS)


async def test_options_are_told_with_the_subclouds_that_may_have_some():
    assert await side().list(OF_OPTIONS, "options") == ({"name": "all", "subclouds": ["ottawa", "yard"]},)


async def test_it_is_no_subcloud_of_itself():
    assert await side().list(OF_SUBCLOUDS, "subclouds") == ()
