"""What fleet.yaml and site.yaml say about a site."""

from __future__ import annotations

import pytest

from reconciler.desired import fleet_part, layers_of, load_fleet, load_site, sites_in
from reconciler.model.errors import ConfigErrors
from reconciler.model.host import HostState, SystemState
from reconciler.model.site import Settings
from reconciler.model.words import ApplyPolicy, HealPolicy, Mode, Reach
from tests.desired.writing import site_files

FLEET = """\
apiVersion: stxr.io/v1
kind: Fleet
name: canada
systemController:
  authUrl: https://10.10.10.2:5000/v3
  region: SystemController
  caBundle: /etc/ssl/stx.pem
  credentials:
    username: stxr
    password:
      secretRef: env:STXR_PASSWORD
defaults:
  mode: plan
  heal: never
groups:
  east:
    description: Ontario and Quebec
    mode: apply
    apply: auto
    values: {release: "24.10"}
  west:
"""


def settings(site_yaml, fleet=FLEET):
    common = {"fleet.yaml": fleet} if fleet else {}
    return load_site(site_files({"site.yaml": site_yaml}, common)).settings


def test_a_new_site_is_only_observed():
    assert settings("{}\n", "") == Settings(
        group="default", mode=Mode.OBSERVE, apply=ApplyPolicy.APPROVED, heal=HealPolicy.NONDISRUPTIVE
    )


def test_the_site_wins_over_its_group_and_the_group_over_the_defaults():
    found = settings("group: east\napply: never\ndescription: Ottawa\nlabels: {tier: gold}\n")
    assert found == Settings(
        group="east",
        mode=Mode.APPLY,
        apply=ApplyPolicy.NEVER,
        heal=HealPolicy.NEVER,
        description="Ottawa",
        labels={"tier": "gold"},
    )


def test_backups_and_ends_of_certificates_are_the_sites_the_groups_or_the_fleets_to_say():
    fleet = FLEET.replace(
        "  heal: never\n", "  heal: never\n  backup: {schedule: every 24h}\n  certificates: {warnBefore: 60d}\n"
    )
    of_fleet = settings("group: west\n", fleet)
    assert (of_fleet.backup.schedule, of_fleet.certificates.warn_before) == ("every 24h", "60d")
    own = settings("group: west\nbackup: {schedule: '0 2 * * 0', keep: local, registryImages: true}\n", fleet).backup
    assert (own.every_s, own.keep, own.registry_images) == (None, "local", True)
    assert (settings("{}\n", "").backup, settings("{}\n", "").certificates.warn_before) == (None, "30d")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("backup: {schedule: nightly}", "site: backup.schedule must be `every 24h`"),
        ("backup: {schedule: every 24h, registryImages: true}", "registryImages goes with keep: local alone"),
        ("backup: {schedule: every 24h, sysadmin: {secretRef: Hunter-2}}", "sysadmin.secretRef must be"),
        ("backup: {keep: local}", "schedule is missing"),
        ("certificates: {warnBefore: soon}", "certificates.warnBefore must be a duration"),
    ],
)
def test_what_is_no_word_about_backups_or_certificates_is_refused_at_its_line(said, message):
    with pytest.raises(ConfigErrors) as refused:
        settings(f"{said}\n", "")
    told = str(refused.value)
    assert message in told
    assert "site.yaml:1" in told
    assert "Hunter-2" not in told


def test_more_backups_at_a_time_than_dcmanager_makes_are_refused():
    assert load_fleet(FLEET.encode()).max_backups == 20
    with pytest.raises(ConfigErrors):
        load_fleet(f"{FLEET}maxBackups: 251\n".encode())


def test_by_which_address_a_site_is_reached_is_the_sites_the_groups_or_the_fleets_to_say():
    fleet = FLEET.replace("  mode: plan\n", "  mode: plan\n  reach: oam\n").replace("  west:", "  west: {reach: admin}")
    found = [settings(f"group: {group}\n", fleet).reach for group in ("east", "west")]
    assert found == [Reach.OAM, Reach.ADMIN]
    assert settings("group: west\nreach: oam\n", fleet).reach is Reach.OAM
    assert settings("{}\n").reach is None


@pytest.mark.parametrize("said", ["https://evil.example.com", "{address: 192.0.2.1}", "mgmt"])
def test_git_names_no_address_of_a_site(said):
    with pytest.raises(ConfigErrors, match="reach"):
        settings(f"reach: {said}\n")


