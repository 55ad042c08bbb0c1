"""`stxr review`: a review that was made before, told again: as a comment, as annotations, as text."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Annotated

import orjson
import typer

from reconciler.cli.options import ReviewFormat
from reconciler.cli.pipeline import Place, pull_request
from reconciler.clients import SYSTEM_CLOCK
from reconciler.clients.forges import load_forge, marker, open_forge, say
from reconciler.model.errors import ConfigError
from reconciler.model.review import Review
from reconciler.model.review_wire import review_json, review_of
from reconciler.review.annotations import Form, annotated
from reconciler.review.markdown import MOST, comment
from reconciler.review.plain import lines

File = Annotated[Path, typer.Argument(help="What `stxr plan --base --head --format json` wrote.", metavar="FILE")]
ANEW = "write it anew with `stxr plan --base --head --format json`"


def review(
    file: File,
    show: Annotated[ReviewFormat, typer.Option("--format", help="How it is told.")] = ReviewFormat.TEXT,
    link: Annotated[str, typer.Option("--link", help="URL of the whole review, for the comment.")] = "",
    most: Annotated[int, typer.Option("--most", min=200, help="The comment's longest, in bytes.")] = MOST,
    post: Annotated[
        bool,
        typer.Option("--post", help="Write it under the pull request that this pipeline runs for, in one comment."),
    ] = False,
    forge: Annotated[Path | None, typer.Option("--forge", help="With --post elsewhere: the forge's file.")] = None,
    pull: Annotated[int, typer.Option("--pull", help="With --forge: the number of the pull request.")] = 0,
) -> None:
    """Tell a review again: nothing is looked at anew. Ends with 0 whatever it says."""
    found = _read(file)
    if not post:
        typer.echo(told(found, show, link, most), nl=False)
        return
    place = Place(load_forge(forge), pull) if forge else pull_request(os.environ)
    asyncio.run(_posted(found, place, link))
    typer.echo(f"said under {place.forge.shown} {place.number}")


async def _posted(found: Review, place: Place, link: str) -> None:
    """The comment, made or edited. Raises ForgeError."""
    async with open_forge(place.forge, SYSTEM_CLOCK) as opened:
        await say(opened, place.number, marker(found.root), lambda room: comment(found, link, min(room, MOST)))


def told(found: Review, show: ReviewFormat, link: str = "", most: int = MOST) -> str:
    """The review in one of its forms, with the end of its last line."""
    if show is ReviewFormat.TEXT:
        return "".join(f"{line}\n" for line in lines(found))
    if show is ReviewFormat.JSON:
        return f"{orjson.dumps(review_json(found), option=orjson.OPT_INDENT_2).decode()}\n"
    if show is ReviewFormat.MARKDOWN:
        # the mark by which whoever posts it finds the comment that is there already
        mark = f"{marker(found.root)}\n"
        return f"{mark}{comment(found, link, most - len(mark) - 1)}\n"
    return annotated(found, Form(show))


def _read(file: Path) -> Review:
    try:
        return review_of(orjson.loads(file.read_bytes()))
    except OSError as error:
        raise ConfigError(f"cannot be read ({error.strerror}): {ANEW}", str(file)) from None
    except ValueError as error:
        raise ConfigError(f"no review ({error}): {ANEW}", str(file)) from None
    except (KeyError, TypeError, AttributeError):
        raise ConfigError(f"no review, though it is JSON: {ANEW}", str(file)) from None
