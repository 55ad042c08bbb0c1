"""What git lists, and which of it is ever read."""

from __future__ import annotations

import pytest

from reconciler.sources.blobs import BUNCH, Blobs
from reconciler.sources.entries import Entry, Kind
from reconciler.sources.errors import EmptyRootError, SourceError
from reconciler.sources.mirror import Mirror
from reconciler.sources.tree import moved, tree
from tests.sources.conftest import NOW
from tests.sources.history import History

ODD_NAMES = ("Größe und\ttab.yaml", 'quo"te\n.yaml', "*[a]?.yaml", "日本.yaml", "-a.yaml", ":(top)x.yaml")


def fetched(mirror: Mirror, history: History) -> str:
    """The history's head, here."""
    return mirror.fetch(NOW).commit


def test_paths_come_with_the_ids_that_git_gave_them(mirror: Mirror, history: History):
    entries = tree(mirror.git, history.head())
    assert sorted(entries) == sorted(history.git("ls-files").splitlines())
    assert entries["fleet.yaml"] == Entry(history.git("rev-parse", "HEAD:fleet.yaml"))


def test_a_root_is_a_folder_of_a_larger_repository(mirror: Mirror, history: History):
    history.commit({"sites/north/fleet.yaml": "name: n\n", "README.md": "x"})
    head = fetched(mirror, history)
    for root in ("sites/north", "/sites/north/"):
        assert list(tree(mirror.git, head, root)) == ["fleet.yaml"]


@pytest.mark.parametrize("root", ["sites", "fleet.yaml"])
def test_a_root_that_is_no_folder_is_an_error(mirror: Mirror, history: History, root):
    with pytest.raises(EmptyRootError, match=f"no folder {root} at {history.head()[:12]}; check the path"):
        tree(mirror.git, history.head(), root)
    with pytest.raises(EmptyRootError, match="check the path"):
        moved(mirror.git, history.head(), history.head(), root)


def test_odd_names_come_as_they_are(mirror: Mirror, history: History):
    before = history.head()
    history.commit({f"subclouds/sc-1/{name}": name for name in ODD_NAMES})
    head = fetched(mirror, history)
    expected = {f"subclouds/sc-1/{name}" for name in ODD_NAMES}
    assert expected <= tree(mirror.git, head).keys()
    assert moved(mirror.git, before, head).keys() == expected
    one = "subclouds/sc-1/*[a]?.yaml"
    assert list(tree(mirror.git, head, "", one)) == [one]


def test_moves_are_additions_edits_and_removals(mirror: Mirror, history: History):
    before = history.head()
    history.commit({"fleet.yaml": "name: south\n", "new.yaml": "x", "profiles/ran/host.yaml": None})
    moves = moved(mirror.git, before, fetched(mirror, history))
    assert moves == {
        "fleet.yaml": Entry(history.git("rev-parse", "HEAD:fleet.yaml")),
        "new.yaml": Entry(history.git("rev-parse", "HEAD:new.yaml")),
        "profiles/ran/host.yaml": None,
    }


def test_moves_between_unrelated_histories(mirror: Mirror, history: History):
    before = history.head()
    history.git("switch", "--quiet", "--orphan", "other")
    history.commit({"fleet.yaml": "name: other\n"})
    history.git("branch", "--force", "main", "other")
    head = fetched(mirror, history)
    moves = moved(mirror.git, before, head)
    assert {path for path, entry in moves.items() if entry} == {"fleet.yaml"}
    assert moves.keys() == tree(mirror.git, before).keys()


def test_what_is_not_a_file_is_told_apart(mirror: Mirror, history: History):
    before = history.head()
    (history.folder / "link.yaml").symlink_to("fleet.yaml")
    history.git("update-index", "--add", "--cacheinfo", f"160000,{before},module")
    history.write({"run.yaml": "x", b"caf\xe9.yaml".decode(errors="surrogateescape"): "x"})
    (history.folder / "run.yaml").chmod(0o755)
    (history.folder / "module").mkdir()
    history.git("add", "--", "link.yaml", "run.yaml", ".")
    history.git("update-index", "--add", "--cacheinfo", f"160000,{before},module")
    history.git("commit", "--quiet", "-m", "Odd things")
    head = fetched(mirror, history)
    expected = {
        "link.yaml": Kind.SYMLINK,
        "module": Kind.SUBMODULE,
        "run.yaml": Kind.FILE,
        "caf\\xe9.yaml": Kind.ODD_NAME,
    }
    assert {path: entry.kind for path, entry in moved(mirror.git, before, head).items() if entry} == expected
    assert expected.items() <= {path: entry.kind for path, entry in tree(mirror.git, head).items()}.items()


def test_a_file_that_became_a_link_to_its_own_content_has_moved(mirror: Mirror, history: History):
    before = history.commit({"a.yaml": "fleet.yaml"})
    (history.folder / "a.yaml").unlink()
    (history.folder / "a.yaml").symlink_to("fleet.yaml")
    history.commit({})
    moves = moved(mirror.git, before, fetched(mirror, history))
    assert moves == {"a.yaml": Entry(history.git("rev-parse", "HEAD:a.yaml"), Kind.SYMLINK)}


def test_a_blob_above_the_limit_is_left_out_and_the_others_are_read(mirror: Mirror, history: History):
    texts = {f"f{n}.yaml": f"{n}" * (n % 7) for n in range(20)} | {"big.yaml": "x" * 101, "huge.yaml": "y" * 3_000_000}
    history.commit({**texts, "edge.yaml": "x" * 100})
    entries = tree(mirror.git, fetched(mirror, history))
    paths = {entries[path].id: path for path in (*texts, "edge.yaml")}
    with Blobs(mirror.git, limit_bytes=100) as blobs:
        found = {paths[blob]: content.decode() for blob, content in blobs.read(sorted(paths)).items()}
    wanted = {path: text for path, text in texts.items() if len(text) <= 100} | {"edge.yaml": "x" * 100}
    assert {text: paths[entries[path].id] for path, text in wanted.items()} == {v: k for k, v in found.items()}


def test_more_blobs_than_one_bunch_are_read_in_order(mirror: Mirror, history: History):
    texts = {f"many/{n}.yaml": f"{n}\n" * n for n in range(2 * BUNCH + 3)}
    history.commit(texts)
    entries = tree(mirror.git, fetched(mirror, history), "many")
    found = mirror.blobs.read([entry.id for entry in entries.values()])
    assert {path: found[entry.id].decode() for path, entry in entries.items()} == {
        path.removeprefix("many/"): text for path, text in texts.items()
    }


def test_an_object_that_is_missing_is_an_error_and_the_reader_goes_on(mirror: Mirror, history: History):
    blob = history.git("rev-parse", "HEAD:fleet.yaml")
    with pytest.raises(SourceError, match=f"object {'0' * 40} cannot be read: {'0' * 40} missing"):
        mirror.blobs.read(["0" * 40, blob])
    assert mirror.blobs.read([blob]) == {blob: b"name: north\n"}
