"""From commits to the files of sites."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from reconciler.model.errors import ConfigError
from reconciler.sources.errors import EmptyRootError, UnknownSiteError, UnreadableInputError
from reconciler.sources.inputs import Affected
from reconciler.sources.mirror import Limits, Mirror
from reconciler.sources.sites import GitSites
from tests.sources.conftest import NOW, OpenMirror
from tests.sources.history import History, layers_of, site


@pytest.fixture
def sites(mirror: Mirror, history: History) -> GitSites:
    """The sites of the history, at its head."""
    made = GitSites(mirror, layers_of)
    made.advance(history.head())
    return made


def test_the_first_advance_finds_every_site(mirror: Mirror, history: History):
    sites = GitSites(mirror, layers_of)
    assert sites.advance(history.head()) == Affected(appeared=frozenset({"sc-1", "sc-2"}))
    assert (sites.commit, sites.names) == (history.head(), {"sc-1", "sc-2"})
    assert sites.advance(history.head()) == Affected()


def test_the_files_of_a_site_are_its_folder_its_layers_and_the_fleet(sites: GitSites, history: History):
    found = sites.site_files("sc-1")
    assert (found.name, found.commit, found.key) == ("sc-1", history.head(), sites.keys["sc-1"])
    assert found.files == {
        "fleet.yaml": b"name: north\n",
        "profiles/ran/host.yaml": b"mtu: 9000\n",
        "subclouds/sc-1/deployment-config.yaml": b"# sc-1\n",
        "subclouds/sc-1/site.yaml": b"layers:\nran\n",
    }
    assert "profiles/ran/host.yaml" not in sites.site_files("sc-2").files


def test_a_commit_reaches_the_sites_whose_inputs_it_moved(sites: GitSites, mirror: Mirror, history: History):
    history.commit({"profiles/ran/host.yaml": "mtu: 1500\n", "README.md": "x"})
    assert sites.advance(mirror.fetch(NOW).commit) == Affected(changed=frozenset({"sc-1"}))
    assert sites.site_files("sc-1").files["profiles/ran/host.yaml"] == b"mtu: 1500\n"
    history.commit({**site("sc-3"), "subclouds/sc-2/site.yaml": None, "subclouds/sc-2/deployment-config.yaml": None})
    assert sites.advance(mirror.fetch(NOW).commit) == Affected(
        appeared=frozenset({"sc-3"}), vanished=frozenset({"sc-2"})
    )


def test_a_base_is_read_as_it_was(sites: GitSites, mirror: Mirror, history: History):
    base = sites.site_files("sc-1")
    history.commit({"profiles/ran/host.yaml": "mtu: 1500\n", **site("sc-1", text="new: true\n")})
    sites.advance(mirror.fetch(NOW).commit)
    assert sites.site_files("sc-1", base.commit) == base
    assert sites.site_files("sc-1", sites.commit) == sites.site_files("sc-1") != base


def test_an_unrelated_history_reaches_all_that_differ_in_it(sites: GitSites, mirror: Mirror, history: History):
    history.git("switch", "--quiet", "--orphan", "other")
    history.commit({"fleet.yaml": "name: north\n", **site("sc-2"), **site("sc-9")})
    history.git("branch", "--force", "main", "other")
    assert sites.advance(mirror.fetch(NOW).commit) == Affected(frozenset(), frozenset({"sc-9"}), frozenset({"sc-1"}))


def test_layers_and_fleet_are_read_once_for_all_their_sites(mirror: Mirror, history: History):
    history.commit(site("sc-2", "ran"))
    sites = GitSites(mirror, layers_of)
    sites.advance(mirror.fetch(NOW).commit)
    one, two = sites.site_files("sc-1").files, sites.site_files("sc-2").files
    for path in ("fleet.yaml", "profiles/ran/host.yaml"):
        assert one[path] is two[path]


def test_a_root_in_a_larger_repository(mirror: Mirror, history: History):
    before = history.commit({f"ops/{path}": text for path, text in {"fleet.yaml": "n", **site("sc-7")}.items()})
    head = mirror.fetch(NOW).commit
    sites = GitSites(mirror, layers_of, root="ops")
    assert sites.advance(head).appeared == {"sc-7"}
    assert next(iter(sites.site_files("sc-7").files)) == "fleet.yaml"
    history.commit({"fleet.yaml": "x"})
    assert sites.advance(mirror.fetch(NOW).commit) == Affected()
    assert sites.site_files("sc-7", before).files == sites.site_files("sc-7").files
    with pytest.raises(UnknownSiteError, match=f"{before[:12]}:ops/subclouds/sc-1: no such folder"):
        sites.site_files("sc-1", before)


def test_the_key_does_not_depend_on_where_the_root_is(mirror: Mirror, history: History):
    history.commit({f"ops/{path}": text for path, text in {"fleet.yaml": "name: north\n", **site("sc-2")}.items()})
    head = mirror.fetch(NOW).commit
    outer, inner = GitSites(mirror, layers_of), GitSites(mirror, layers_of, root="ops")
    outer.advance(head)
    inner.advance(head)
    assert outer.keys["sc-2"] == inner.keys["sc-2"]


def test_a_commit_that_empties_the_root_is_refused_and_the_sites_stay(
    sites: GitSites, mirror: Mirror, history: History
):
    before = sites.commit
    history.git("rm", "-r", "--quiet", ".")
    history.commit({"README.md": "moved"})
    with pytest.raises(EmptyRootError, match=r"neither fleet.yaml nor subclouds/; check the path, or revert"):
        sites.advance(mirror.fetch(NOW).commit)
    assert (sites.commit, sites.names) == (before, {"sc-1", "sc-2"})


def test_a_fleet_without_sites_yet_is_no_error(open_mirror: OpenMirror, tmp_path: Path):
    young = History(tmp_path / "young")
    young.commit({"fleet.yaml": "name: north\n"})
    mirror = open_mirror(young.folder)
    assert GitSites(mirror, layers_of).advance(mirror.fetch(NOW).commit) == Affected()


def odd(history: History, kind: str) -> str:
    """A path under sc-1 that is not a plain file of sane size."""
    folder = history.folder / "subclouds" / "sc-1"
    match kind:
        case "symbolic link":
            (folder / "odd.yaml").symlink_to("/etc/passwd")
            history.commit({})
        case "submodule":
            history.git("update-index", "--add", "--cacheinfo", f"160000,{history.head()},subclouds/sc-1/odd.yaml")
            history.git("commit", "--quiet", "-m", "Add a module")
        case "larger":
            history.commit({"subclouds/sc-1/odd.yaml": "x" * 2_000_000})
    return "subclouds/sc-1/odd.yaml"


@pytest.mark.parametrize("kind", ["symbolic link", "submodule", "larger"])
def test_an_odd_input_is_refused_by_its_path_and_holds_no_other_site(open_mirror: OpenMirror, history: History, kind):
    path = odd(history, kind)
    mirror = open_mirror(history.folder, limits=Limits(blob_bytes=1_000_000))
    sites = GitSites(mirror, layers_of)
    sites.advance(mirror.fetch(NOW).commit)
    with pytest.raises(UnreadableInputError, match=f"{history.head()[:12]}:{path}: .*{kind}") as refused:
        sites.site_files("sc-1")
    assert isinstance(refused.value, ConfigError)
    first, second = sites.all_files(["sc-1", "sc-2"])
    assert (str(first), second) == (str(refused.value), sites.site_files("sc-2"))


def test_a_layer_that_is_a_link_holds_its_users_only(sites: GitSites, mirror: Mirror, history: History):
    (history.folder / "profiles" / "ran" / "extra.yaml").symlink_to("host.yaml")
    history.commit({})
    assert sites.advance(mirror.fetch(NOW).commit) == Affected(changed=frozenset({"sc-1"}))
    with pytest.raises(UnreadableInputError, match=r"profiles/ran/extra\.yaml: a symbolic link is never read"):
        sites.site_files("sc-1")
    assert sites.site_files("sc-2").name == "sc-2"


def test_an_executable_file_is_a_file(sites: GitSites, mirror: Mirror, history: History):
    (history.folder / "subclouds" / "sc-1" / "site.yaml").chmod(0o755)
    history.commit({})
    assert sites.advance(mirror.fetch(NOW).commit) == Affected()
    assert sites.site_files("sc-1").files["subclouds/sc-1/site.yaml"] == b"layers:\nran\n"


def test_a_site_whose_name_is_odd(sites: GitSites, mirror: Mirror, history: History):
    name = "Größe [1] *\n"
    history.commit(site(name, "ran"))
    assert sites.advance(mirror.fetch(NOW).commit) == Affected(appeared=frozenset({name}))
    assert sites.site_files(name).files[f"subclouds/{name}/site.yaml"] == b"layers:\nran\n"
    assert sites.site_files(name, history.head()) == sites.site_files(name)


def test_random_commits_bring_the_same_sites_forward_as_a_fresh_start(mirror: Mirror, history: History):
    chance = random.Random(20261121)
    sites = GitSites(mirror, layers_of)
    sites.advance(history.head())
    for step in range(25):
        history.commit(random_edit(chance, history, step))
        before, head = dict(sites.keys), mirror.fetch(NOW).commit
        reached = sites.advance(head).sites
        fresh = GitSites(mirror, layers_of)
        fresh.advance(head)
        assert sites.keys == fresh.keys
        assert reached == {name for name in before.keys() | fresh.keys if before.get(name) != fresh.keys.get(name)}
        assert list(sites.all_files(sorted(sites.names))) == list(fresh.all_files(sorted(fresh.names)))


def random_edit(chance: random.Random, history: History, step: int) -> dict[str, str | bytes | None]:
    """A profile edited, a site made, changed or removed."""
    name, layer = f"sc-{chance.randrange(6)}", f"p{chance.randrange(3)}"
    match chance.randrange(4):
        case 0:
            return {f"profiles/{layer}/host.yaml": f"mtu: {step}\n"}
        case 1 if (history.folder / "subclouds" / name / "site.yaml").exists():
            return dict.fromkeys(site(name))
        case 2:
            return {"fleet.yaml": f"name: n{step}\n"}
    return site(name, *chance.sample(["p0", "p1", "p2", "ran"], k=2), text=f"step: {step}\n")
