"""What a site's VIM does because dcmanager's one strategy has it do so, with other sites that want the same.

Whom a strategy is for dcmanager decides: sites that it manages, that are online, and that are out of sync with the centre
(starlingx/distcloud dcmanager/orchestrator/orchestrator_manager.py create_sw_update_strategy). How hosts are gone through its
options say, for all sites alike: storage hosts together, workers ten at a time (dcmanager/common/consts.py); a site whose
hosts Git wants to go one after another is not for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from reconciler.kinds import _strategies as strategies
from reconciler.model.kind import Context
from reconciler.model.plan import Call, Errand, Until
from reconciler.model.rows import Rows
from reconciler.model.strategy_orders import StrategyType
from reconciler.model.words import Service

COLLECTION = "standing"
DCMANAGER = "dcmanager"
PATH = "/v1.0/sw-update-strategy"
OUT_OF_SYNC, UNKNOWN = "out-of-sync", "unknown"
WANTED = {"management-state": "managed", "availability-status": "online"}
NOT_KNOWN = "not known yet: "
UNSEEN = f"{NOT_KNOWN}nobody has looked at its row there"
QUEUE_S = 3 * 3600.0  # what others of the batch may take, the steps before VIM's and after them


def standing(rows: Rows, endpoint: str) -> str:
    """Why dcmanager would have nothing to do for the site; "" where it would."""
    row = next(iter(rows.all(COLLECTION)), None)
    if row is None:
        return UNSEEN
    if row.get("is_nowhere"):
        return "fleet.yaml names no central cloud"
    if told := row.get("unread"):
        return f"{NOT_KNOWN}{told}"
    if not row:
        return "dcmanager has no subcloud of this name"
    if odd := [row[name] for name, usual in WANTED.items() if row[name] != usual]:
        return f"dcmanager has it as {' and '.join(odd)}"
    return _sync(row["sync"].get(endpoint, UNKNOWN), endpoint)


def left(rows: Rows, kind: StrategyType) -> bool | None:
    """Whether a strategy of this type that we ordered did not go well, and may have left something half way."""
    row = next(iter(rows.all(COLLECTION)), None)
    return (row is not None and row.get("left") == kind.value) or None


def _sync(state: str, endpoint: str) -> str:
    if state == UNKNOWN:
        return f"{NOT_KNOWN}dcmanager has not found out whether its {endpoint} is in sync"
    return "" if state == OUT_OF_SYNC else f"to dcmanager its {endpoint} is {state} with the centre's"


def unsure(why: str) -> str:
    """Why it is too early to say by whom it is done; "" where that is known. why: it is not dcmanager, "" for it is."""
    return f"whether dcmanager's strategy is for it is {why}" if why.startswith(NOT_KNOWN) else ""


def needless(centre: str | None) -> str:
    """Why dcmanager would do nothing for the site."""
    return UNSEEN if centre is None else centre


def not_by_it(centre: str | None, context: Context) -> str:
    """Why the site goes by its own VIM, though Git says otherwise; "" where it need not."""
    workers = sum(host.personality == "worker" for host in context.system.hosts.values())
    if any(host.personality == "storage" for host in context.system.hosts.values()):
        return "dcmanager would have storage hosts go together"
    if workers > context.workers_out:
        return f"dcmanager would have up to ten of its {workers} workers go together: maxWorkersOut lets {context.workers_out}"
    return needless(centre)


def call(kind: StrategyType, options: Mapping[str, str], errand: Errand, context: Context) -> Iterator[Call]:
    """Asked for once; its end is that of the site's step."""
    site = context.observed.site
    limit_s = QUEUE_S + strategies.BUILD_S + strategies.ENDS_S + strategies.HOST_S * len(errand.hosts)
    ended = Until(f"{PATH}/steps/{site}", "state", ("complete",), limit_s, ("failed", "aborted"), "details")
    body = {"type": kind.value, **options}
    runs = Until(f"{PATH}/orders/{site}?{urlencode(body)}", "is_under_way", (True,))
    errand = replace(errand, strategy=kind.value)
    yield Call("POST", PATH, body, until=ended, unless=runs, errand=errand, service=Service.STRATEGY)
