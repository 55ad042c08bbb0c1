"""The pull request that a pipeline runs for, and how to speak there: by what the forge puts into the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from reconciler.clients.forges.settings import ForgeFile
from reconciler.clients.own_file import explained
from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.forge import Forge

OWN = "STXR_FORGE_TOKEN"  # at GitLab, whose CI_JOB_TOKEN may not comment (gitlab-org/gitlab issue 464591)
_PULL = re.compile(r"refs/pull/(\d+)/(?:merge|head)")


@dataclass(frozen=True, slots=True)
class Place:
    """A pull request, and the forge that it is on."""

    forge: ForgeFile
    number: int


def pull_request(environ: Mapping[str, str]) -> Place:
    """Where this pipeline's comment goes. Raises ConfigError outside of a pull request's pipeline."""
    if environ.get("GITLAB_CI") == "true":
        return _gitlab(environ)
    if environ.get("GITHUB_ACTIONS") == "true":
        return _actions(environ)
    raise ConfigError("no pipeline is known here: give --forge and --pull")


def _gitlab(environ: Mapping[str, str]) -> Place:
    """docs.gitlab.com ci/variables/predefined_variables."""
    number = environ.get("CI_MERGE_REQUEST_IID", "")
    if not number:
        raise ConfigError("this is no merge request's pipeline: CI_MERGE_REQUEST_IID is not set")
    return Place(_forge(Forge.GITLAB, environ, "CI_SERVER_URL", "CI_MERGE_REQUEST_PROJECT_PATH"), int(number))


def _actions(environ: Mapping[str, str]) -> Place:
    """docs.github.com actions/reference/workflows-and-actions/variables; Gitea and Forgejo set the same, and their own."""
    found = _PULL.fullmatch(environ.get("GITHUB_REF", ""))
    if not found:
        raise ConfigError("this is no pull request's pipeline: GITHUB_REF is not refs/pull/NUMBER/merge")
    is_gitea = "true" in (environ.get("GITEA_ACTIONS"), environ.get("FORGEJO_ACTIONS"))
    kind = Forge.GITEA if is_gitea else Forge.GITHUB
    return Place(_forge(kind, environ, "GITHUB_SERVER_URL", "GITHUB_REPOSITORY"), int(found[1]))


def _forge(kind: Forge, environ: Mapping[str, str], url: str, project: str) -> ForgeFile:
    token = OWN if kind is Forge.GITLAB else "GITHUB_TOKEN"
    missing = [name for name in (url, project, token) if not environ.get(name)]
    if missing:
        raise ConfigError(f"{' and '.join(missing)} not set: the comment cannot be written from here")
    said = {"type": kind, "url": environ[url], "project": environ[project], "token": {"secretRef": f"env:{token}"}}
    # the token of a workflow may not ask GitHub who it is (GET /user)
    account = {"account": "github-actions[bot]"} if kind is Forge.GITHUB else {}
    try:
        return ForgeFile.model_validate(said | account)
    except ValidationError as error:
        raise ConfigErrors(list(explained(error, f"{url} and {project} of the environment"))) from None
