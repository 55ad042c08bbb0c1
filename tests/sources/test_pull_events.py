"""Which pull request an event of each forge is about: written in the shapes of their descriptions."""

import orjson
import pytest

from reconciler.model.forge import Forge
from reconciler.sources.pull_events import Named, named

REPOSITORY = {"repository": {"full_name": "ran/site-config"}}
PROJECT = {"project": {"id": 5, "path_with_namespace": "ran/site-config"}}


def headers(forge, event):
    """Gitea sends GitHub's header besides."""
    name = {Forge.GITHUB: "x-github-event", Forge.GITLAB: "x-gitlab-event", Forge.GITEA: "x-gitea-event"}[forge]
    return {name: event}


@pytest.mark.parametrize(
    ("forge", "event", "body"),
    [
        (Forge.GITHUB, "pull_request", {"action": "opened", "number": 7, "pull_request": {"number": 7}}),
        (Forge.GITHUB, "pull_request", {"action": "synchronize", "number": 7, "pull_request": {"number": 7}}),
        (Forge.GITHUB, "pull_request_review", {"action": "submitted", "review": {}, "pull_request": {"number": 7}}),
        (Forge.GITHUB, "issue_comment", {"action": "created", "issue": {"number": 7, "pull_request": {"url": "u"}}}),
        (Forge.GITEA, "pull_request", {"action": "synchronized", "number": 7, "pull_request": {"number": 7}}),
        (Forge.GITEA, "pull_request_approved", {"action": "reviewed", "number": 7, "pull_request": {"number": 7}}),
        (Forge.GITEA, "issue_comment", {"action": "created", "is_pull": True, "issue": {"number": 7}}),
    ],
)
def test_github_and_gitea_name_it_alike(forge, event, body):
    said = orjson.dumps(body | REPOSITORY)
    assert named(forge, headers(forge, event), said) == Named("ran/site-config", 7)


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ("Merge Request Hook", {"object_attributes": {"iid": 7, "id": 99, "action": "update"}}),
        ("Note Hook", {"object_attributes": {"noteable_type": "MergeRequest"}, "merge_request": {"iid": 7, "id": 99}}),
    ],
)
def test_gitlab_names_it_by_its_iid(event, body):
    said = orjson.dumps(body | PROJECT)
    assert named(Forge.GITLAB, headers(Forge.GITLAB, event), said) == Named("ran/site-config", 7)


@pytest.mark.parametrize(
    ("forge", "event", "body"),
    [
        (Forge.GITHUB, "issue_comment", {"issue": {"number": 7}} | REPOSITORY),  # of an issue
        (Forge.GITEA, "issue_comment", {"is_pull": False, "issue": {"number": 7}} | REPOSITORY),
        (Forge.GITLAB, "Note Hook", {"issue": {"iid": 7}} | PROJECT),
        (Forge.GITHUB, "push", {"number": 7} | REPOSITORY),
        (Forge.GITHUB, "pull_request", {"number": 7}),  # of no repository
        (Forge.GITHUB, "pull_request", {"number": "7"} | REPOSITORY),
        (Forge.GITHUB, "pull_request", {"number": -1} | REPOSITORY),
        (Forge.GITHUB, "pull_request", ["number"]),
        (Forge.UNKNOWN, "pull_request", {"number": 7} | REPOSITORY),
    ],
)
def test_what_names_none_is_about_none(forge, event, body):
    said = {"x-github-event": event} if forge is Forge.UNKNOWN else headers(forge, event)
    assert named(forge, said, orjson.dumps(body)) is None


def test_what_is_no_json_is_about_none():
    assert named(Forge.GITHUB, headers(Forge.GITHUB, "pull_request"), b"{") is None


def test_a_project_is_the_same_however_its_letters_are_written():
    assert Named("Ran/Site-Config", 7).is_of("ran/site-config")
    assert not Named("ran/other", 7).is_of("ran/site-config")
