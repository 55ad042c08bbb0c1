"""What Git says of a site now, and what it said when a plan last ended there."""

from __future__ import annotations

from datetime import datetime

import pytest

from reconciler.engine import repository as repository_module
from reconciler.engine.opening import open_commit, open_folder
from reconciler.kinds import registry
from reconciler.model.errors import ConfigErrors
from reconciler.sources.errors import UnknownSiteError
from tests.engine.sites import OTTAWA, PROFILE, networks, system
from tests.sources.history import IDENTITY

KINDS = registry()


def values(snapshot, name):
    """One attribute of every resource of a snapshot that says it."""
    said = ((r.key.kind, getattr(r.spec, name, None)) for r in snapshot.resources.values())
    return {kind: value for kind, value in said if value is not None}


def mtu(snapshot):
    return values(snapshot, "mtu")["data-network"]


def test_a_site_is_what_its_files_and_layers_say(history, mirrored):
    repository = open_commit(mirrored(), KINDS)
    assert repository.names == {"ottawa", "gatineau"}
    desired = repository.desired("ottawa")
    assert (desired.site, desired.revision, mtu(desired)) == ("ottawa", history.head(), 1500)
    assert values(desired, "location") == {"system": "Ottawa"}
    assert repository.settings("ottawa").mode == "observe"


def test_a_site_that_is_not_there_is_named(mirrored):
    with pytest.raises(UnknownSiteError, match="subclouds/toronto: no such folder"):
        open_commit(mirrored(), KINDS).desired("toronto")


def test_a_push_costs_the_sites_that_it_reaches(history, mirrored):
    repository = open_commit(mirrored(), KINDS)
    before = {name: repository.desired(name) for name in repository.names}
    repository.tree.advance(changed := history.commit({OTTAWA: system("Hull")}) and mirrored().head().commit)
    assert repository.desired("gatineau") is before["gatineau"]
    assert repository.desired("ottawa").revision == changed
    repository.tree.advance(history.commit({PROFILE: networks(9000)}) and mirrored().head().commit)
    assert {mtu(repository.desired(name)) for name in repository.names} == {9000}


def test_what_a_site_takes_is_known_without_reading_it_again(history, mirrored, monkeypatch):
    values = "name: ottawa\nmanagement_start_address: 10.1.0.2\nmanagement_end_address: 10.1.0.9\n"
    history.commit({"subclouds/ottawa/bootstrap-values.yaml": values})
    repository = open_commit(mirrored(), KINDS)
    loads = []
    real = repository_module.load_site
    monkeypatch.setattr(repository_module, "load_site", lambda *args: loads.append(args[0].name) or real(*args))
    repository.desired("ottawa")
    [own] = repository.taken("ottawa")
    assert (str(own.first), str(own.last), loads) == ("10.1.0.2", "10.1.0.9", ["ottawa"])
    assert (repository.taken("gatineau"), loads) == ((), ["ottawa", "gatineau"])


def test_what_sites_share_is_held_once(mirrored):
    repository = open_commit(mirrored(), KINDS)
    ottawa, gatineau = repository.desired("ottawa").resources, repository.desired("gatineau").resources
    assert all(ottawa[key] is resource for key, resource in gatineau.items())


def test_the_base_is_what_git_said_at_an_older_commit(history, mirrored):
    base = history.head()
    history.commit({PROFILE: networks(9000)})
    repository = open_commit(mirrored(), KINDS)
    assert (mtu(repository.base("ottawa", base)), mtu(repository.desired("ottawa"))) == (1500, 9000)


def test_the_base_at_the_head_is_what_is_desired(history, mirrored):
    repository = open_commit(mirrored(), KINDS)
    desired = repository.desired("ottawa")
    assert repository.base("ottawa", history.head()) is desired


@pytest.mark.parametrize("commit", ["", "0" * 40, "main", "uncommitted"])
def test_what_is_no_known_commit_is_no_base(mirrored, commit):
    assert open_commit(mirrored(), KINDS).base("ottawa", commit) is None


