"""The store: small synchronous calls with values of the model in and out. SQLite in WAL mode, or PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

import orjson
from sqlalchemy import Connection, Engine, bindparam, delete, insert, select

from reconciler.model.outcome import Outcome
from reconciler.model.removal import Removal
from reconciler.model.resource import ResourceKey
from reconciler.model.verdict import Verdict
from reconciler.model.wire import outcome_json, outcome_of, verdict_json, verdict_of
from reconciler.model.words import Result
from reconciler.store.database import durable, engine_of, file_url, put, unlink, writing
from reconciler.store.drift import Kept, keep
from reconciler.store.lock import Holder, StateLock
from reconciler.store.parts import Parts
from reconciler.store.pruning import Before, prune
from reconciler.store.removals import carried, carry, decline, known
from reconciler.store.schema import migrate
from reconciler.store.tables import BASES, CONDITIONS, DRIFT, OUTCOMES, READINGS, REMOVALS, VERDICTS, WINDOWS
from reconciler.store.words import use

T = TypeVar("T")


class Store(Parts):
    """Opened by the one process that owns the state folder. Use it from one thread."""

    def __init__(self, engine: Engine, lock: StateLock | None, clock: Callable[[], float]) -> None:
        super().__init__(engine, clock)
        self._lock = lock
        self._writing = writing(engine)
        self._durable = durable(engine)  # a lock follows: whose it is must be known after a power cut too

    @classmethod
    def open(cls, folder: Path, command: str = "apply", clock: Callable[[], float] = time.time, url: str = "") -> Self:
        """The store of a state folder, made if absent, brought to the newest schema.

        Raises Held, naming the holder, when another process owns the folder; ConfigError for an unknown schema.
        """
        lock = StateLock(folder, Holder.here(command, clock()))
        store = cls(engine_of(url or file_url(folder)), lock, clock)
        try:
            migrate(store._engine)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Let go of the database and the folder. May be called again."""
        unlink(self._engine)
        if self._lock:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- bases and windows

    def base(self, site: str) -> str:
        """The commit whose plan last ended on the site; "" where none is known."""
        with self._engine.connect() as db:
            return str(db.scalar(select(BASES.c.commit_id).where(BASES.c.site == site)) or "")

    def bases(self) -> dict[str, str]:
        """Site -> base commit, for keeping those commits reachable."""
        with self._engine.connect() as db:
            return {row.site: row.commit_id for row in db.execute(select(BASES.c.site, BASES.c.commit_id))}

    def set_base(self, site: str, commit: str, declared: Iterable[ResourceKey] = ()) -> None:
        """Note the commit, and what this program reads in it."""
        keys = orjson.dumps(sorted(map(list, declared))).decode()
        with self._writing.begin() as db:
            put(db, BASES, {"site": site}, {"commit_id": commit, "ended_at": self._clock(), "declared": keys})

    def declared(self, site: str) -> frozenset[ResourceKey]:
        """What the base said, as the program read it that noted it; empty where nothing is known."""
        with self._engine.connect() as db:
            content = db.scalar(select(BASES.c.declared).where(BASES.c.site == site))
        return frozenset(ResourceKey(*key) for key in orjson.loads(content or "[]"))

    # ---- removals

    def removals(self, site: str) -> tuple[Removal, ...]:
        """What commits removed and is not deleted: open, or declined."""
        with self._engine.connect() as db:
            return known(db, site).get(site, ())

    def all_removals(self) -> dict[str, tuple[Removal, ...]]:
        """The same for every site that has any."""
        with self._engine.connect() as db:
            return known(db)

    def carry(self, site: str, removals: Iterable[Removal]) -> None:
        """Remember these, and no others, until the next look. Who declined one before is heeded."""
        wanted = {r.key: r for r in removals}
        if carried(self.removals(site)) == carried(wanted.values()):
            return
        with self._writing.begin() as db:
            carry(db, site, wanted, self._clock())

    def decline(self, site: str, resource: str) -> bool:
        """Let a resource stay though a commit removed it. False where no such removal is known."""
        with self._writing.begin() as db:
            return decline(db, site, resource, self._clock())

    def windows(self, site: str) -> frozenset[str]:
        """Hosts that we locked and have not unlocked."""
        with self._engine.connect() as db:
            return frozenset(db.scalars(select(WINDOWS.c.host).where(WINDOWS.c.site == site)))

    def opened(self) -> dict[str, frozenset[str]]:
        """Site -> hosts that we locked and have not unlocked."""
        hosts: dict[str, set[str]] = {}
        with self._engine.connect() as db:
            for row in db.execute(select(WINDOWS.c.site, WINDOWS.c.host)):
                hosts.setdefault(row.site, set()).add(row.host)
        return {site: frozenset(names) for site, names in hosts.items()}

    def deadlines(self, site: str) -> dict[str, float]:
        """Host that we locked -> when it is to be back; without those that Git wants locked."""
        with self._engine.connect() as db:
            rows = db.execute(select(WINDOWS.c.host, WINDOWS.c.until).where(WINDOWS.c.site == site)).all()
        return {row.host: row.until for row in rows if row.until is not None}

    def open_window(self, site: str, host: str, plan_id: str, until: float | None = None) -> None:
        """Write down that we are about to lock a host, and when it is to be back. May be called again."""
        values = {"plan_id": plan_id, "opened_at": self._clock(), "until": until}
        with self._durable.begin() as db:
            put(db, WINDOWS, {"site": site, "host": host}, values)

    def close_window(self, site: str, host: str) -> None:
        """The host is not locked by us any more. May be called again."""
        with self._durable.begin() as db:
            db.execute(delete(WINDOWS).where(WINDOWS.c.site == site, WINDOWS.c.host == host))

    # ---- verdicts

    def save(self, verdict: Verdict) -> Verdict:
        """Keep a verdict, its differences dated by when they were first seen; the dated verdict."""
        return self.keep(verdict).verdict

    def keep(self, verdict: Verdict) -> Kept:
        """The same, with the drift of the site, and what the verdict means for it."""
        with self._writing.begin() as db:
            kept = keep(db, verdict, self._verdict(db, verdict.site))
            content = orjson.dumps(verdict_json(kept.verdict)).decode()
            put(
                db,
                VERDICTS,
                {"site": verdict.site},
                {"state": verdict.state, "judged_at": verdict.judged_at, "content": content},
            )
        return kept

    def verdict(self, site: str) -> Verdict | None:
        with self._engine.connect() as db:
            return self._verdict(db, site)

    def _verdict(self, db: Connection, site: str) -> Verdict | None:
        content = db.scalar(select(VERDICTS.c.content).where(VERDICTS.c.site == site))
        return _read(verdict_of, content) if content else None

    def verdicts(self) -> list[Verdict]:
        """Every site's last verdict, by name."""
        with self._engine.connect() as db:
            contents = db.scalars(select(VERDICTS.c.content)).all()
        # sorted here: databases order text by the rules of their locale
        return sorted(filter(None, (_read(verdict_of, content) for content in contents)), key=lambda v: v.site)

    def newer(self, known: Mapping[str, tuple[float, str]]) -> list[Verdict]:
        """Verdicts that are not as they are known: site -> when it was judged, and its state."""
        with self._engine.connect() as db:
            rows = db.execute(select(VERDICTS.c.site, VERDICTS.c.judged_at, VERDICTS.c.state)).all()
            moved = [row.site for row in rows if known.get(row.site) != (row.judged_at, row.state)]
            contents = [db.scalar(_CONTENT, {"wanted": site}) for site in moved]
        return list(filter(None, (_read(verdict_of, content) for content in contents if content)))

    def forget(self, sites: Iterable[str]) -> None:
        """Drop the verdicts of sites that are not managed any more. Their bases and windows stay."""
        gone = [{"gone": site} for site in sites]
        with self._writing.begin() as db:
            for table in (VERDICTS, DRIFT, REMOVALS, CONDITIONS, READINGS) if gone else ():
                db.execute(delete(table).where(table.c.site == bindparam("gone")), gone)

    # ---- outcomes

    def record(self, site: str, commit: str, outcome: Outcome, identity: str = "") -> None:
        """Keep how a plan ended. May be called again with the same identity. An approval that let it be sent is used up on this site when it is done."""
        content = orjson.dumps(outcome_json(outcome, site)).decode()
        row = {"site": site, "plan_id": outcome.plan_id, "commit_id": commit, "ended_at": self._clock()}
        with self._writing.begin() as db:
            if identity:
                db.execute(delete(OUTCOMES).where(OUTCOMES.c.identity == identity))
            db.execute(insert(OUTCOMES).values(**row, result=outcome.result, content=content, identity=identity))
            if outcome.approval and outcome.result is Result.DONE:
                use(db, outcome.approval, site, self._clock())

    def outcomes(self, site: str) -> Iterator[tuple[float, str, Outcome]]:
        """(when it ended, commit, outcome) of a site's plans, newest first."""
        with self._engine.connect() as db:
            rows = db.execute(select(OUTCOMES).where(OUTCOMES.c.site == site).order_by(OUTCOMES.c.number.desc())).all()
        for row in rows:
            if outcome := _read(outcome_of, row.content):
                yield row.ended_at, row.commit_id, outcome

    def prune(self, before: Before) -> None:
        """Forget what is older: histories, outcomes, proofs, durations, drift and rollouts that ended, what people said."""
        self.history.prune(before.history)
        self.sessions.forget(self._clock() - before.history)
        self.drift.prune(before.history)
        self.durations.prune(before.history)
        self.reviews.prune(before.history)
        prune(self._engine, before)


def _read(form: Callable[[Mapping[str, Any]], T], content: str) -> T | None:
    """None for what another program wrote in words that this one does not know: the next visit says it anew."""
    try:
        return form(orjson.loads(content))
    except ValueError:
        return None


_CONTENT = select(VERDICTS.c.content).where(VERDICTS.c.site == bindparam("wanted"))
