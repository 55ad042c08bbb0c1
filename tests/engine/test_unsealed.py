"""What secrets tell of what Git says: read at each look, and neither there nor gone where they cannot be read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import SecretStr

from reconciler.diff import Present, compare
from reconciler.engine.unsealed import NOT_READ, followed, unopened, unsealed
from reconciler.kinds import registry
from reconciler.model.errors import ConfigError
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.secret import digest
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Cause
from tests.authorities import authority

KINDS = registry()
CERTIFICATE, LICENCE = KINDS["certificate"], KINDS["licence"]
ROOT, RENEWED = authority(), authority()
COMPLETE = frozenset({("certificate", ""), ("licence", "")})


def said(*names):
    """What a commit says: authorities whose secrets have these names, and a licence."""
    specs = [CERTIFICATE.spec(name=f"ssl_ca of {n}", type="ssl_ca", secret=n, reference=f"env:{n}") for n in names]
    found = [Resource(CERTIFICATE.key(spec), spec) for spec in specs]
    paper = Resource(ResourceKey("licence", ""), LICENCE.spec(secret="paper", reference="env:PAPER"))
    return Snapshot("ottawa", {r.key: r for r in (*found, paper)})


def vault(**secrets):
    """A reader of these secrets."""

    def reveal(reference):
        name = reference.removeprefix("env:")
        if name not in secrets:
            raise ConfigError(f"{reference}: not set")
        return SecretStr(secrets[name])

    return reveal


def trusted(one):
    return ResourceKey("certificate", f"ssl_ca_{one.serial}")


def seen(snapshot):
    """A site that has what a snapshot says."""
    return replace(snapshot, complete=COMPLETE)


NOW = vault(CA=ROOT.pem, PAPER="paper")


def test_a_resource_is_known_by_what_its_secret_holds():
    found = unsealed(said("CA"), KINDS, NOW)
    assert found.resources.keys() == {trusted(ROOT), ResourceKey("licence", "")}
    assert found.resources[ResourceKey("licence", "")].spec.digest == digest("paper")
    assert found.sealed == {}


def test_it_is_read_anew_each_time_for_it_changes_without_a_commit():
    commit = said("CA")
    first, second = (unsealed(commit, KINDS, vault(CA=one.pem, PAPER="")) for one in (ROOT, RENEWED))
    assert (trusted(ROOT) in first.resources, trusted(RENEWED) in second.resources) == (True, True)


def test_one_that_cannot_be_read_leaves_the_others_alone():
    found = unsealed(said("CA", "LOST"), KINDS, NOW)
    assert trusted(ROOT) in found.resources
    assert found.sealed == {
        ResourceKey("certificate", "ssl_ca of LOST"): "its secret cannot be read: env:LOST: not set"
    }


def test_what_is_sealed_is_not_judged_and_says_why():
    want = unsealed(said("LOST"), KINDS, NOW)
    found = compare(want, seen(unsealed(said("CA"), KINDS, NOW)), KINDS)
    assert found.changes == ()
    assert [found.reasons[key] for key in found.unjudged] == ["its secret cannot be read: env:LOST: not set"]
    assert not found.is_empty


def test_beside_what_is_sealed_nothing_of_its_kind_counts_as_shown_to_be_deleted():
    observed = seen(unsealed(said("CA"), KINDS, NOW))
    assert Present(unsealed(said(), KINDS, NOW), observed).shows(trusted(ROOT))
    assert not Present(unsealed(said("LOST"), KINDS, NOW), observed).shows(trusted(ROOT))


def test_who_reads_no_secrets_judges_nothing_of_them():
    found = unopened(said("CA"), KINDS)
    assert (dict(found.resources), set(found.sealed.values())) == ({}, {NOT_READ})


@pytest.mark.parametrize(("noted", "cause"), [(ROOT, Cause.PENDING), (RENEWED, Cause.DRIFTED)])
def test_what_a_secret_tells_now_was_followed_only_if_it_was_noted(noted, cause):
    """The site lacks the authority: it lost it, or it never had it because the secret is a new one."""
    today = unsealed(said("CA"), KINDS, vault(CA=RENEWED.pem, PAPER="paper"))
    base = followed(today, {trusted(noted), ResourceKey("licence", "")}, KINDS)
    bare = Snapshot("ottawa", {ResourceKey("licence", ""): today.resources[ResourceKey("licence", "")]})
    (change,) = compare(today, seen(bare), KINDS, base).changes
    assert (change.key, change.cause) == (trusted(RENEWED), cause)


def test_of_a_licence_nobody_can_tell_who_moved_and_the_site_is_not_blamed():
    today = unsealed(said(), KINDS, NOW)
    other = unsealed(said(), KINDS, vault(PAPER="older paper"))
    (change,) = compare(today, seen(other), KINDS, followed(today, today.resources, KINDS)).changes
    assert [f.cause for f in change.fields] == [Cause.PENDING]
