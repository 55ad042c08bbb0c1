"""An order, and how each of its deeds ended, as JSON: what goes on after the death of the program that began it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from reconciler.engine.sending import Order
from reconciler.model import errors
from reconciler.model.errors import ReconcilerError
from reconciler.model.kind import Kinds
from reconciler.model.typed import packed, unpacked


def order_json(order: Order) -> dict[str, Any]:
    """An order as JSON."""
    return {
        "site": order.site,
        "plan": packed(order.plan),
        "desired": packed(order.desired),
        "rendering": order.rendering,
        "stays_locked": sorted(order.stays_locked),
        "holds": packed(order.holds),
        "approval": order.approval,
    }


def order_of(content: dict[str, Any], kinds: Kinds) -> Order:
    """The inverse."""
    return Order(
        site=content["site"],
        plan=unpacked(content["plan"], kinds),
        desired=unpacked(content["desired"], kinds),
        rendering=content["rendering"],
        stays_locked=frozenset(content["stays_locked"]),
        holds=unpacked(content["holds"], kinds),
        approval=content["approval"],
    )


async def end_json(deed: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
    """What came of it: a result, an error of ours that says what comes next, or a fault of the program."""
    try:
        return {"result": packed(await deed())}
    except ReconcilerError as error:
        return {"error": type(error).__name__, "args": packed(list(error.args)), "state": packed(vars(error))}
    except Exception as fault:  # noqa: BLE001 - it is kept, and raised where it would have been
        return {"fault": f"{type(fault).__name__}: {fault}"}


def result_of(end: dict[str, Any], kinds: Kinds) -> Any:
    """What a deed ended with, as if it had been done now: raises what it raised."""
    if "fault" in end:
        raise RuntimeError(end["fault"])
    if "error" in end:
        cls: type[ReconcilerError] = getattr(errors, end["error"])
        error = cls.__new__(cls, *unpacked(end["args"], kinds))
        error.__dict__.update(unpacked(end["state"], kinds))
        raise error
    return unpacked(end["result"], kinds)
