"""How long a reviewed change would take the fleet: by its rules, its windows, and what was measured."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reconciler.engine.opening import open_commit
from reconciler.engine.review_forecast import NOT_SENT
from reconciler.engine.reviewing import Known, moved, reviewed
from reconciler.kinds import registry
from reconciler.model.durations import Durations, Key
from reconciler.model.forecast import Act, Basis, Like
from reconciler.plan.expected import CALL_S, READ_S
from reconciler.review.headline import headline
from reconciler.sources.mirror import Mirror
from tests.engine.sites import FILES, PROFILE
from tests.engine.test_preview import ONE, hosts

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC).timestamp()
AUTO = "defaults:\n  mode: apply\n  apply: auto\n"
ROLLOUT = "rollout:\n  canaries: [ottawa]\n  soak: 30m\n"
NIGHT = '  windows:\n  - {cron: "0 1 * * *", duration: %s, timezone: Europe/Berlin}\n'


@pytest.fixture
def forecast(history):
    """What is forecast of a commit that changes both sites. fleet: what fleet.yaml says beside its name."""

    def forecast(fleet, durations=None):
        base = history.commit({"fleet.yaml": FILES["fleet.yaml"] + fleet, PROFILE: hosts(ONE)})
        head = history.commit({PROFILE: hosts(ONE).replace("tty0", "ttyS0")})
        mirror = Mirror.in_place(history.folder)
        with open_commit(mirror, registry(), "", base) as old, open_commit(mirror, registry(), "", head) as new:
            found = reviewed(old, new, moved(old, new), Known(NOON, durations=durations or Durations()))
        return found.forecast, headline(found)

    return forecast


def test_without_rules_both_go_at_once_and_it_is_a_guess(forecast):
    found, told = forecast(AUTO)
    [group] = found.groups
    assert (group.sites, group.plan.span.basis) == (("gatineau", "ottawa"), Basis.DEFAULT)
    assert found.ends == NOON + group.plan.span.likely_s + 2 * READ_S
    assert found.waves == ()
    assert "Begun now, at the fleet's limits, it takes about" in told


def test_canaries_go_first_and_are_watched(forecast):
    found, _ = forecast(AUTO + ROLLOUT)
    one_s = found.groups[0].plan.whole.likely_s
    assert [wave.sites for wave in found.waves] == [("ottawa",), ("gatineau",)]
    assert found.waves[1].begins == NOON + one_s + 1800.0
    assert found.ends == NOON + 2 * (one_s + 1800.0)


def test_what_disturbs_waits_for_the_night_and_does_not_fit_a_short_one(forecast):
    found, _ = forecast(AUTO + NIGHT % "2h")
    assert found.ends == datetime(2026, 11, 19, tzinfo=UTC).timestamp() + found.groups[0].plan.whole.likely_s
    found, _ = forecast(AUTO + NIGHT % "1m")
    assert {(one.site, one.longest_s) for one in found.too_short} == {("gatineau", 60.0), ("ottawa", 60.0)}


def test_what_was_measured_counts(forecast):
    host = Like("simplex", "All-in-one", "controller,worker")
    keys = {Key(Act.LOCK, host): 40.0, Key(Act.UNLOCK, host): 500.0, Key(Act.READ, Like("simplex", "All-in-one")): 42.0}
    found, told = forecast(AUTO, Durations({key: [seconds] * 20 for key, seconds in keys.items()}))
    plan = found.groups[0].plan
    assert (plan.span.likely_s, plan.read.likely_s) == (40.0 + CALL_S + 500.0, 42.0)
    assert plan.outage_s == plan.span.likely_s
    assert "about 10m:" in told


def test_what_no_site_s_mode_lets_be_sent_does_not_end(forecast):
    found, told = forecast("defaults:\n  mode: observe\n")
    assert (found.ends, found.stops) == (None, NOT_SENT)
    assert "does not come to its end by itself" in told
