"""The pipelines of docs/ci and the pre-commit hook: read as YAML, and run, but for what they install, on a repository."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer.main
import yaml

from reconciler.cli.main import app
from tests.cli.conftest import EXAMPLE
from tests.docs.test_readme_runs import ROOT
from tests.forges import github as fake_github
from tests.forges.gitea import Gitea
from tests.forges.github import Github
from tests.forges.gitlab import Gitlab
from tests.forges.server import PROJECT, TOKEN, served
from tests.sources.history import History

CI = ROOT / "docs/ci"
COMMON = "sites/profiles/common/deployment-config.yaml"
PLANT = "sites/subclouds/plant-1/site.yaml"
PROJECT_FILE = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


class Loader(yaml.SafeLoader):
    """YAML with GitLab's `!reference`, which is a list of names."""


Loader.add_constructor("!reference", lambda loader, node: loader.construct_sequence(node))


def read(name):
    return yaml.load((CI / name).read_text(), Loader)


GITHUB, GITEA, GITLAB = (read(f"{name}.yaml") for name in ("github", "gitea", "gitlab"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


def steps(workflow, job):
    """The steps of a job that run something, by name."""
    return {step.get("name"): step for step in workflow["jobs"][job]["steps"] if "run" in step}


SCRIPTS = {
    "github": [step["run"] for job in GITHUB["jobs"] for step in steps(GITHUB, job).values()],
    "gitea": [step["run"] for step in steps(GITEA, "review").values()],
    "gitlab": [line for job in GITLAB.values() for line in job.get("script", []) if isinstance(line, str)],
    "hook": [hook["entry"] for hook in HOOKS],
}


@dataclass
class Ended:
    code: int
    out: str
    err: str


@pytest.fixture
def runner(tmp_path):
    """Runs a script as runners do: bash that stops at the first error, in a folder, with this environment and no other."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "stxr").write_text(f'#!/bin/sh\nexec {sys.executable} -c "import reconciler.cli as c; c.main()" "$@"\n')
    (tools / "stxr").chmod(0o755)
    path = f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    always = {"PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "STXR_PATH": "sites"}

    async def run(script, folder, **environment):
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        done = await asyncio.to_thread(
            subprocess.run, command, cwd=folder, env=always | environment, capture_output=True, text=True, check=False
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def fleet(tmp_path):
    """The example, committed on main, and a branch on which nothing was changed yet."""
    made = History(tmp_path / "fleet")
    made.git("config", "uploadpack.allowReachableSHA1InWant", "true")
    subprocess.run(["cp", "-r", str(EXAMPLE), str(made.folder / "sites")], check=True)
    made.commit({}, subject="Add the example sites")
    made.git("checkout", "-q", "-b", "feature")
    return made


def edited(fleet, path, old, new):
    text = (fleet.folder / path).read_text()
    assert old in text
    fleet.commit({path: text.replace(old, new)})


def written(path):
    """What a step wrote into a file of the runner's; "" if nothing."""
    return Path(path).read_text() if Path(path).exists() else ""


def checked_out(fleet, folder, revision, depth=0):
    """What a runner has: the revision in a clone of its own."""
    fleet.git("branch", "-f", "given", revision)
    shallow = ["--depth", str(depth)] if depth else []
    command = ["git", "clone", "-q", *shallow, "--branch", "given", f"file://{fleet.folder}", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def merged(fleet, folder):
    """The merge that GitHub makes of a pull request, with both parents and nothing before them."""
    fleet.git("checkout", "-q", "main")
    fleet.commit({"README.md": "moved on\n"})
    fleet.git("checkout", "-q", "-b", "merged")
    fleet.git("merge", "-q", "--no-ff", "--no-edit", "feature")
    return checked_out(fleet, folder, "merged", depth=2)


def on_actions(tmp_path, number=1):
    """What a runner of GitHub, Gitea or Forgejo puts into the environment."""
    files = {name: str(tmp_path / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    said = {"GITHUB_ACTIONS": "true", "GITHUB_REF": f"refs/pull/{number}/merge", "GITHUB_REPOSITORY": PROJECT}
    return files | said | {"RUN_URL": "https://git.example.org/run/1"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_command_of_ours_is_one_that_there_is_with_its_options(name):
    commands = typer.main.get_command(app).commands
    found = [words for script in SCRIPTS[name] for words in re.findall(r"^\s*stxr (\S.*)$", script, re.MULTILINE)]
    assert found
    for words in found:
        command = commands[words.split()[0]]
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"(?<=\s)--[a-z]+", words)) - {"--is-ancestor"} <= known


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_has_an_expression_in_it(name):
    """What a forge fills in there is program text: a branch's name could say `"; rm`."""
    assert not [script for script in SCRIPTS[name] if "${{" in script]


@pytest.mark.parametrize("workflow", [GITHUB, GITEA, GITLAB])
def test_what_is_installed_is_this_version(workflow):
    package = (workflow.get("env") or workflow["variables"])["STXR_PACKAGE"]
    assert package == f"{PROJECT_FILE['name']}=={PROJECT_FILE['version']}"


def test_a_fork_gets_nothing_to_write_with_and_no_secret():
    assert GITHUB[True] == GITEA[True] == "pull_request"  # YAML 1.1 reads `on` as true
    assert (GITHUB["permissions"], GITHUB["jobs"]["review"].get("permissions")) == ({"contents": "read"}, None)
    comment = GITHUB["jobs"]["comment"]
    assert comment["permissions"] == {"pull-requests": "write"}
    own = "github.event.pull_request.head.repo.full_name == github.repository"
    assert own in comment["if"]
    assert own in steps(GITEA, "review")["Comment"]["if"]
    [rule] = GITLAB["site-review-comment"]["rules"]
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in rule["if"]
    for name in ("github", "gitea", "gitlab"):
        assert "secrets." not in (CI / f"{name}.yaml").read_text().replace("secrets.token_hex", "")


def test_only_the_step_that_comments_has_the_token():
    for workflow, job in ((GITHUB, "review"), (GITHUB, "comment"), (GITEA, "review")):
        with_token = [name for name, step in steps(workflow, job).items() if "GITHUB_TOKEN" in step.get("env", {})]
        assert with_token in ([], ["Comment"])
        for step in workflow["jobs"][job]["steps"]:
            if step.get("uses", "").startswith("actions/checkout"):
                assert step["with"]["persist-credentials"] is False


async def test_github_reviews_the_merge_and_comments_once(fleet, runner, tmp_path, monkeypatch):
    edited(fleet, COMMON, "10.0.1.53", "10.0.2.53")
    folder, environment = merged(fleet, tmp_path / "work"), on_actions(tmp_path)
    ended = await runner(steps(GITHUB, "review")["Review"]["run"], folder, **environment)
    assert (ended.code, ended.err) == (0, "")
    stop, *told, resumed = ended.out.splitlines()
    assert stop.removeprefix("::stop-commands::") == resumed.strip(":")
    assert told[-1].startswith("14 sites change.")
    assert "**14 sites change." in written(environment["GITHUB_STEP_SUMMARY"])
    assert written(environment["GITHUB_OUTPUT"]) == "is-made=yes\n"

    monkeypatch.setattr(fake_github, "ACCOUNT", "github-actions[bot]")
    forge, server = await opened(Github)
    script, said = steps(GITHUB, "comment")["Comment"]["run"], environment | {"GITHUB_TOKEN": TOKEN}
    for _ in range(2):
        ended = await runner(script, folder, **said, GITHUB_SERVER_URL=forge.url)
        assert (ended.code, ended.err) == (0, "")
    await server.close()
    [comment] = forge.pulls[1].comments
    assert comment["body"].startswith("<!-- stx-reconciler review sites -->\n**14 sites change.")
    assert "[The whole review](<https://git.example.org/run/1>)" in comment["body"]


async def opened(kind):
    """A forge with one pull request."""
    forge = kind()
    server = await served(forge)
    forge.opened("c" * 40)
    return forge, server


async def test_an_error_fails_the_check_at_its_line_and_is_commented_all_the_same(fleet, runner, tmp_path):
    edited(fleet, PLANT, "name: plant-1", "nme: plant-1")
    folder, environment = merged(fleet, tmp_path / "work"), on_actions(tmp_path)
    ended = await runner(steps(GITHUB, "review")["Review"]["run"], folder, **environment)
    assert ended.code == 1
    assert ended.out.splitlines()[-1].startswith(
        "::error file=sites/subclouds/plant-1/site.yaml,line=2,col=6::site: nme"
    )
    assert "It cannot be merged as it is: 1 error." in written(environment["GITHUB_STEP_SUMMARY"])
    assert written(environment["GITHUB_OUTPUT"]) == "is-made=yes\n"


async def test_what_a_file_says_is_no_command_of_the_runner(fleet, runner, tmp_path):
    edited(fleet, PLANT, "name: plant-1", 'name: "::add-mask::x"')
    folder, environment = merged(fleet, tmp_path / "work"), on_actions(tmp_path)
    ended = await runner(steps(GITHUB, "review")["Review"]["run"], folder, **environment)
    lines = ended.out.splitlines()
    after = lines[lines.index(f"::{lines[0].removeprefix('::stop-commands::')}::") + 1 :]
    assert after
    assert all(line.startswith("::error ") for line in after)


async def test_a_revision_that_is_missing_fails_before_anything_is_said(fleet, runner, tmp_path):
    folder, environment = checked_out(fleet, tmp_path / "work", "main", depth=1), on_actions(tmp_path)
    ended = await runner(steps(GITHUB, "review")["Review"]["run"], folder, **environment)
    assert ended.code == 1
    assert "no commit 'HEAD^1'" in ended.err
    assert written(environment["GITHUB_OUTPUT"]) == ""


async def test_gitea_reviews_what_the_branch_changes_and_comments_once(fleet, runner, tmp_path):
    edited(fleet, COMMON, "10.0.1.53", "10.0.2.53")
    fleet.git("checkout", "-q", "main")
    edited(fleet, PLANT, "name: plant-1", "name: plant-1  # moved on")
    folder, forge_and_server = checked_out(fleet, tmp_path / "work", "feature"), await opened(Gitea)
    environment = on_actions(tmp_path) | {"GITHUB_REF": "refs/pull/1/head", "GITEA_ACTIONS": "true"}
    base = fleet.git("rev-parse", "main")
    ended = await runner(steps(GITEA, "review")["Review"]["run"], folder, **environment, BASE=base)
    assert (ended.code, ended.err) == (0, "")
    assert "14 sites change." in ended.out
    forge, server = forge_and_server
    for _ in range(2):
        said = environment | {"GITHUB_SERVER_URL": forge.url, "GITHUB_TOKEN": TOKEN}
        ended = await runner(steps(GITEA, "review")["Comment"]["run"], folder, **said)
        assert (ended.code, ended.err) == (0, "")
    await server.close()
    assert len(forge.pulls[1].comments) == 1


async def test_gitlab_reviews_reports_and_comments_once(fleet, runner, tmp_path):
    base = fleet.head()
    edited(fleet, COMMON, "10.0.1.53", "10.0.2.53")
    edited(fleet, PLANT, "name: plant-1", "nme: plant-1")
    folder, (forge, server) = checked_out(fleet, tmp_path / "work", "feature"), await opened(Gitlab)
    environment = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base, "CI_COMMIT_SHA": fleet.head(), "GITLAB_CI": "true"}
    [script] = GITLAB["site-review"]["script"]
    ended = await runner(script, folder, **environment)
    assert ended.code == 1
    [error] = json.loads((folder / "quality.json").read_text())
    assert error["location"] == {"path": "sites/subclouds/plant-1/site.yaml", "lines": {"begin": 2}}
    assert all((folder / name).exists() for name in GITLAB["site-review"]["artifacts"]["paths"])
    environment |= {"CI_SERVER_URL": forge.url, "CI_MERGE_REQUEST_PROJECT_PATH": PROJECT, "CI_MERGE_REQUEST_IID": "1"}
    [script] = GITLAB["site-review-comment"]["script"]
    for _ in range(2):
        ended = await runner(
            script, folder, **environment, STXR_FORGE_TOKEN=TOKEN, CI_PIPELINE_URL="https://x.example/1"
        )
        assert (ended.code, ended.err) == (0, "")
    await server.close()
    [comment] = forge.pulls[1].comments
    assert "It cannot be merged as it is: 1 error. 13 of 14 sites change." in comment["body"]


async def test_the_hook_checks_the_users_of_a_profile_and_nobody_else(fleet, runner):
    [hook] = HOOKS
    assert (hook["pass_filenames"], hook["always_run"], hook["language"]) == (False, True, "python")
    ended = await runner(hook["entry"], fleet.folder)
    assert (ended.code, ended.out) == (0, "0 sites, 0 resources: all valid\n")
    text = (fleet.folder / COMMON).read_text()
    fleet.write({COMMON: text.replace("10.0.1.53", "[")})
    ended = await runner(hook["entry"], fleet.folder)
    assert ended.code == 1
    assert ended.err.startswith("error: profiles/common/deployment-config.yaml:")
    assert ended.out.startswith("14 sites, 0 resources: 14 invalid")


async def test_the_hook_sees_whom_a_removed_file_concerns(fleet, runner):
    fleet.git("rm", "-q", COMMON)
    ended = await runner(HOOKS[0]["entry"], fleet.folder)
    assert (ended.code, ended.out.split(",")[0]) == (0, "14 sites")
