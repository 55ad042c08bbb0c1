"""Pull requests in the mirror: fetched by the forge's refs, merged in memory, and nothing of theirs is run."""

from __future__ import annotations

import pytest

from reconciler.sources.errors import UnreachableRepositoryError
from reconciler.sources.pulls import ConflictError, TooMuchError, fetched, forget, merged, paths

REF = "refs/pull/7/head"


@pytest.fixture
def proposed(history):
    """A commit that no branch has, where the forge keeps those of pull request 7."""

    def propose(files, **said):
        base = history.head()
        history.git("checkout", "--quiet", "--detach", said.get("of", base))
        commit = history.commit(files)
        history.git("update-ref", REF, commit)
        history.git("checkout", "--quiet", "main")
        return commit

    return propose


def at(mirror, commit, path):
    return mirror.git.run("show", f"{commit}:{path}").text


def test_a_pull_request_is_fetched_and_moves_no_branch(history, mirror, proposed):
    head = mirror.head()
    commit = proposed({"profiles/ran/host.yaml": "mtu: 1500\n"})
    assert fetched(mirror, REF, 7) == commit
    assert at(mirror, commit, "profiles/ran/host.yaml") == "mtu: 1500"
    assert mirror.head() == head
    assert mirror.git.run("for-each-ref", "--format=%(refname)", "refs/heads").text == "refs/heads/main"


def test_a_force_push_is_followed(history, mirror, proposed):
    first = proposed({"fleet.yaml": "name: south\n"})
    fetched(mirror, REF, 7)
    second = proposed({"fleet.yaml": "name: west\n"})
    assert fetched(mirror, REF, 7) == second != first


def test_a_ref_that_is_not_there_is_an_error(mirror):
    with pytest.raises(UnreachableRepositoryError, match="refs/pull/8/head"):
        fetched(mirror, "refs/pull/8/head", 8)


def test_what_merging_gives_has_both_sides(history, mirror, proposed):
    old = history.head()
    head = proposed({"profiles/ran/host.yaml": "mtu: 1500\n"})
    base = history.commit({"fleet.yaml": "name: south\n"})
    mirror.fetch(mirror.head().fetched_at)
    fetched(mirror, REF, 7)
    both = merged(mirror, base, head, 7)
    assert (at(mirror, both, "profiles/ran/host.yaml"), at(mirror, both, "fleet.yaml")) == ("mtu: 1500", "name: south")
    assert merged(mirror, base, head, 7) == both
    assert mirror.is_ancestor(old, both)


def test_a_head_that_has_its_base_is_what_merging_gives(history, mirror, proposed):
    base, head = history.head(), proposed({"fleet.yaml": "name: south\n"})
    fetched(mirror, REF, 7)
    assert merged(mirror, base, head, 7) == head
    assert merged(mirror, head, base, 7) == head


def test_a_conflict_names_its_files(history, mirror, proposed):
    head = proposed({"fleet.yaml": "name: south\n"})
    base = history.commit({"fleet.yaml": "name: west\n"})
    mirror.fetch(mirror.head().fetched_at)
    fetched(mirror, REF, 7)
    with pytest.raises(ConflictError, match=r"conflicts in fleet\.yaml; rebase it"):
        merged(mirror, base, head, 7)


def test_what_is_let_go_of_is_gone_and_may_be_again(history, mirror, proposed):
    proposed({"fleet.yaml": "name: south\n"})
    fetched(mirror, REF, 7)
    forget(mirror, 7)
    forget(mirror, 7)
    assert mirror.git.run("for-each-ref", "refs/stxr/pull").text == ""


def test_merge_drivers_and_filters_of_a_pull_request_do_not_run(history, mirror, proposed, tmp_path):
    """An attribute names a driver; what it is to run is said in settings, and ours are the only ones."""
    ran = tmp_path / "ran"
    attributes = "* merge=theirs filter=theirs diff=theirs\n"
    head = proposed({".gitattributes": attributes, "profiles/ran/host.yaml": "mtu: 1500\n"})
    history.git("config", "merge.theirs.driver", f"touch {ran}")
    history.git("config", "filter.theirs.smudge", f"touch {ran}")
    base = history.commit({"profiles/ran/other.yaml": "a: 1\n"})
    mirror.fetch(mirror.head().fetched_at)
    fetched(mirror, REF, 7)
    assert at(mirror, merged(mirror, base, head, 7), "profiles/ran/host.yaml") == "mtu: 1500"
    assert not ran.exists()


def test_a_pull_request_of_many_files_is_counted_no_further_than_need_be(history, mirror, proposed):
    base, head = history.head(), proposed({f"profiles/ran/{n}.yaml": "a: 1\n" for n in range(30)})
    fetched(mirror, REF, 7)
    assert paths(mirror, base, head, "", 30) == {f"profiles/ran/{n}.yaml" for n in range(30)}
    with pytest.raises(TooMuchError, match="changes more than 29 files below /: split it"):
        paths(mirror, base, head, "", 29)


def test_files_beside_the_root_do_not_count(history, mirror, proposed):
    base, head = history.head(), proposed({f"elsewhere/{n}.yaml": "a: 1\n" for n in range(30)})
    fetched(mirror, REF, 7)
    assert paths(mirror, base, head, "profiles", 1) == frozenset()
