"""The page on deletes is held to the kinds and the words of the product."""

from __future__ import annotations

import pytest

from reconciler.cli.delete_page import delete_page
from reconciler.kinds import registry
from reconciler.model.words import Ownership, Prune
from tests.docs.test_docs import ROOT

PAGE = (ROOT / "docs/deleting.md").read_text()
KINDS = [kind for _, kind in sorted(registry().items()) if not kind.is_inventory]


def test_each_kind_stands_on_the_page_once_as_it_is_deleted():
    made = delete_page()
    for kind in KINDS:
        assert made.count(f"[{kind.name}](") == 1
    never = made.split("Never deleted")[1]
    assert [k.name for k in KINDS if f"[{k.name}](" in never] == [k.name for k in KINDS if not k.has_deletes]
    assert "| [osd](osd.md) | by-key | with an approval |  | the disk leaves Ceph, with what it stores |" in made
    assert "| [label](label.md) | by-key | by policy |  |  |" in made


@pytest.mark.parametrize("policy", Prune)
def test_the_page_explains_each_policy(policy):
    assert f"| `{policy}` |" in PAGE


def test_what_destroys_is_never_a_member_of_a_list_that_is_mended():
    """Drift in a list that Git says whole is mended by `heal`, which asks nobody."""
    assert [k.name for k in KINDS if k.ownership is Ownership.WHOLE and k.deletion.is_destructive] == []
