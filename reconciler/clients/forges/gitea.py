"""Gitea and Forgejo, whose API was made after GitHub's (go-gitea/gitea, routers/api/v1/repo).

Comments of a pull request come on one page, whatever is asked for (issue_comment.go ListIssueComments); a page of what
else is listed has 50 rows at most (`[api] MAX_RESPONSE_ITEMS`, custom/conf/app.example.ini). A token may be told as
`Bearer` (services/auth/oauth2.go).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from reconciler.clients.forges.github import Github


class Gitea(Github):
    """One repository, `owner/name`."""

    longest_comment = 65_536  # it names none; what GitHub takes is long enough
    page: ClassVar[Mapping[str, str]] = {"limit": "50"}
