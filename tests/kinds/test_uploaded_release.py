"""Releases on a site: which are there, and how one gets there."""

from __future__ import annotations

import pytest

from reconciler.desired import load_site
from reconciler.kinds import registry
from reconciler.model.change import Change
from reconciler.model.host import SystemState
from reconciler.model.kind import Context
from reconciler.model.multipart import InBase64
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.rows import Rows
from reconciler.model.secret import SecretRef
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Action, Disruption, Service
from tests.desired.writing import site_files

KIND = registry()["uploaded-release"]


def made(release, **said):
    key = ResourceKey("uploaded-release", release)
    want = Resource(key, KIND.spec(release=release, **said))
    state = SystemState("ottawa", "u", "simplex", "All-in-one", "24.09")
    sides = (Snapshot("ottawa", {key: want}, system=state), Snapshot("ottawa", {}, system=state))
    return Change(key, Action.CREATE, want, None), Context(*sides)


SUBCLOUD = "subcloud: {sysadmin: {secretRef: env:OF_SUBCLOUD}}\n"


@pytest.mark.parametrize(
    ("prestage", "subcloud", "reference"),
    [
        ("", SUBCLOUD, None),
        (", prestage: {}", SUBCLOUD, "env:OF_SUBCLOUD"),
        (", prestage: {}", "", None),
        (', prestage: {sysadmin: {secretRef: "file:/run/{site}.pw"}}', SUBCLOUD, "file:/run/ottawa.pw"),
    ],
)
def test_it_is_copied_where_git_says_so_with_the_prestages_password_or_the_subclouds(prestage, subcloud, reference):
    said = f'software: {{release: "24.09"{prestage}}}\n{subcloud}'
    (wanted,) = KIND.declare(load_site(site_files({"site.yaml": said})))
    assert (wanted.key.name, wanted.spec.sysadmin) == ("24.09.0", reference)


def test_every_release_that_usm_lists_is_there_by_its_version():
    row = {"release_id": "wrcp-24.09.1", "sw_version": "24.09.1", "state": "available", "requires": ["wrcp-24.09.0"]}
    (found,) = KIND.read(Rows({("usm_releases", ""): (row,)}))
    assert (found.key.name, found.spec.release_id, found.spec.requires) == (
        "24.09.1",
        "wrcp-24.09.1",
        ("wrcp-24.09.0",),
    )


def test_what_is_not_there_is_copied_by_dcmanager_with_the_sites_own_password():
    change, context = made("24.09.2", sysadmin="env:SYSADMIN")
    assert KIND.why_not(change, context) == ""
    (call,) = KIND.write([change], context)
    assert (call.service, call.method, call.path) == (Service.DCMANAGER, "PATCH", "/v1.0/subclouds/ottawa/prestage")
    assert call.body == {
        "sysadmin_password": InBase64(SecretRef("env:SYSADMIN")),
        "release": "24.09",
        "for_sw_deploy": "true",
        "force": "false",
    }
    assert (call.until.values, call.until.fails, call.until.told_by) == (
        ("complete",),
        ("failed",),
        "error-description",
    )
    assert call.unless.values == ("prestaging",)
    assert KIND.disruption_of(change, context) is Disruption.NONE


@pytest.mark.parametrize(
    ("release", "said", "word"),
    [
        ("24.09.2", {}, "upload it there (software upload), or say software.prestage.sysadmin"),
        ("22.12.0", {"sysadmin": "env:SYSADMIN"}, "older than the site's (24.09)"),
    ],
)
def test_what_cannot_be_copied_is_said_with_what_it_takes(release, said, word):
    assert word in KIND.why_not(*made(release, **said))
