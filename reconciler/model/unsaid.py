"""What a kind does where its file says nothing of it: it declares nothing, locks nobody, is always possible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from reconciler.model.change import Change
from reconciler.model.expiry import Expiry
from reconciler.model.plan import Call
from reconciler.model.resource import Resource, ResourceKey, S
from reconciler.model.said import Said
from reconciler.model.site import Site
from reconciler.model.snapshot import Snapshot

if TYPE_CHECKING:
    from reconciler.model.kind import Context  # which a kind is made of, as of these


def always_there(resource: Resource[Any]) -> bool:  # noqa: ARG001
    return False


def never_ends(resource: Resource[Any]) -> Expiry | None:  # noqa: ARG001
    return None


def tells_no_release(resource: Resource[Any]) -> str:  # noqa: ARG001
    return ""


def nothing_declared(site: Site) -> Iterable[Resource[Any]]:  # noqa: ARG001 - inventory kinds are only read
    return ()


def nothing_owned(site: Site) -> Iterable[tuple[str, str]]:  # noqa: ARG001
    return ()


def one_list(resource: Resource[Any]) -> str:  # noqa: ARG001
    return ""


def nothing_written(changes: Sequence[Change[Any]], context: Context) -> Iterable[Call]:  # noqa: ARG001
    return ()


def no_host(change: Change[Any], context: Context) -> Iterable[str]:  # noqa: ARG001
    return ()


def never_late(change: Change[Any], context: Context) -> bool:  # noqa: ARG001
    return False


def always_possible(change: Change[Any], context: Context) -> str:  # noqa: ARG001
    return ""


def unlocks_again(host: str, site: Snapshot) -> str:  # noqa: ARG001
    return ""


def nothing_expressed(resource: Resource[Any], snapshot: Snapshot) -> Iterable[Said]:  # noqa: ARG001
    return ()


def nothing_withheld(resource: Resource[Any], snapshot: Snapshot) -> str:  # noqa: ARG001
    return ""


def no_word(want: Any) -> str:  # noqa: ARG001
    return ""


def nothing_usual(resource: Resource[Any], snapshot: Snapshot) -> bool:  # noqa: ARG001
    return False


def own_key(resource: Resource[Any]) -> ResourceKey:
    return resource.key


def as_written(resource: Resource[S], observed: Snapshot) -> Resource[S]:  # noqa: ARG001
    return resource
