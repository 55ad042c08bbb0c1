"""Rollouts as the store keeps them, the words on them, and what Git said last of every site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, and_, bindparam, delete, insert, select, update

from reconciler.model.alarm import Alarm, AlarmSeverity
from reconciler.model.forecast_wire import forecast_json, forecast_of
from reconciler.model.gate import Surroundings
from reconciler.model.rollout import Member, MemberState, Rollout, Said, Words
from reconciler.model.rollout_look import Saw
from reconciler.model.waves import Strategy
from reconciler.model.words import Service
from reconciler.store.bells import Bell, Bells, rung
from reconciler.store.conditions import forgotten
from reconciler.store.database import put, writing
from reconciler.store.tables import AUDIT, RENDERINGS, ROLLOUT_LOOKS, ROLLOUT_SITES, ROLLOUT_WORDS, ROLLOUTS

PLAIN = ("commit", "wave", "wave_began", "wave_ended", "ended", "mass", "is_weighed", "is_guided", "halted", "heeded")
FORECASTS = ("foreseen", "expected")
PAUSED, RESUMED = "paused", "resumed"


@dataclass(frozen=True, slots=True)
class Rendered:
    """The input key of a site, and the digest of what is made of it; "" while nobody has rendered it."""

    key: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What a visit tells of a site in a rollout: that a plan begins to be sent, or which alarms stand."""

    site: str
    begins: bool = False
    around: Surroundings | None = None


@dataclass(frozen=True, slots=True)
class Rollouts:
    """The tables of one store."""

    engine: Engine
    clock: Callable[[], float]

    def open(self) -> tuple[Rollout, ...]:
        """Those that have a say on a site still, the oldest first."""
        return self._found(only_open=True)

    def all(self) -> tuple[Rollout, ...]:
        """Every one that is kept, the oldest first, with what people said of it."""
        return self._found(only_open=False)

    def one(self, id_: str) -> Rollout | None:
        """The rollout of this id, with what people said of it."""
        with self.engine.connect() as db:
            row = db.execute(select(ROLLOUTS).where(ROLLOUTS.c.id == id_)).one_or_none()
            return None if row is None else _rollout(db, row, _words(db).get(id_, Words()))

    def save(self, rollout: Rollout, before: Rollout | None = None) -> None:
        """Keep it. before: as it was kept last; only the sites that are not as they were then are written."""
        known = before.members if before else {}
        rows = [
            {"rollout": rollout.id, "site": site, "content": _member_text(member)}
            for site, member in rollout.members.items()
            if known.get(site) != member
        ]
        closed = None if rollout.is_open else self.clock()
        said = {"started": rollout.started, "closed": closed, "content": _text(rollout)}
        with writing(self.engine).begin() as db:
            if before is None or _plain(before) != _plain(rollout) or rows:
                rung(db, Bell.ROLLOUTS)  # what is only forecast anew, nobody goes by
            put(db, ROLLOUTS, {"id": rollout.id}, said)
            if rows:
                db.execute(_FORGET_SITE, [{"gone_of": rollout.id, "gone": row["site"]} for row in rows])
                db.execute(insert(ROLLOUT_SITES), rows)

    # ---- words

    def say(self, rollout: str, action: str, by: str, reason: str = "") -> None:
        """Keep a person's word: paused, resumed, aborted, approved. The last of a kind counts; it is in the audit.

        To resume is to try again where it failed, also where a host is stuck.
        """
        now = self.clock()
        with writing(self.engine).begin() as db:
            put(db, ROLLOUT_WORDS, {"rollout": rollout, "action": action}, {"by": by, "at": now, "reason": reason})
            if action == RESUMED:
                where = and_(ROLLOUT_WORDS.c.rollout == rollout, ROLLOUT_WORDS.c.action == PAUSED)
                db.execute(delete(ROLLOUT_WORDS).where(where))
                stuck = forgotten(db, _failed(db, rollout))
                more = (f"{len(stuck)} hosts tried again: {', '.join(stuck)}",) if stuck else ()
                reason = ": ".join(filter(None, (reason, *more)))
            row = {"at": now, "by": by, "action": f"rollout {action}", "subject": rollout, "detail": reason}
            db.execute(insert(AUDIT).values(row))

    def words(self) -> dict[str, Words]:
        """What people said, by rollout."""
        with self.engine.connect() as db:
            return _words(db)

    # ---- what Git said last

    def renderings(self) -> dict[str, Rendered]:
        with self.engine.connect() as db:
            return {row.site: Rendered(row.input_key, row.digest) for row in db.execute(select(RENDERINGS))}

    def rendering(self, site: str) -> Rendered | None:
        """Of one site; None where nobody has looked at it yet."""
        with self.engine.connect() as db:
            row = db.execute(select(RENDERINGS).where(RENDERINGS.c.site == site)).one_or_none()
        return Rendered(row.input_key, row.digest) if row else None

    def rendered(self, known: Mapping[str, Rendered], gone: Iterable[str] = ()) -> None:
        """Note what Git says of these sites now, and forget those that are gone."""
        stale = [{"gone": site} for site in {*known, *gone}]
        rows = [{"site": site, "input_key": one.key, "digest": one.digest} for site, one in known.items()]
        with writing(self.engine).begin() as db:
            rung(db, Bell.ROLLOUTS)
            if stale:
                db.execute(delete(RENDERINGS).where(RENDERINGS.c.site == bindparam("gone")), stale)
            if rows:
                db.execute(insert(RENDERINGS), rows)

    def complete(self, site: str, one: Rendered) -> None:
        """The digest of what nobody had rendered, unless Git says something else of the site meanwhile."""
        same = and_(RENDERINGS.c.site == site, RENDERINGS.c.input_key == one.key, RENDERINGS.c.digest == "")
        with writing(self.engine).begin() as db:
            db.execute(update(RENDERINGS).where(same).values(digest=one.digest))

    # ---- among replicas

    def tell(self, look: Look) -> None:
        """Who moves rollouts on is to know what a visit here found."""
        with writing(self.engine).begin() as db:
            db.execute(insert(ROLLOUT_LOOKS).values(site=look.site, content=_look_text(look)))

    def told(self) -> tuple[Look, ...]:
        """What was told since it was asked last, in order."""
        with writing(self.engine).begin() as db:
            rows = db.execute(delete(ROLLOUT_LOOKS).returning(ROLLOUT_LOOKS)).all()
        return tuple(_look(row.site, row.content) for row in sorted(rows, key=lambda row: row.number))

    def heard(self) -> int:
        """How often anything moved here: whoever compares it knows when to read again."""
        return Bells(self.engine).heard(Bell.ROLLOUTS)

    def _found(self, *, only_open: bool) -> tuple[Rollout, ...]:
        wanted = select(ROLLOUTS).order_by(ROLLOUTS.c.started)
        with self.engine.connect() as db:
            words = _words(db)
            rows = db.execute(wanted.where(ROLLOUTS.c.closed.is_(None)) if only_open else wanted).all()
            return tuple(_rollout(db, row, words.get(row.id, Words())) for row in rows)