def test_a_site_that_was_not_there_yet_has_no_base(history, mirrored):
    base = history.head()
    history.commit({"subclouds/hull/site.yaml": "layers: [radio]\n"})
    assert open_commit(mirrored(), KINDS).base("hull", base) is None


def test_a_commit_that_a_forced_push_dropped_is_no_base_though_we_kept_it(history, mirrored):
    dropped = history.commit({PROFILE: networks(9000)})
    repository = open_commit(mirrored(), KINDS)
    assert repository.keep("ottawa", dropped)
    assert mtu(repository.base("ottawa", dropped)) == 9000
    history.git("reset", "--hard", "--quiet", "HEAD~1")
    repository.tree.advance(history.commit({OTTAWA: system("Hull")}) and mirrored().head().commit)
    assert mirrored().resolve(dropped) == dropped
    assert repository.base("ottawa", dropped) is None


def test_a_base_that_today_s_program_refuses_is_none(history, mirrored):
    base = history.commit({OTTAWA: system() * 2})
    history.commit({OTTAWA: system()})
    repository = open_commit(mirrored(), KINDS)
    assert repository.base("ottawa", base) is None
    assert values(repository.desired("ottawa"), "location") == {"system": "Ottawa"}


def test_a_forgotten_site_is_read_anew(mirrored):
    repository = open_commit(mirrored(), KINDS)
    first = repository.desired("ottawa")
    repository.forget(frozenset({"ottawa", "never-there"}))
    assert repository.desired("ottawa") is not first


def test_a_folder_is_taken_with_its_edits_and_its_base_from_git(history, mirrored):
    base = history.head()
    history.write({PROFILE: networks(9000)})
    repository = open_folder(history.folder, KINDS, mirrored())
    desired = repository.desired("ottawa")
    assert (desired.revision, mtu(desired)) == (f"{base}+edits", 9000)
    assert mtu(repository.base("ottawa", base)) == 1500


def test_edits_that_nobody_committed_are_never_a_base(history, mirrored):
    history.write({PROFILE: networks(9000)})
    repository = open_folder(history.folder, KINDS, mirrored())
    commit = repository.desired("ottawa").revision
    assert not repository.keep("ottawa", commit)
    assert repository.base("ottawa", commit) is None


def test_a_folder_outside_of_git_has_no_past(tmp_path, history):
    history.git("rev-parse", "HEAD")
    repository = open_folder(history.folder, KINDS)
    assert repository.base("ottawa", history.head()) is None
    assert not repository.keep("ottawa", history.head())


def test_every_error_of_a_site_is_raised_at_its_place(history, mirrored):
    history.commit({OTTAWA: system(ntp="yes") + system("Hull")})
    with pytest.raises(ConfigErrors) as refused:
        open_commit(mirrored(), KINDS).desired("ottawa")
    assert [str(error).split(": ")[0] for error in refused.value] == [f"{OTTAWA}:8:15", f"{OTTAWA}:13:9"]


def test_a_commit_is_dated_by_its_author_and_edits_by_the_commit_below_them(history, mirrored, tmp_path):
    repository = open_commit(mirrored(), KINDS)
    at = datetime.fromisoformat(IDENTITY["GIT_AUTHOR_DATE"]).timestamp()
    assert [repository.authored_at(commit) for commit in (history.head(), f"{history.head()}+edits")] == [at, at]
    assert [repository.authored_at(commit) for commit in ("", "main", "f" * 40)] == [None] * 3
    assert open_folder(history.folder, KINDS).authored_at(history.head()) is None, "without a mirror nobody knows"


def test_who_set_a_value_is_asked_of_the_commit_that_was_read(history, mirrored):
    first = history.head()
    later = history.commit({OTTAWA: system("Gatineau")}, subject="Move")
    repository = open_commit(mirrored(), KINDS)
    [origin] = {
        r.origin_of("location") for r in repository.desired("ottawa").resources.values() if r.key.kind == "system"
    }
    assert repository.set_by(later, origin).subject == "Move"
    assert repository.set_by(first, origin).commit == first
    assert open_folder(history.folder, KINDS).set_by(first, origin) is None
