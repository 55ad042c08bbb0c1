"""Files in, comment out: what a reviewer reads of typical changes, word for word (tests/review/comments).

`STXR_COMMENTS=write` writes them anew: read the difference as a reviewer would, before it is committed.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.engine.opening import open_commit
from reconciler.engine.preview import assumed
from reconciler.engine.reviewing import Known, moved, reviewed
from reconciler.kinds import registry
from reconciler.model.forecast import (
    Basis,
    Forecast,
    GroupForecast,
    PlanForecast,
    Span,
    StageForecast,
    TooShort,
    WaveForecast,
)
from reconciler.model.gate import GateName
from reconciler.model.plan import StageType
from reconciler.model.proof import HostToll, Proof, ProofResult, Refusal
from reconciler.model.review import Held
from reconciler.review.markdown import comment
from reconciler.sources.mirror import Mirror
from tests.review import fleet
from tests.review.rendered import harmful
from tests.review.reviews import BASE, HEAD, LOCK, difference, group, named, review
from tests.sources.history import History

COMMENTS = Path(__file__).parent / "comments"
NOW = 1_795_003_200.0  # 2026-11-18 12:00 UTC
NOT_THERE = {"controller-0/ethernet/data0": "there is no port ens1f0 on it"}
LINK = "https://stxr.example/api/v1/reviews/1"

Files = fleet.Files
CASES: dict[str, Files] = {
    "ntp-on-all-sites": {fleet.COMMON: fleet.common(ntp="[0.ntp.example.org, 1.ntp.example.org]")},
    "dns-on-all-sites": {fleet.COMMON: fleet.common("[10.0.0.53, 10.0.2.53]")},
    "mtu-that-locks": {fleet.RAN: fleet.servers(1, mtu=9000)},
    "lock-of-two-controllers": {fleet.RAIL: fleet.servers(2, mtu=9000)},
    "mix": {
        fleet.COMMON: fleet.common("[10.0.0.53, 10.0.2.53]"),
        fleet.RAN: fleet.servers(1, labels="sriovdp: enabled, zone: north"),
        "subclouds/ran-007/deployment-config.yaml": "",
    },
    "errors": {
        fleet.COMMON: fleet.common("[10.0.0.53, 10.0.2.53]"),
        "subclouds/ran-003/site.yaml": "name: ran-3\nlayers: [common, ran]\n",
        "subclouds/ran-004/site.yaml": "layers: [common, rann]\n",
    },
    "new-and-removed": {
        **fleet.site("ran-013", "ran", "simplex"),
        "subclouds/rail-4/site.yaml": None,
        "subclouds/rail-4/bootstrap-values.yaml": None,
    },
    "nothing": {fleet.COMMON: f"# said more clearly\n{fleet.common()}"},
    "held": {
        "fleet.yaml": fleet.fleet(
            "freezes: [{begins: 2026-11-18T00:00:00Z, ends: 2026-11-19T00:00:00Z, reason: the fair}]\n", "approved"
        ),
        fleet.RAN: fleet.servers(1, mtu=9000),
    },
}


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    made = History(tmp_path_factory.mktemp("fleet") / "fleet")
    made.commit(fleet.files(), subject="Describe the fleet")
    return made


def of_change(history, changes, read=()):
    """The review of these changes, under names of commits that do not depend on them. read: sites that were read."""
    base = history.head()
    head = history.commit(changes)
    history.git("reset", "--quiet", "--hard", base)
    mirror = Mirror.in_place(history.folder)
    with open_commit(mirror, registry(), "", base) as old, open_commit(mirror, registry(), "", head) as new:
        observed = {name: shown(old, name) for name in read}
        found = reviewed(old, new, moved(old, new), Known(NOW, observed=observed.get))
    return replace(found, base=BASE, head=HEAD)


def shown(repository, name):
    """What the site showed an hour ago: what Git says."""
    have = assumed(repository.site(name), repository.desired(name), registry())
    return replace(have, taken_at=NOW - 3600)


def same(name, text):
    """Compares with what is written down."""
    file = COMMENTS / f"{name}.md"
    if os.environ.get("STXR_COMMENTS") == "write":
        file.write_text(text + "\n")
    assert text + "\n" == file.read_text()
    assert list(harmful(text, "\0", LINK)) == []


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_told_in_these_words(name, history):
    same(name, comment(of_change(history, CASES[name]), LINK))


def test_what_was_read_is_told_apart_from_what_is_estimated(history):
    one = of_change(history, CASES["mtu-that-locks"], read=fleet.RAN_SITES[:10])
    same("exact-and-estimated", comment(one, LINK))


def test_a_forecast_and_proofs_are_told_where_there_are_any(history):
    one = of_change(history, CASES["mtu-that-locks"])
    fingerprint = one.groups[0].fingerprint
    refusal = Refusal("PATCH", "/v1/iinterfaces/data0", 400, "MTU 9000 is larger than that of data network midhaul")
    proofs = (
        Proof(fingerprint, "ran-001", fleet.RAN_SITES[:9], ProofResult.PROVED, tolls=(HostToll("controller-0", 1, 1),)),
        Proof(fingerprint, "ran-010", fleet.RAN_SITES[9:11], ProofResult.REFUSED, refusal=refusal),
        Proof(fingerprint, "ran-012", fleet.RAN_SITES[11:], ProofResult.NOT_PROVED, reason="no inventory of it"),
    )
    span = Span(1_320.0, 1_800.0, Basis.MEASURED, 34)
    stages = (StageForecast(1, StageType.WINDOW, "controller-0", span, 1_260.0),)
    plan = PlanForecast(stages, span, 1_260.0, disturbs=True, most_out=1)
    forecast = Forecast(
        made_at=NOW,
        groups=(GroupForecast(fleet.RAN_SITES, plan),),
        too_short=(TooShort("ran-012", 1_800.0, 900.0),),
        waves=(
            WaveForecast(0, fleet.RAN_SITES[:1], NOW, NOW + 1_320, NOW + 1_800),
            WaveForecast(1, fleet.RAN_SITES[1:], NOW + 5_000, NOW + 9_000, NOW + 11_000),
        ),
        waves_end=NOW + 9_000,
        ends=NOW + 9_000,
        late_ends=NOW + 11_000,
    )
    told = replace(one, forecast=forecast, proofs=proofs)
    suspended = Held(GateName.SUSPENDED, "suspended by ann: cable works", ("ran-002",))
    same("forecast-and-proofs", comment(told.with_held([suspended]), LINK))


def test_a_few_odd_sites_are_exceptions_with_what_is_otherwise_there():
    one = review(
        group(named(40), difference("ethernet", "mtu", "1500", "9000"), cost=LOCK),
        group(("odd-1",), difference("ethernet", "mtu", "1400", "9000"), cost=LOCK),
        group(("odd-2", "odd-3"), difference("ethernet", "mtu", "1500", "9000"), fingerprint="f", blocked=NOT_THERE),
        reached=43,
    )
    same("exceptions", comment(one, LINK))


def huge():
    """Three hundred sites, each to a value of its own, beside a thousand to one."""
    own = [group((f"own-{n:03}",), difference("dns", new=f"10.0.{n}.53")) for n in range(300)]
    long = [difference(f"controller-0/label/l{n}", "", new="x" * 500, action="create", kind="label") for n in range(90)]
    return review(group(named(1000), *long, cost=LOCK), *own, reached=1300)


def test_what_is_too_long_is_cut_everywhere_and_says_so():
    text = comment(huge(), LINK, 6_000)
    assert len(text.encode()) <= 6_000
    same("huge-and-cut", text)


@pytest.mark.parametrize("most", [300, 1_000, 3_000, 6_000, 20_000, 60_000])
def test_no_comment_is_longer_than_there_is_room(most):
    text = comment(huge(), LINK, most)
    assert len(text.encode()) <= most
    assert text.startswith(("**1,300 of 5,000 sites change.", "1,300 sites to change, 1,000 hosts to lock."))


def test_a_comment_in_full_does_not_say_that_it_was_cut(history):
    assert "was cut" not in comment(of_change(history, CASES["mix"]), LINK)
    assert "was cut" in comment(huge(), LINK, 6_000)
