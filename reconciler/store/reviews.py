"""Reviews, the pull requests that are followed, and those that something happened to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Engine, Row, delete, insert, select, true, update

from reconciler.model.followed import Followed
from reconciler.model.review import Review
from reconciler.model.review_wire import review_json, review_of
from reconciler.model.words import Disruption
from reconciler.store.database import put, writing
from reconciler.store.tables import PULL_NEWS, PULLS, REVIEWS

_FOLLOWED: TypeAdapter[Followed] = TypeAdapter(Followed)


@dataclass(frozen=True, slots=True)
class News:
    """Something happened to a pull request, first and last at these times (Unix seconds), and nobody has looked yet."""

    number: int
    first_at: float
    last_at: float


@dataclass(frozen=True, slots=True)
class Made:
    """A review in the list. pull: the number of the pull request that it is of; 0 for one that somebody asked for.

    sites: that change. hosts: that are locked on all of them.
    """

    id: str
    pull: int
    made_at: float
    base: str
    head: str
    sites: int
    hosts: int
    disruption: Disruption
    errors: int


_MADE: TypeAdapter[Made] = TypeAdapter(Made)


@dataclass(frozen=True, slots=True)
class ReviewStore:
    """The tables of one store."""

    engine: Engine
    clock: Callable[[], float]

    # ---- reviews

    def keep(self, review: Review, pull: int = 0) -> None:
        """Keep it, in place of an earlier one of the same question."""
        said = {"pull": pull, "made_at": review.made_at, "brief": _MADE.dump_json(_brief(review, pull)).decode()}
        content = orjson.dumps(review_json(review)).decode()
        with writing(self.engine).begin() as db:
            put(db, REVIEWS, {"id": review.id}, said | {"content": content})

    def review(self, id_: str) -> Review | None:
        """None for one that is not there, or was written in words that this program does not know."""
        with self.engine.connect() as db:
            content = db.scalar(select(REVIEWS.c.content).where(REVIEWS.c.id == id_))
        try:
            return review_of(orjson.loads(content)) if content else None
        except ValueError:
            return None

    def made(self, most: int, pull: int | None = None) -> tuple[Made, ...]:
        """The newest so many. pull: of this one only; 0 for those that somebody asked for."""
        only = REVIEWS.c.pull == pull if pull is not None else true()
        wanted = select(REVIEWS.c.brief).where(only).order_by(REVIEWS.c.made_at.desc(), REVIEWS.c.id).limit(most)
        with self.engine.connect() as db:
            return tuple(_MADE.validate_json(row.brief) for row in db.execute(wanted))

    def prune(self, before: float) -> None:
        """Forget reviews that were made before, and pull requests that are over, with what they said."""
        with writing(self.engine).begin() as db:
            db.execute(delete(REVIEWS).where(REVIEWS.c.made_at < before))
            db.execute(delete(PULLS).where(PULLS.c.over_at < before))

    # ---- pull requests

    def follow(self, known: Followed) -> None:
        """Keep what is known of it now."""
        over_at = self.clock() if known.is_over else None
        values = {"over_at": over_at, "content": _FOLLOWED.dump_json(known).decode()}
        with writing(self.engine).begin() as db:
            put(db, PULLS, {"number": known.pull.number}, values)

    def followed(self, number: int) -> Followed | None:
        with self.engine.connect() as db:
            row = db.execute(select(PULLS.c.content).where(PULLS.c.number == number)).first()
        return _read(row) if row else None

    def open(self) -> Mapping[int, Followed]:
        """Those that are not over, by number."""
        with self.engine.connect() as db:
            rows = db.execute(select(PULLS.c.content).where(PULLS.c.over_at.is_(None)).order_by(PULLS.c.number)).all()
        return {known.pull.number: known for known in map(_read, rows) if known}

    # ---- what happened to them

    def tell(self, number: int, at: float | None = None) -> None:
        """Something happened to a pull request; may be told by any replica, and again. at: now, if it is not said."""
        now = self.clock() if at is None else at
        with writing(self.engine).begin() as db:
            known = update(PULL_NEWS).where(PULL_NEWS.c.number == number).values(last_at=now)
            if not db.execute(known).rowcount:
                db.execute(insert(PULL_NEWS).values(number=number, first_at=now, last_at=now))

    def news(self) -> tuple[News, ...]:
        """What nobody has looked at yet, the oldest first."""
        with self.engine.connect() as db:
            rows = db.execute(select(PULL_NEWS).order_by(PULL_NEWS.c.first_at, PULL_NEWS.c.number)).all()
        return tuple(News(row.number, row.first_at, row.last_at) for row in rows)

    def looked(self, news: News) -> None:
        """Somebody has looked. What happened since then stays."""
        same = (PULL_NEWS.c.number == news.number, PULL_NEWS.c.last_at == news.last_at)
        with writing(self.engine).begin() as db:
            if not db.execute(delete(PULL_NEWS).where(*same)).rowcount:
                db.execute(
                    update(PULL_NEWS).where(PULL_NEWS.c.number == news.number).values(first_at=PULL_NEWS.c.last_at)
                )


def _brief(review: Review, pull: int) -> Made:
    cost = review.cost
    return Made(
        id=review.id,
        pull=pull,
        made_at=review.made_at,
        base=review.base,
        head=review.head,
        sites=len(review.sites),
        hosts=cost.hosts,
        disruption=cost.disruption,
        errors=len(review.errors),
    )


def _read(row: Row[tuple[str]]) -> Followed | None:
    try:
        return _FOLLOWED.validate_json(row.content)
    except ValueError:  # another program's words: the forge is asked anew
        return None