@pytest.mark.parametrize(
    ("said", "out"), [("", 1), ("maxWorkersOut: 3", 3), ("maxWorkersOut: 40%", 2), ("maxWorkersOut: 1%", 1)]
)
def test_so_many_workers_may_be_out_as_git_says_and_one_at_least(said, out):
    workers = {f"worker-{n}": HostState(f"worker-{n}", "u", n, "worker") for n in range(5)}
    site = SystemState(hosts={**workers, "controller-0": HostState("controller-0", "u", 9, "controller")})
    fleet = FLEET.replace("  heal: never\n", f"  heal: never\n  {said}\n")
    assert settings("group: east\n", fleet).workers_out(site) == out
    assert settings("maxWorkersOut: 4\n", fleet).workers_out(site) == 4


@pytest.mark.parametrize("said", ["0", "-1", "half", "1.5", "1000%"])
def test_what_is_no_number_of_workers_is_refused(said):
    with pytest.raises(ConfigErrors, match="maxWorkersOut"):
        settings(f"maxWorkersOut: {said}\n")


def test_a_group_may_be_named_without_saying_anything():
    assert settings("group: west\n").mode is Mode.PLAN


def test_fleet_yaml_names_its_credentials_by_reference():
    controller = load_fleet(FLEET.encode()).system_controller
    assert (controller.auth_url, controller.credentials.username) == ("https://10.10.10.2:5000/v3", "stxr")
    assert controller.credentials.password.secret_ref == "env:STXR_PASSWORD"


def test_an_empty_fleet_yaml_is_refused():
    with pytest.raises(ConfigErrors) as refused:
        load_fleet(b"")
    assert str(refused.value) == "fleet.yaml: the file is empty: it needs apiVersion, kind and name"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("layers: [a, b]", ("a", "b")), ("", ()), ("layers: a", ()), ("layers: [a, ../b]", ("a",)), ("layers: [", ())],
)
def test_the_layers_of_a_site_yaml_are_told_without_ever_failing(text, expected):
    assert layers_of(text.encode()) == expected


EAST = b"group: east\n"


@pytest.mark.parametrize(
    ("before", "after", "site", "reaches"),
    [
        ("mode: apply", "mode: plan", EAST, True),
        ("mode: apply", "mode: plan", b"group: west\n", False),
        ("heal: never", "heal: window", b"", True),
        ("name: canada", "name: kanada", EAST, False),
        ("env:STXR_PASSWORD", "env:OTHER", EAST, False),
        ('"24.10"', "24.10", EAST, True),
        ("24.10", "24.1", EAST, True),
        ("  east:", "  eest:", EAST, True),
        ("kind: Fleet", "kind: Fleets", EAST, True),
    ],
)
def test_an_edit_of_fleet_yaml_reaches_the_sites_whose_part_it_changes(before, after, site, reaches):
    edited = FLEET.replace(before, after)
    assert edited != FLEET
    assert (fleet_part(FLEET.encode(), site) != fleet_part(edited.encode(), site)) is reaches


RULE = "approvals: {merged: [{paths: ['subclouds/lab-*/**'], upTo: lock}]}\n"


def test_a_rule_about_merges_reaches_every_site():
    assert fleet_part((FLEET + RULE).encode(), EAST) != fleet_part(FLEET.encode(), EAST)


def test_a_rule_about_merges_is_every_sites_setting():
    fleet = load_fleet(b"apiVersion: stxr.io/v1\nkind: Fleet\nname: ran\n" + RULE.encode())
    [rule] = fleet.approvals.merged
    assert (rule.paths, rule.up_to) == (("subclouds/lab-*/**",), "lock")


def test_a_rule_that_approves_lost_data_is_refused_at_its_place():
    with pytest.raises(ConfigErrors, match=r"4:60: fleet: approvals\.merged\[0\]\.upTo must be at most reboot"):
        load_fleet(b"apiVersion: stxr.io/v1\nkind: Fleet\nname: ran\n" + RULE.replace("lock", "destructive").encode())


def test_a_part_that_cannot_be_told_is_the_whole_file():
    assert fleet_part(b"a: [", EAST) == b"a: ["
    assert fleet_part(FLEET.encode(), b"a: [") == FLEET.encode()


def test_sites_are_the_folders_of_subclouds():
    paths = ["fleet.yaml", "subclouds/b/site.yaml", "subclouds/a/x.yaml", "subclouds/a/y.yaml", "subclouds/README.md"]
    assert sites_in(paths) == ("a", "b")
