"""Removals against real histories: what proves them, and each way in which nothing is deleted."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from reconciler.apply import Pace
from reconciler.diff import Present
from reconciler.engine.office import Office
from reconciler.engine.opening import open_commit, open_folder
from reconciler.engine.removed import STEPS, removed, removed_by
from reconciler.kinds import registry
from reconciler.model.resource import ResourceKey
from tests.apply.fakes import FakeClock
from tests.engine.sites import OTTAWA, PROFILE, networks, system

KINDS = registry()
MIDHAUL = ResourceKey("data-network", "midhaul")
KEPT, GONE = {PROFILE: networks()}, {PROFILE: system("Ottawa")}


def site_shows(repository, site, commit):
    """The site as the rendering of a commit says it."""
    said = repository.base(site, commit)
    assert said is not None
    return replace(said, complete=frozenset((kind, host) for kind in KINDS for host in ("", "controller-0")))


@pytest.fixture
def look(history, mirrored):
    """The removals of ottawa at the tip, whose site shows what was said at first."""
    first = history.head()
    shown = site_shows(open_commit(mirrored(), KINDS), "ottawa", first)

    def look(base=None, carried=(), repository=None):
        repository = repository or open_commit(mirrored(), KINDS)
        base = first if base is None else base
        now = Present(repository.desired("ottawa"), shown)
        visit = SimpleNamespace(site="ottawa", base_commit=base, carried=carried, declared=frozenset())
        office = Office(KINDS, repository, FakeClock(), Pace())
        return removed(visit, now, repository.base("ottawa", base), office).removals

    return look


def test_the_commit_that_removed_it_is_named_and_not_a_later_one(history, look):
    first = history.head()
    took = history.commit(GONE)
    history.commit({OTTAWA: system("Gatineau")})
    [removal] = look().open
    assert (removal.key, removal.base, removal.commit) == (MIDHAUL, first, took)
    assert removal.where.startswith(f"{PROFILE}:")
    assert {s.name: s.value for s in removal.said} == {"name": "midhaul", "network_type": "vlan", "mtu": "1500"}


def test_the_last_of_two_commits_that_removed_it_is_named(history, look):
    history.commit(GONE)
    history.commit(KEPT)
    again = history.commit(GONE)
    assert [r.commit for r in look().open] == [again]


def test_a_commit_that_cannot_be_read_does_not_hide_what_it_removed(history, look):
    history.commit({PROFILE: "- no\n- document\n"})
    mended = history.commit(GONE)
    assert [r.commit for r in look().open] == [mended]


def test_removal_put_back_in_git_before_the_site_was_looked_at(history, look):
    history.commit(GONE)
    history.commit(KEPT)
    assert look().open == ()


def test_history_rewritten_deletes_nothing_and_says_so(history, look):
    history.commit(GONE)
    base = history.head()
    history.git("checkout", "--quiet", "--orphan", "anew")
    history.commit(GONE, subject="Another first commit")
    history.git("branch", "--quiet", "-M", "anew", "main")
    found = look(base)
    assert found.open == ()
    assert found.blind == (
        f"nothing is deleted: {base[:12]}, which the site followed last, is not in the history of {history.head()[:12]}"
    )


def test_squashed_commits_delete_nothing_where_the_base_is_among_them(history, look):
    first = history.head()
    base = history.commit({OTTAWA: system("Hull")})
    history.commit(GONE)
    history.git("reset", "--quiet", "--soft", first)
    history.commit({}, subject="All in one")
    found = look(base)
    assert (found.open, base[:12] in found.blind) == ((), True)


def test_squashed_commits_delete_what_they_removed_where_the_base_is_before_them(history, look):
    first = history.head()
    history.commit({OTTAWA: system("Hull")})
    history.commit(GONE)
    history.git("reset", "--quiet", "--soft", first)
    squashed = history.commit({}, subject="All in one")
    assert [r.commit for r in look(first).open] == [squashed]


def test_a_base_on_another_branch_deletes_nothing(history, look):
    first = history.head()
    history.git("checkout", "--quiet", "-b", "trial")
    base = history.commit({OTTAWA: system("Hull")})
    history.git("checkout", "--quiet", "main")
    history.commit(GONE)
    found = look(base)
    assert (found.open, "is not in the history of" in found.blind) == ((), True)
    assert [r.key for r in look(first).open] == [MIDHAUL]


def test_what_a_merge_brought_is_the_merge_s_removal(history, look):
    history.git("checkout", "--quiet", "-b", "topic")
    history.commit(GONE)
    history.git("checkout", "--quiet", "main")
    history.commit({OTTAWA: system("Hull")})
    history.git("merge", "--quiet", "--no-ff", "-m", "Merge topic", "topic")
    assert [r.commit for r in look().open] == [history.head()]


def test_base_gone_deletes_nothing_and_says_so(history, look):
    """A commit that nobody has: the mirror was lost, and the remote has tidied up."""
    history.commit(GONE)
    found = look("0" * 40)
    assert (found.open, found.blind[:20]) == ((), "nothing is deleted: ")


def test_store_lost_deletes_nothing_and_says_so(history, look):
    history.commit(GONE)
    found = look("")
    assert (found.open, found.unproved) == ((), ())
    assert "no commit is known that the site has followed" in found.blind


def test_a_base_that_this_program_cannot_read_deletes_nothing(history, look):
    unread = history.commit({PROFILE: "- no\n- document\n"})
    history.commit(GONE)
    found = look(unread)
    assert (found.open, "cannot be read by this program" in found.blind) == ((), True)


def test_a_folder_that_was_gone_in_between_is_managed_anew_and_wipes_nothing(history, look):
    """Un-managed and taken up again: what it does not say now, nobody said while it was not in Git."""
    base = history.head()
    moved = dict.fromkeys(("subclouds/ottawa/site.yaml", OTTAWA))
    history.commit(moved, subject="Let Ottawa go")
    history.commit({"subclouds/ottawa/site.yaml": "{}\n", OTTAWA: system()})
    found = look(base)
    assert found.open == ()
    assert found.blind.startswith(f"nothing is deleted: the site was not in Git all the time since {base[:12]}")


def test_a_renamed_folder_has_no_base_under_its_new_name(history, mirrored):
    base = history.head()
    history.git("mv", "subclouds/ottawa", "subclouds/hull")
    history.commit(GONE)
    repository = open_commit(mirrored(), KINDS)
    assert "ottawa" not in repository.names
    assert repository.base("hull", base) is None


def test_what_is_carried_is_proved_anew_from_its_own_base(history, look):
    history.commit(GONE)
    [removal] = look().open
    later = history.commit({OTTAWA: system("Hull")})
    assert look(later, (removal,)).open == (removal,)
    assert look(later, (replace(removal, base="0" * 40),)).open == ()


def test_uncommitted_edits_remove_nothing_by_a_commit(history, mirrored, look):
    history.write(GONE)
    repository = open_folder(history.folder, KINDS, mirrored())
    found = look(repository=repository)
    assert [(r.key, r.commit) for r in found.open] == [(MIDHAUL, "")]
    assert found.carried == ()


def test_a_folder_outside_of_git_has_no_past_and_deletes_nothing(history, look):
    history.write(GONE)
    found = look(repository=open_folder(history.folder, KINDS))
    assert (found.open, bool(found.blind)) == ((), True)


def test_in_a_long_history_the_commit_that_removed_it_is_found_by_halving():
    commits = tuple(f"c{n}" for n in range(1, 301))
    read = []

    def said(commit):
        read.append(commit)
        return frozenset({MIDHAUL}) if int(commit[1:]) < 17 else frozenset()

    assert removed_by(frozenset({MIDHAUL}), commits, said) == {MIDHAUL: "c17"}
    assert len(read) < STEPS + 10


def test_a_folder_that_was_gone_long_ago_wipes_nothing_however_many_commits_followed(history, look):
    base = history.head()
    history.commit(dict.fromkeys(("subclouds/ottawa/site.yaml", OTTAWA)), subject="Let Ottawa go")
    history.commit({"subclouds/ottawa/site.yaml": "layers: [radio]\n", OTTAWA: system(), **GONE})
    for number in range(STEPS + 1):
        history.commit({PROFILE: system(f"Site {number}")})
    found = look(base)
    assert (found.open, "the site was not in Git all the time" in found.blind) == ((), True)


def test_a_folder_that_lost_a_file_was_in_git_all_the_time(history, look):
    took = history.commit({**GONE, OTTAWA: None})
    assert [r.commit for r in look().open] == [took]


def test_a_folder_that_was_gone_between_two_merges_wipes_nothing(history, look):
    base = history.head()
    history.git("checkout", "--quiet", "-b", "topic")
    history.commit(dict.fromkeys(("subclouds/ottawa/site.yaml", OTTAWA)), subject="Let Ottawa go")
    history.git("checkout", "--quiet", "main")
    history.git("merge", "--quiet", "--no-ff", "-m", "Merge topic", "topic")
    history.commit({"subclouds/ottawa/site.yaml": "layers: [radio]\n", OTTAWA: system(), **GONE})
    assert "the site was not in Git all the time" in look(base).blind
