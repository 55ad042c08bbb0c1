"""A pipeline's environment tells which pull request it is for, and where; what it lacks is told by name."""

from __future__ import annotations

import pytest

from reconciler.cli.pipeline import pull_request
from reconciler.model.errors import ConfigError, ConfigErrors

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REF": "refs/pull/17/merge",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "ran/site-config",
    "GITHUB_TOKEN": "canary",
}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_MERGE_REQUEST_IID": "17",
    "CI_SERVER_URL": "https://gitlab.example.org",
    "CI_MERGE_REQUEST_PROJECT_PATH": "ran/site/config",
    "STXR_FORGE_TOKEN": "canary",
}
GITEA = GITHUB | {
    "GITEA_ACTIONS": "true",
    "GITHUB_REF": "refs/pull/17/head",
    "GITHUB_SERVER_URL": "https://git.example.org",
}


@pytest.mark.parametrize(
    ("environ", "api", "account"),
    [
        (GITHUB, "https://api.github.com", "github-actions[bot]"),
        (GITLAB, "https://gitlab.example.org/api/v4", ""),
        (GITEA, "https://git.example.org/api/v1", ""),
        (
            GITHUB | {"FORGEJO_ACTIONS": "true", "GITHUB_SERVER_URL": "https://f.example"},
            "https://f.example/api/v1",
            "",
        ),
    ],
)
def test_each_forge_is_known_by_its_own_variables(environ, api, account):
    place = pull_request(environ)
    assert (place.number, place.forge.api, place.forge.account) == (17, api, account)


def test_the_token_is_named_and_never_read_here():
    assert "canary" not in repr(pull_request(GITHUB))


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({}, "no pipeline is known here: give --forge and --pull"),
        (GITHUB | {"GITHUB_REF": "refs/heads/main"}, "GITHUB_REF is not refs/pull/NUMBER/merge"),
        (GITLAB | {"CI_MERGE_REQUEST_IID": ""}, "CI_MERGE_REQUEST_IID is not set"),
        (GITLAB | {"STXR_FORGE_TOKEN": ""}, "STXR_FORGE_TOKEN not set"),
    ],
)
def test_what_is_missing_is_told_by_name(environ, why):
    with pytest.raises(ConfigError, match=why):
        pull_request(environ)


def test_a_forge_without_tls_is_refused():
    with pytest.raises(ConfigErrors, match="must be https://"):
        pull_request(GITEA | {"GITHUB_SERVER_URL": "http://git.example.org"})
