"""What is said between the moment at which a site asks for a strategy and that at which it is made counts."""

from __future__ import annotations

import pytest

from reconciler.engine.batch_stops import Stops
from reconciler.model.errors import ConfigError
from reconciler.model.gate import Freeze, Suspension
from reconciler.model.site import Settings

FROZEN = Freeze(begins=900.0, ends=2_000.0, reason="year's end", groups=("ran",))


@pytest.mark.parametrize(
    ("settings", "said", "why"),
    [
        (Settings(group="ran"), (), ""),
        (Settings(group="ran"), (Suspension("jo", "storm", 1.0, group="ran"),), "suspended by jo: storm"),
        (Settings(group="ran"), (Suspension("jo", "crane", 1.0, site="yard"),), ""),
        (Settings(group="ran", freezes=(FROZEN,)), (), "frozen: year's end"),
        (Settings(group="lab", freezes=(FROZEN,)), (), ""),
        (None, (), "Git says nothing of it any more"),
    ],
)
def test_who_said_stop_is_told(settings, said, why):
    assert Stops(lambda _site: settings, lambda: said, lambda: 1_000.0)("ottawa") == why


def test_a_site_whose_files_are_wrong_stops_itself_alone():
    def settings(_site):
        raise ConfigError("a key is not known", "site.yaml:3")

    assert Stops(settings, tuple, lambda: 1_000.0)("ottawa") == "site.yaml:3: a key is not known"
