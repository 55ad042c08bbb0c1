"""A review as the one comment of a pull request: the headline, what is wrong, equal changes once, what would hold them.

Where it does not fit, less is told of everything, and the comment says so and where the whole is.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.review import Review
from reconciler.review.foreign import code
from reconciler.review.headline import gist, rest
from reconciler.review.sections import Room, edits, errors, forecast, held, others, proofs, sites
from reconciler.review.words import plural, short

MOST = 60_000  # bytes: GitHub takes 65,536 characters, GitLab 1,000,000
ROOMS = (
    Room(),
    Room(edits=10, groups=3, exceptions=5, lines=25, names=25, errors=25),
    Room(edits=8, groups=2, exceptions=3, lines=12, names=8, errors=10, has_details=False),
    Room(edits=3, groups=1, exceptions=1, lines=6, names=3, errors=5, has_details=False),
    Room(edits=0, groups=0, exceptions=0, lines=0, names=0, errors=0, has_details=False),
)


def comment(review: Review, link: str = "", most: int = MOST) -> str:
    """The comment, in Markdown that GitHub, GitLab and Gitea read alike; never longer than `most` bytes of UTF-8.

    link: where the whole review is; a URL of our own.
    """
    whole = "\n".join(_lines(review, ROOMS[0], link))
    if len(whole.encode()) <= most:
        return whole
    texts = ("\n".join(_lines(review, room, link, is_cut=True)) for room in ROOMS[1:])
    return next((text for text in texts if len(text.encode()) <= most), _least(review, most))


def _lines(review: Review, room: Room, link: str, *, is_cut: bool = False) -> Iterator[str]:
    yield from (" ".join((f"**{' '.join(gist(review))}**", *rest(review, code))), "")
    yield from errors(review, room)
    yield from edits(review, room)
    yield from others(review, room)
    yield from forecast(review, room)
    yield from proofs(review, room)
    yield from held(review, room)
    yield from sites(review, room)
    yield _foot(review, link, is_cut=is_cut)


def _foot(review: Review, link: str, *, is_cut: bool) -> str:
    said = f"{code(short(review.base))} to {code(short(review.head))}, review {review.id}"
    cut = "It is too long for a comment and was cut. " if is_cut else ""
    where = f"[The whole review](<{link}>)" if link else "The whole: `stxr plan --base --head --format json`"
    return f"<sub>{cut}{where}. {said}.</sub>"


def _least(review: Review, most: int) -> str:
    """Where nothing else fits: what is known by the numbers alone."""
    text = f"{plural(len(review.sites), 'site')} to change, {plural(review.cost.hosts, 'host')} to lock."
    return text.encode()[:most].decode()
