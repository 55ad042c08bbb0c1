"""Options that many commands take, each described once, and the exit codes that they share."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated

import typer

from reconciler.review.annotations import Form


class Exit(IntEnum):
    """Exit codes that tell the truth; scripts and pipelines may rely on them."""

    DONE = 0  # in sync, or done
    ERROR = 1
    CHANGES = 2  # `plan`: there is something to do
    UNJUDGED = 3  # some sites could not be judged; they are listed


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


class ReviewFormat(StrEnum):
    """The forms in which a review is told: for people, for programs, for forges."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    PLAIN = Form.PLAIN.value
    GITHUB = Form.GITHUB.value
    GITLAB = Form.GITLAB.value
    SARIF = Form.SARIF.value


class PlanFormat(StrEnum):
    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


Sites = Annotated[list[str] | None, typer.Argument(help="Sites, by name.", metavar="[SITE]...")]
All = Annotated[bool, typer.Option("--all", help="Every site of the repository.")]
Deployable = Annotated[
    bool, typer.Option("--deployable", help="Check, too, that dcmanager could deploy each site from its files.")
]
Repo = Annotated[
    str, typer.Option("--repo", envvar="STXR_REPO", help="Site-config repository: a local folder, https:// or ssh://.")
]
Root = Annotated[
    str, typer.Option("--path", envvar="STXR_PATH", help="Folder of the repository that holds fleet.yaml.")
]
Rev = Annotated[str, typer.Option("--rev", help="Commit, branch or tag; a local folder is taken as it stands without.")]
Endpoints = Annotated[
    Path | None, typer.Option("--endpoints", envvar="STXR_ENDPOINTS", help="Endpoints file: how each site is reached.")
]
State = Annotated[
    Path, typer.Option("--state", envvar="STXR_STATE", help="State folder: store and mirror. One process owns it.")
]
Database = Annotated[
    str,
    typer.Option(envvar="STXR_DATABASE", help="URL of a PostgreSQL database; SQLite in the state folder without."),
]
Show = Annotated[Format, typer.Option("--format", help="How results are printed.")]
STATE = Path(".stxr")
