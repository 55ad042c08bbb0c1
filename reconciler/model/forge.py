"""The forges that we talk with."""

from __future__ import annotations

from enum import StrEnum


class Forge(StrEnum):
    GITHUB = "github"
    GITLAB = "gitlab"
    GITEA = "gitea"  # and Forgejo, which keeps its headers and its API
    UNKNOWN = "unknown"
