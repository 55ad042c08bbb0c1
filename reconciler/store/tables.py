"""The tables, as the newest migration leaves them. Times are Unix seconds, given by the caller."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

METADATA = MetaData()

BASES = Table(
    "bases",
    METADATA,
    Column("site", String, primary_key=True),
    Column("commit_id", String, nullable=False),
    Column("ended_at", Float, nullable=False),
    Column("declared", Text),  # the keys that it said, as the program of that time read it; JSON
)
REMOVALS = Table(
    "removals",  # carried until they are applied, declined or back in Git
    METADATA,
    Column("site", String, primary_key=True),
    Column("resource", String, primary_key=True),
    Column("found_at", Float, nullable=False),
    Column("declined_at", Float),
    Column("content", Text, nullable=False),  # model.wire.removal_json
)
WINDOWS = Table(
    "windows",
    METADATA,
    Column("site", String, primary_key=True),
    Column("host", String, primary_key=True),
    Column("plan_id", String, nullable=False),
    Column("opened_at", Float, nullable=False),
    Column("until", Float),  # when the host is to be back; nothing where Git says that it stays locked
)
CONDITIONS = Table(
    "conditions",  # hosts that did not leave service, or come back
    METADATA,
    Column("site", String, primary_key=True),
    Column("host", String, primary_key=True),
    Column("name", String, nullable=False),  # model.condition.Condition
    Column("said", Text, nullable=False),
    Column("since", Float, nullable=False),
    Column("work", String, nullable=False),  # what the host was to be locked for; a digest
)
STORED = Table(
    "stored",  # sent, and not known to be applied where the API stores first
    METADATA,
    Column("site", String, primary_key=True),
    Column("resource", String, primary_key=True),
    Column("at", Float, nullable=False),
    Column("content", Text, nullable=False),  # model.stored.Stored, as model.typed packs it; JSON
)
VERDICTS = Table(
    "verdicts",
    METADATA,
    Column("site", String, primary_key=True),
    Column("state", String, nullable=False, index=True),
    Column("judged_at", Float, nullable=False),
    Column("content", Text, nullable=False),  # model.wire.verdict_json
)
DRIFT = Table(
    "drift",  # of each site: what differs since when, and what came and went lately
    METADATA,
    Column("site", String, primary_key=True),
    Column("content", Text, nullable=False),  # model.drift_wire.site_drift_json
)
DRIFT_HISTORY = Table(
    "drift_history",  # what ended, and how
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("site", String, nullable=False, index=True),
    Column("fingerprint", String, nullable=False, index=True),
    Column("resolved_at", Float, nullable=False, index=True),
    Column("content", Text, nullable=False),  # model.drift_wire.ended_json
)
OUTCOMES = Table(
    "outcomes",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("site", String, nullable=False, index=True),
    Column("plan_id", String, nullable=False),
    Column("commit_id", String, nullable=False),
    Column("ended_at", Float, nullable=False, index=True),
    Column("result", String, nullable=False),
    Column("content", Text, nullable=False),  # model.wire.outcome_json
    Column("identity", String, index=True),  # of the workflow that sent it, if one did
)
SUSPENSIONS = Table(
    "suspensions",
    METADATA,
    Column("scope", String, primary_key=True),  # site, group
    Column("name", String, primary_key=True),
    Column("by", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", Float, nullable=False),
)
APPROVALS = Table(
    "approvals",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("answer", String, nullable=False),
    Column("subject", String, nullable=False),  # plan, change, rollout
    Column("name", String, nullable=False, index=True),
    Column("site", String, nullable=False, index=True),  # of a plan
    Column("by", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("ceiling", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("differences", Text, nullable=False),  # JSON
)
APPROVAL_PLANS = Table(
    "approval_plans",  # those that an approval of a rollout is bound to
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("site", String, primary_key=True),
    Column("plan_id", String, nullable=False),
    Column("differences", Text, nullable=False),  # JSON
)
APPROVAL_USES = Table(
    "approval_uses",  # a yes counts once on each site
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("site", String, primary_key=True),
    Column("at", Float, nullable=False),
)
AUDIT = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False, index=True),
    Column("by", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", Text, nullable=False),
)
TOKENS = Table(
    "tokens",  # of the API
    METADATA,
    Column("name", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("digest", String, nullable=False),  # SHA-256; the token itself is nowhere
    Column("since", Float, nullable=False),
    Column("by", String, nullable=False),
)
HISTORY = Table(
    "history",  # of sendings: one row for each deed, as it happens
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("site", String, nullable=False),
    Column("plan_id", String, nullable=False),
    Column("sending", String, nullable=False, index=True),  # a plan may be sent more than once
    Column("replica", String, nullable=False),
    Column("stage", Integer, nullable=False),
    Column("at", Float, nullable=False, index=True),
    Column("deed", String, nullable=False),
    Column("host", String, nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_history_site", "site", "number"),
)
ROLLOUTS = Table(
    "rollouts",
    METADATA,
    Column("id", String, primary_key=True),
    Column("started", Float, nullable=False),
    Column("closed", Float),  # it has no say on any site any more
    Column("content", Text, nullable=False),  # all but its sites and the words on it; JSON
)
ROLLOUT_SITES = Table(
    "rollout_sites",
    METADATA,
    Column("rollout", String, primary_key=True),
    Column("site", String, primary_key=True),
    Column("content", Text, nullable=False),  # model.rollout.Member; JSON
)
ROLLOUT_WORDS = Table(
    "rollout_words",
    METADATA,
    Column("rollout", String, primary_key=True),
    Column("action", String, primary_key=True),  # a member of model.rollout.Words
    Column("by", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("reason", Text, nullable=False),
)
RENDERINGS = Table(
    "renderings",  # what Git said last of each site, to tell what a commit changes
    METADATA,
    Column("site", String, primary_key=True),
    Column("input_key", String, nullable=False),
    Column("digest", String, nullable=False),  # "" while nobody has rendered it
)
REPLICAS = Table(
    "replicas",
    METADATA,
    Column("name", String, primary_key=True),
    Column("session", String, nullable=False, index=True),  # "" once the process ended, or was silent for too long
    Column("host", String, nullable=False),
    Column("pid", Integer, nullable=False),
    # by the database's clock
    Column("began", Float, nullable=False),
    Column("heard_at", Float, nullable=False),
    Column("ends_at", Float, nullable=False),
)
LEASES = Table(
    "leases",
    METADATA,
    Column("subject", String, primary_key=True),  # model.replica.of_site, or LEADER
    Column("session", String, nullable=False),  # "" once it was given back
    Column("replica", String, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("taken_at", Float, nullable=False),  # by the database's clock
)
BELLS = Table(
    "bells",  # by which replicas tell each other to look
    METADATA,
    Column("name", String, primary_key=True),
    Column("rung", Integer, nullable=False),
)
ROLLOUT_LOOKS = Table(
    "rollout_looks",  # told by other replicas to the one that moves rollouts on, which takes them out
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("site", String, nullable=False),
    Column("content", Text, nullable=False),  # what store.rollouts.Look says; JSON
)
WRITES = Table(
    "writes",  # of the last days
    METADATA,
    Column("site", String, primary_key=True),
    Column("content", Text, nullable=False),  # model.fight.Writes; JSON
)
CLAIMS = Table(
    "claims",  # of plans on their way that take hosts out of service
    METADATA,
    Column("site", String, primary_key=True),
    Column("hosts", Integer, nullable=False),
    Column("at", Float, nullable=False),
)
BREAKERS = Table(
    "breakers",
    METADATA,
    Column("scope", String, primary_key=True),  # a group; "" for the fleet
    Column("content", Text, nullable=False),  # model.breaker.Breaker; JSON
)
DISPROVED = Table(
    "disproved",  # changes that failed on a twin
    METADATA,
    Column("site", String, primary_key=True),
    Column("fingerprint", String, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", Float, nullable=False),
)
DURATIONS = Table(
    "durations",  # the last of each, in seconds
    METADATA,
    Column("act", String, primary_key=True),  # model.forecast.Act
    Column("kind", String, primary_key=True),
    Column("mode", String, primary_key=True),
    Column("type", String, primary_key=True),
    Column("role", String, primary_key=True),
    Column("hardware", String, primary_key=True),
    Column("at", Float, nullable=False),  # when it was measured last
    Column("content", Text, nullable=False),  # JSON
)
ALARMING = Table(
    "alarming",  # of the system controller
    METADATA,
    Column("name", String, primary_key=True),
    Column("content", Text, nullable=False),  # model.alarming.Alarming; JSON
)
READINGS = Table(
    "readings",  # the last of each site
    METADATA,
    Column("site", String, primary_key=True),
    Column("at", Float, nullable=False),
    Column("digest", String, nullable=False),
    Column("content", LargeBinary, nullable=False),  # as `stxr inventory` writes it, packed by zlib
)
REVIEWS = Table(
    "reviews",
    METADATA,
    Column("id", String, primary_key=True),
    Column("pull", Integer, nullable=False, index=True),  # 0 where somebody asked for it
    Column("made_at", Float, nullable=False, index=True),
    Column("brief", Text, nullable=False),  # store.reviews.Made; JSON
    Column("content", Text, nullable=False),  # model.review_wire.review_json
)
PULLS = Table(
    "pulls",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("over_at", Float),  # nothing more is done for it
    Column("content", Text, nullable=False),  # model.followed.Followed; JSON
)
PULL_NEWS = Table(
    "pull_news",  # what happened to them and nobody has looked at, told by whichever replica
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("first_at", Float, nullable=False),
    Column("last_at", Float, nullable=False),
)
DEPLOYED = Table(
    "deployed",  # with what sites were
    METADATA,
    Column("site", String, primary_key=True),
    Column("commit_id", String, nullable=False),
    Column("is_ours", Boolean, nullable=False),
    Column("content", Text, nullable=False),  # model.deployed.Deployed.keys; JSON
    Column("at", Float, nullable=False),
)
REDEPLOYMENTS = Table(
    "redeployments",  # by which words of Git sites were deployed anew
    METADATA,
    Column("site", String, primary_key=True),
    Column("tokens", Text, nullable=False),  # words that count no more, in order; JSON
    Column("asked", Text),  # model.redeployment.Asked; JSON
)
ABORTS = Table(
    "aborts",  # deployments that people said are to end
    METADATA,
    Column("site", String, primary_key=True),
    Column("by", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("status", String, nullable=False),  # of the phase that dcmanager was asked to abort
)
CENTRAL = Table(
    "central",  # clouds, as they were read last
    METADATA,
    Column("place", String, primary_key=True),  # URL of its Keystone
    Column("content", LargeBinary, nullable=False),  # model.central.Reading as JSON, packed by zlib
)
BOARD_REFUSALS = Table(
    "board_refusals",  # controllers that did not let us in
    METADATA,
    Column("site", String, primary_key=True),
    Column("host", String, primary_key=True),
    Column("account", String, nullable=False, index=True),  # model.board.BoardPlace.account
    Column("at", Float, nullable=False),
    Column("said", Text, nullable=False),  # its words
)
STRATEGY_ORDERS = Table(
    "strategy_orders",  # what sites ask of dcmanager's one strategy; the last of each
    METADATA,
    Column("site", String, primary_key=True),
    Column("type", String, nullable=False),  # model.strategy_orders.StrategyType
    Column("options", Text, nullable=False),  # JSON
    Column("asked_at", Float, nullable=False),
    Column("batch", String, nullable=False, index=True),  # "" for none yet
    Column("state", String, nullable=False),  # model.batch.SiteOrder.state
    Column("told", Text, nullable=False),
    Column("is_heard", Boolean, nullable=False),
)
STRATEGY_BATCH = Table(
    "strategy_batch",  # the one that is under way
    METADATA,
    Column("id", String, primary_key=True),
    Column("type", String, nullable=False),
    Column("options", Text, nullable=False),  # JSON
    Column("made_at", Float, nullable=False),
    Column("created_at", String, nullable=False),  # dcmanager's word
)
STRATEGY_MOVES = Table(
    "strategy_moves",  # sites that stand in our group of dcmanager, and have to be put back
    METADATA,
    Column("site", String, primary_key=True),
    Column("group_before", Integer, nullable=False),
    Column("batch", String, nullable=False),
)
