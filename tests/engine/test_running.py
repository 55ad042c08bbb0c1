"""Which release a site runs, as nearly as anybody asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.running import running
from reconciler.kinds import registry
from reconciler.model.resource import Resource, ResourceKey
from tests.worlds import snap

SOFTWARE = registry()["software-release"]


def said(release):
    return Resource(ResourceKey(SOFTWARE.name, ""), SOFTWARE.spec(release=release))


@pytest.mark.parametrize(
    ("resources", "told"),
    [
        ([said("24.09.1")], "24.09.1"),  # its own software management was asked
        ([said(None)], "24.09"),  # it is between two
        ([], "24.09"),  # Git says nothing of software: sysinv alone was asked
    ],
)
def test_its_own_software_management_is_believed_before_sysinv(resources, told):
    seen = replace(snap(), resources={each.key: each for each in resources})
    assert running(seen, registry()) == told
