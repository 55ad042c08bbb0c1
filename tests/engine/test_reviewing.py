"""What a commit does to the fleet, as one value: who changes, what is wrong, what differed before, what would hold it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.engine.opening import open_commit
from reconciler.engine.preview import assumed
from reconciler.engine.reviewing import Known, looked_over, moved, reviewed
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError
from reconciler.model.gate import GateName
from reconciler.model.review_wire import review_json
from reconciler.review.commit_status import statuses
from reconciler.review.markdown import comment
from reconciler.review.plain import lines
from reconciler.sources.mirror import Mirror
from tests.desired.writing import document
from tests.engine.sites import FILES, OTTAWA, PROFILE, networks, system

NOON = 1_795_003_200.0  # 2026-11-18 12:00 UTC
SITES = ("gatineau", "ottawa")


def fleet(text="", **defaults):
    """fleet.yaml with these defaults for all sites."""
    said = {"mode": "apply", "apply": "auto"} | defaults
    lines = "".join(f"  {name}: {value}\n" for name, value in said.items())
    return FILES["fleet.yaml"] + f"defaults:\n{lines}" + text


@pytest.fixture
def review(history):
    """The review of a commit that makes these changes. before: what is committed first."""

    def review(changes, before=None, *, read=(), known=None):
        base = history.commit(before or {"fleet.yaml": fleet()})
        head = history.commit(changes)
        mirror = Mirror.in_place(history.folder)
        with open_commit(mirror, registry(), "", base) as old, open_commit(mirror, registry(), "", head) as new:
            observed = {name: shown(old, name) for name in read}
            return reviewed(old, new, moved(old, new), known or Known(NOON, observed=observed.get))

    return review


def shown(repository, name):
    """A site that shows what Git says of it here; read an hour ago."""
    return replace(assumed(repository.site(name), repository.desired(name), registry()), taken_at=NOON - 3600)


def test_a_profile_s_value_is_one_change_of_all_who_use_it(review):
    one = review({PROFILE: networks(9000)})
    [group] = one.groups
    assert (group.sites, one.fleet, one.reached) == (SITES, 2, 2)
    [difference] = group.example.differences
    assert (difference.attribute, difference.observed, difference.desired) == ("mtu", "1500", "9000")
    assert difference.origin.startswith(f"{PROFILE}:")
    assert (one.errors, one.new, one.gone, one.broken, one.held) == ((), (), (), (), ())


def test_a_comment_reaches_sites_and_changes_none(review):
    one = review({PROFILE: networks() + "# said\n"})
    assert (one.reached, one.groups, one.is_empty) == (2, (), True)


def test_who_comes_and_goes_is_named(review):
    files = {"subclouds/hull/site.yaml": "layers: [radio]\n", "subclouds/ottawa/site.yaml": None, OTTAWA: None}
    one = review(files)
    assert (one.new, one.gone, one.groups) == (("hull",), ("ottawa",), ())


def test_every_error_has_its_place_and_the_others_are_reviewed(review):
    one = review({PROFILE: networks(9000), OTTAWA: system(ntp="10.0.0.1")})
    [error] = one.errors
    assert (error.file, error.line > 0, error.column > 0) == (OTTAWA, True, True)
    assert [group.sites for group in one.groups] == [("gatineau",)]


def test_an_error_in_a_profile_is_told_once(review):
    [error] = review({PROFILE: networks("wide")}).errors
    assert error.file == PROFILE


def test_what_the_base_says_wrongly_and_this_mends_is_named(review):
    one = review({OTTAWA: system()}, {OTTAWA: system(ntp="10.0.0.1")})
    assert (one.broken, one.errors) == (("ottawa",), ())


def test_a_reading_that_is_none_is_an_error_of_its_site(review):
    def observed(site):
        raise ConfigError("no inventory", f"{site}.json")

    one = review({PROFILE: networks(9000)}, known=Known(NOON, observed=observed))
    assert [error.in_words for error in one.errors] == ["gatineau.json: no inventory", "ottawa.json: no inventory"]


def test_a_site_that_was_read_is_exact_and_the_others_are_estimates(review):
    exact, guessed = sorted(review({PROFILE: networks(9000)}, read=("ottawa",)).groups, key=lambda g: not g.is_exact)
    assert (exact.sites, exact.read_at) == (("ottawa",), NOON - 3600)
    assert (guessed.sites, guessed.read_at) == (("gatineau",), None)


def test_what_differed_before_is_told_apart_from_the_edit(history):
    elsewhere = history.commit({OTTAWA: system("Elsewhere")})
    base = history.commit({OTTAWA: system()})
    head = history.commit({PROFILE: networks(9000)})
    mirror = Mirror.in_place(history.folder)
    with open_commit(mirror, registry(), "", elsewhere) as other:
        have = shown(other, "ottawa")
    with open_commit(mirror, registry(), "", base) as old, open_commit(mirror, registry(), "", head) as new:
        found = looked_over(old, new, SITES, Known(NOON, observed={"ottawa": have}.get))
    example = found.review.group_of("ottawa").example
    assert [d.attribute for d in example.differences] == ["mtu"]
    assert [(d.attribute, d.observed) for d in example.before] == [("location", "Elsewhere")]
    assert found.review.group_of("ottawa").differing == ("ottawa",)
    [stage] = example.plan["stages"]
    assert [step["kind"] for step in stage["steps"]] == ["data-network"]
    assert [preview.site for preview in found.previews] == [group.example.site for group in found.review.groups]


def test_drift_alone_is_no_part_of_a_review(history, review):
    """The commit says nothing new of the site: whatever differs there, it did not come with it."""
    base = history.commit({OTTAWA: system("Elsewhere")})
    mirror = Mirror.in_place(history.folder)
    with open_commit(mirror, registry(), "", base) as old:
        have = shown(old, "ottawa")
    one = review(
        {PROFILE: networks() + "# said\n"}, {OTTAWA: system()}, known=Known(NOON, observed={"ottawa": have}.get)
    )
    assert one.groups == ()


RULE = "  ignore: [{kind: data-network, field: mtu, reason: the carrier sets it}]\n"


def test_what_does_not_count_is_not_planned_and_not_told(review):
    one = review({PROFILE: networks(9000)}, {"fleet.yaml": fleet(RULE)})
    assert one.groups == ()


@pytest.mark.parametrize(
    ("policy", "gate", "reason"),
    [
        ({"mode": "plan"}, GateName.MODE, "mode is plan: nothing is sent"),
        ({"apply": "never"}, GateName.POLICY, "apply is never: what Git changes is only reported"),
        ({"apply": "approved"}, GateName.APPROVAL, "waits for approval: apply is approved"),
    ],
)
def test_what_policy_keeps_back_is_known_before_the_merge(review, policy, gate, reason):
    [held] = review({PROFILE: networks(9000)}, {"fleet.yaml": fleet(**policy)}).held
    assert (held.gate, held.reason, held.sites, held.asks) == (gate, reason, SITES, gate is GateName.APPROVAL)


FREEZE = "freezes: [{begins: 2026-11-18T00:00:00Z, ends: 2026-11-19T00:00:00Z, reason: fair}]\n"


def test_a_freeze_is_known_with_its_end(review):
    [held] = review({PROFILE: networks(9000)}, {"fleet.yaml": fleet(FREEZE)}).held
    assert (held.gate, held.reason, held.sites) == (GateName.FREEZE, "frozen: fair", SITES)
    assert held.until == NOON + 43_200


MERGED = "approvals: {merged: [{paths: [profiles/**], upTo: service}]}\n"


def test_a_merge_that_counts_as_an_approval_asks_nobody(review):
    before = {"fleet.yaml": fleet(MERGED, apply="approved")}
    assert review({PROFILE: networks(9000)}, before).held == ()


def test_a_path_that_no_rule_covers_asks_somebody(review):
    before = {"fleet.yaml": fleet(MERGED, apply="approved")}
    [held] = review({PROFILE: networks(9000), OTTAWA: system("Hull")}, before).approvals
    assert held.sites == ("ottawa",)


def test_too_much_for_one_commit_is_approved_as_a_whole(review):
    before = {"fleet.yaml": fleet("mass: {changed: 1}\n")}
    [held] = review({PROFILE: networks(9000)}, before).approvals
    assert (held.gate, held.sites, held.reason) == (GateName.MASS, (), "it changes 2 of 2 sites (the limit is 1)")


def test_what_is_not_sent_to_is_no_mass(review):
    before = {"fleet.yaml": fleet("mass: {changed: 1}\n", mode="plan")}
    assert [held.gate for held in review({PROFILE: networks(9000)}, before).held] == [GateName.MODE]


def test_a_window_that_is_too_short_is_known_before_anybody_waits_for_it(review):
    hosts = document("HostProfile", "p", "  personality: controller\n  kernel: standard\n  console: tty0")
    hosts += document("Host", "controller-0", "  profile: p\n  match: {bootMAC: '08:00:27:00:00:01'}")
    windows = "[{cron: '0 2 * * *', duration: 1m}]"
    before = {"fleet.yaml": fleet(windows=windows), OTTAWA: hosts}
    [held] = review({OTTAWA: hosts.replace("tty0", "ttyS0")}, before).held
    assert (held.gate, held.sites, held.until) == (GateName.WINDOW, ("ottawa",), None)
    assert held.reason.endswith("no maintenance window is as long")


CANARY = "canary-7f3a91"
SECRETS = (
    "layers: [radio]\nsecrets:\n  ca: {secretRef: 'file:FOLDER/ca.pem'}\n  gui: {secretRef: env:STXR_TEST_CANARY}\n"
)


def test_no_secret_is_read_or_told(review, history, tmp_path, monkeypatch):
    """Not the file that a reference names, not a variable of the environment, not what a Secret document has."""
    monkeypatch.setenv("STXR_TEST_CANARY", CANARY)
    (tmp_path / "ca.pem").write_text(CANARY)
    text = document("System", "ottawa", "  certificates: [{type: ssl_ca, secret: ca}]")
    text += f"---\napiVersion: v1\nkind: Secret\nmetadata: {{name: ca}}\nstringData: {{tls.crt: {CANARY}}}\n"
    site = SECRETS.replace("FOLDER", str(tmp_path))
    one = review({OTTAWA: text, "subclouds/ottawa/site.yaml": site})
    [group] = one.groups
    assert [d.kind for d in group.example.differences] == ["certificate"]
    for told in (comment(one), "\n".join(lines(one)), str(review_json(one)), *(s.text for s in statuses(one))):
        assert CANARY not in told


def test_a_link_that_a_branch_plants_is_not_followed(review, history):
    (history.folder / "subclouds/ottawa/extra.yaml").symlink_to("/etc/passwd")
    one = review({PROFILE: networks(9000)})
    assert "root:" not in str(review_json(one))
    assert [group.sites for group in one.groups] == [("gatineau",)]
    assert "subclouds/ottawa/extra.yaml: a symbolic link is never read" in one.errors[0].in_words


def test_a_file_that_is_far_too_long_is_an_error_of_its_site(review):
    one = review({PROFILE: networks(9000), OTTAWA: "# long\n" * 2_000_000})
    [error] = one.errors
    assert OTTAWA in error.in_words
    assert [group.sites for group in one.groups] == [("gatineau",)]


VALUES = """\
name: {}
system_mode: simplex
management_subnet: 192.168.101.0/24
management_start_address: 192.168.101.{}
management_end_address: 192.168.101.{}
"""


def values(site, first, last):
    return {f"subclouds/{site}/bootstrap-values.yaml": VALUES.format(site, first, last)}


@pytest.mark.parametrize("mover", ["gatineau", "ottawa"])
def test_addresses_that_move_into_those_of_another_subcloud_are_an_error_of_the_site_that_moves(review, mover):
    before = values("gatineau", 2, 20) | values("ottawa", 40, 60)
    moves = values(mover, 15, 45)
    [error] = review(moves, {"fleet.yaml": fleet(), **before}).errors
    other = "ottawa" if mover == "gatineau" else "gatineau"
    assert (error.file, error.line) == (f"subclouds/{mover}/bootstrap-values.yaml", 4)
    assert f"meet those of {other}" in error.message


def test_who_moves_nowhere_has_nobody_else_looked_at(review):
    """What met before is not the edit's doing."""
    both = values("gatineau", 2, 50) | values("ottawa", 40, 60)
    assert review({PROFILE: networks(9000)}, {"fleet.yaml": fleet(), **both}).errors == ()
