"""A site that was written down before it was configured, adopted again when it is in service: Git follows it."""

from __future__ import annotations

import pytest

from reconciler.engine.adoption import Wish
from reconciler.engine.adoption_reading import Seen
from reconciler.engine.adoption_root import Root
from reconciler.kinds import registry
from tests.adopt.living import inventory
from tests.adopt.proving import seen

KINDS = registry()
NOTE = "# written down by hand\n"


def adopt(root, name, found, **how):
    """What adopting makes of the files, written; a person adds a line of their own to each."""
    one = Root(root, KINDS, Wish(**how)).adopted(Seen(name, seen(found, name)))
    for rewrite in one.rewrites:
        (root / rewrite.file).parent.mkdir(parents=True, exist_ok=True)
        (root / rewrite.file).write_text((NOTE if rewrite.before is None else "") + rewrite.after)
    return one


@pytest.mark.parametrize("name", ["ottawa-001", "yard-east", "plant-1"])
async def test_all_that_was_configured_since_is_written_in_place(git, opened, tmp_path, name):
    async with opened(git(name)) as world:
        root = tmp_path / "adopted"
        adopt(root, name, inventory(world.site(name).system))
        await world.converge()
        one = adopt(root, name, inventory(world.site(name).system))
    assert (one.refused, one.is_exact) == ((), True)
    assert all(rewrite.before.startswith(NOTE) and rewrite.after.startswith(NOTE) for rewrite in one.rewrites)
    assert one.rewrites