_FORGET_SITE = delete(ROLLOUT_SITES).where(
    ROLLOUT_SITES.c.rollout == bindparam("gone_of"), ROLLOUT_SITES.c.site == bindparam("gone")
)


def _failed(db: Connection, rollout: str) -> list[str]:
    contents = db.scalars(select(ROLLOUT_SITES.c.content).where(ROLLOUT_SITES.c.rollout == rollout)).all()
    return sorted(m.site for m in map(_member, contents) if m.state is MemberState.FAILED)


def _words(db: Connection) -> dict[str, Words]:
    found: dict[str, Words] = {}
    for row in db.execute(select(ROLLOUT_WORDS)):
        said = {row.action: Said(row.by, row.at, row.reason)}
        found[row.rollout] = replace(found.get(row.rollout, Words()), **said)
    return found


def _plain(rollout: Rollout) -> dict[str, Any]:
    return {name: getattr(rollout, name) for name in PLAIN}


def _text(rollout: Rollout) -> str:
    told = {name: forecast_json(one) for name in FORECASTS if (one := getattr(rollout, name))}
    return orjson.dumps({**_plain(rollout), **told, "strategy": rollout.strategy.model_dump(mode="json")}).decode()


def _rollout(db: Connection, row: Any, words: Words) -> Rollout:
    said = orjson.loads(row.content)
    strategy = Strategy.model_validate(said.pop("strategy"))
    said |= {name: forecast_of(said[name]) for name in FORECASTS if name in said}
    contents = db.scalars(select(ROLLOUT_SITES.c.content).where(ROLLOUT_SITES.c.rollout == row.id))
    members = sorted(map(_member, contents), key=lambda m: m.site)
    by_name = {m.site: m for m in members}
    return Rollout(row.id, strategy=strategy, members=by_name, started=row.started, words=words, **said)


def _member_text(member: Member) -> str:
    return orjson.dumps(asdict(member)).decode()


def _member(content: str) -> Member:
    said = orjson.loads(content)
    words = {"state": MemberState(said["state"]), "saw": Saw(said.get("saw", Saw.UNKNOWN))}
    stood = {name: tuple(said.get(name, ())) for name in ("alarms", "drift")}
    return Member(**{**said, **words, **stood})


def _look_text(look: Look) -> str:
    """Of its surroundings only what rollouts ask for."""
    said: dict[str, Any] = {"begins": look.begins, "around": None}
    if look.around is not None:
        unread = {str(service): why for service, why in look.around.unread.items()}
        said["around"] = {"alarms": list(map(asdict, look.around.alarms)), "unread": unread}
    return orjson.dumps(said).decode()


def _look(site: str, content: str) -> Look:
    said = orjson.loads(content)
    return Look(site, said["begins"], said["around"] and _around(said["around"]))


def _around(said: Mapping[str, Any]) -> Surroundings:
    alarms = tuple(Alarm(**{**one, "severity": AlarmSeverity(one["severity"])}) for one in said["alarms"])
    return Surroundings(alarms, unread={Service(name): why for name, why in said["unread"].items()})
