"""`stxr accept`: what somebody changed on a site becomes what Git says; shown, written, committed or refused."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from reconciler.simulator.interference import Connection
from reconciler.simulator.site import Site
from tests.cli.conftest import EXAMPLE
from tests.cli.serving import serving
from tests.sources.history import History

NAME = "ottawa-001"
CONFIG = f"subclouds/{NAME}/deployment-config.yaml"
DIFF = """\
   dnsServers:
-  - 10.0.0.53
+  - 10.9.9.9
"""


@dataclass
class Drifted:
    """A repository that says a live site as it was, and the site, of which somebody changed the name server."""

    clone: History
    site: Site
    words: tuple[object, ...]

    def text(self) -> str:
        return (self.clone.folder / CONFIG).read_text()

    def status(self) -> str:
        return self.clone.git("status", "--short")


@pytest.fixture
def drifted(tmp_path, stxr, monkeypatch):
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Night Shift")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "night@example.com")
    endpoints, clone = tmp_path / "endpoints.json", History(tmp_path / "clone")
    words = ("--repo", clone.folder, "--endpoints", endpoints, "--state", tmp_path / "state")
    with serving(endpoints, repo=EXAMPLE) as server:
        assert stxr("adopt", NAME, "--endpoints", endpoints, "--into", clone.folder).code == 0
        clone.commit({f"subclouds/{NAME}/site.yaml": f"name: {NAME}\nmode: apply\napply: auto\n"}, subject="The site")
        assert stxr("apply", NAME, *words).code == 0  # from here on, who moved is known
        server.sites[NAME].change_rows("idns", {}, {"nameservers": "10.9.9.9"})
        yield Drifted(clone, server.sites[NAME], words)


def test_a_dry_run_shows_the_diff_and_writes_nothing(stxr, drifted):
    before = drifted.text()
    ended = stxr("accept", NAME, *drifted.words, "--dry-run")
    assert (ended.code, ended.err) == (2, "")
    assert ended.out.startswith(
        f'{NAME}: 1 value accepted\n  dns:servers: ["10.0.0.53"] → ["10.9.9.9"]\n\n--- a/{CONFIG}\n'
    )
    assert DIFF in ended.out
    assert (drifted.text(), drifted.status()) == (before, "")


def test_the_file_is_edited_in_its_line_and_the_site_is_in_sync(stxr, drifted):
    before = drifted.text()
    ended = stxr("accept", NAME, *drifted.words)
    assert (ended.code, ended.err) == (0, "")
    assert drifted.text() == before.replace("- 10.0.0.53\n", "- 10.9.9.9\n")
    assert "in sync" in stxr("plan", NAME, *drifted.words).out
    again = stxr("accept", NAME, *drifted.words)
    assert (again.code, again.out) == (
        0,
        f"{NAME}: nothing to accept: nothing drifted; name what else Git is to say (`stxr plan` shows it)\n",
    )


def test_json_has_the_values_the_diff_and_the_commit(stxr, drifted):
    told = json.loads(stxr("accept", NAME, *drifted.words, "--commit", "--format", "json").out)
    assert told.pop("files") == [{"path": CONFIG, "diff": told_diff(drifted)}]
    assert told == {
        "site": NAME,
        "accepted": [{"key": "dns", "attribute": "servers", "was": ["10.0.0.53"], "now": ["10.9.9.9"]}],
        "refused": [],
        "reached": [],
        "commit": drifted.clone.head(),
        "written": True,
    }


def told_diff(drifted) -> str:
    """What git itself shows of the commit, from the names of the file on."""
    shown = drifted.clone.git("show", "--format=", "--no-color", "HEAD").partition("--- a/")
    lines = (shown[1] + shown[2]).splitlines()
    return "\n".join("@@".join(line.split("@@")[:2]) + "@@" if line.startswith("@@") else line for line in lines)


def test_a_commit_has_the_value_in_its_message_and_nothing_else_that_is_being_edited(stxr, drifted):
    drifted.clone.write({"notes.txt": "to do\n"})
    drifted.clone.git("add", "notes.txt")
    ended = stxr("accept", NAME, *drifted.words, "--commit")
    assert ended.out.endswith(f"\ncommitted to main: {drifted.clone.head()[:12]}\n")
    assert drifted.clone.git("log", "-1", "--format=%an%n%B") == (
        f'Night Shift\nAccept dns:servers of {NAME}\n\ndns:servers: ["10.0.0.53"] → ["10.9.9.9"]'
    )
    assert drifted.clone.git("show", "--name-only", "--format=", "HEAD") == CONFIG
    assert drifted.status() == "A  notes.txt"


def test_a_new_branch_has_the_commit_and_the_work_tree_stays_as_it_is(stxr, drifted):
    before, head = drifted.text(), drifted.clone.head()
    ended = stxr("accept", NAME, *drifted.words, "--branch", "night")
    assert (ended.code, drifted.text(), drifted.status(), drifted.clone.head()) == (0, before, "", head)
    assert drifted.clone.git("rev-parse", "--abbrev-ref", "HEAD") == "main"
    assert drifted.clone.git("rev-parse", "night^") == head
    assert drifted.clone.git("diff", "--stat", "main", "night").endswith(
        "1 file changed, 1 insertion(+), 1 deletion(-)"
    )

    again = stxr("accept", NAME, *drifted.words, "--branch", "night")
    assert (again.code, again.out) == (1, "")
    assert "the branch night exists already; name another" in again.err


def test_what_cannot_be_committed_is_refused_and_nothing_is_told_as_done(stxr, drifted):
    drifted.clone.write({CONFIG: drifted.text() + "# being edited\n"})
    ended = stxr("accept", NAME, *drifted.words, "--commit")
    assert (ended.code, ended.out) == (1, "")
    assert "has edits that are not committed; commit them first" in ended.err
    assert "10.0.0.53" in drifted.text()

    both = stxr("accept", NAME, *drifted.words, "--commit", "--branch", "night")
    assert (both.code, both.out) == (1, "")
    assert "give one of them" in both.err


def test_names_that_are_no_site_and_no_difference_are_refused_with_what_to_do(stxr, drifted):
    ended = stxr("accept", "ottawa-01", *drifted.words)
    assert (ended.code, "did you mean ottawa-001?" in ended.err) == (1, True)
    ended = stxr("accept", NAME, "dns:server", *drifted.words)
    assert (ended.code, "did you mean dns:servers" in ended.err) == (1, True)
    ended = stxr("accept", NAME, "--repo", "https://git.example.com/fleet", *drifted.words[2:])
    assert (ended.code, "clone the repository, and give --repo" in ended.err) == (1, True)


def test_a_secret_is_not_accepted_and_not_shown(stxr, drifted):
    name, secret = "service-parameter/docker/docker-registry/admin_password", "Madawaska-7"
    row = {"service": "docker", "section": "docker-registry", "personality": None, "resource": None}
    drifted.site.add_row("service_parameter", {**row, "name": "admin_password", "value": secret})
    for form in ("text", "json"):
        ended = stxr("accept", NAME, name, *drifted.words, "--dry-run", "--format", form)
        assert ended.code == 1
        assert secret not in ended.out + ended.err
        assert "cannot be written to Git" in ended.out


def test_a_site_that_does_not_answer_ends_with_3_and_changes_no_file(stxr, drifted):
    before = drifted.text()
    drifted.site.connect(Connection.RESET)
    ended = stxr("accept", NAME, *drifted.words)
    assert (ended.code, ended.out, drifted.text()) == (3, "", before)
    assert NAME in ended.err


@pytest.fixture
def hosted(drifted, tmp_path):
    """The same repository where it is hosted: bare, and followed by the clone."""
    hosted = tmp_path / "hosted.git"
    drifted.clone.git("clone", "--quiet", "--bare", str(drifted.clone.folder), str(hosted))
    drifted.clone.git("remote", "add", "origin", str(hosted))
    return lambda *arguments: drifted.clone.git("-C", str(hosted), *arguments)


def test_a_proposal_is_a_branch_where_the_repository_is_hosted_with_one_line_changed(stxr, drifted, hosted):
    before, head = drifted.text(), drifted.clone.head()
    ended = stxr("accept", NAME, *drifted.words, "--propose")
    assert (ended.code, ended.err) == (0, "")
    branch = hosted("branch", "--list", "--format=%(refname:short)", "stxr/*")
    assert ended.out.splitlines()[-2:] == [
        f"pushed {branch}: {hosted('rev-parse', branch)[:12]}",
        f"no --forge is named: open a pull request from {branch} into main where the repository is hosted",
    ]
    assert hosted("diff", "--numstat", "main", branch) == f"1\t1\t{CONFIG}"
    assert hosted("log", "-1", "--format=%an: %s", branch) == f"Night Shift: Accept dns:servers of {NAME}"
    assert (drifted.text(), drifted.status(), drifted.clone.head()) == (before, "", head)
    assert drifted.clone.git("branch", "--list", "stxr/*") == ""


def test_a_second_proposal_of_the_same_is_the_first(stxr, drifted, hosted):
    first = json.loads(stxr("accept", NAME, *drifted.words, "--propose", "--format", "json").out)["proposed"]
    again = json.loads(stxr("accept", NAME, *drifted.words, "--propose", "--format", "json").out)["proposed"]
    assert (first["is_new"], again["is_new"]) == (True, False)
    assert (again["branch"], again["commit"], again["pull_request"]) == (first["branch"], first["commit"], None)
    assert hosted("rev-list", "--count", f"main..{first['branch']}") == "1"


def test_a_proposal_is_only_shown_with_a_dry_run(stxr, drifted, hosted):
    ended = stxr("accept", NAME, *drifted.words, "--propose", "--dry-run")
    assert (ended.code, DIFF in ended.out) == (2, True)
    assert hosted("branch", "--list", "stxr/*") == ""


def test_a_clone_that_follows_nothing_has_nowhere_to_push_to(stxr, drifted):
    ended = stxr("accept", NAME, *drifted.words, "--propose")
    assert ended.code == 1
    assert "follows no remote: add one" in ended.err
