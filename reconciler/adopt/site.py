"""A live site to the documents that say it, and the files of its folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.adopt.express import expressed
from reconciler.adopt.hosts import profiled
from reconciler.adopt.order import DOCUMENTS, natural
from reconciler.adopt.text import lines, text
from reconciler.adopt.tree import Branch, Document, branches, plain
from reconciler.model.kind import Kinds
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Mode

HOST = "Host"
DEPLOYMENT, SITE = "deployment-config.yaml", "site.yaml"


def documents(snapshot: Snapshot, kinds: Kinds, *, is_short: bool = False) -> tuple[Document, ...]:
    """What Git would say of a site that is as the snapshot shows it, in the order of writing.

    Secrets are not in it. is_short: without what the platform makes by itself.
    """
    said = branches(expressed(snapshot, kinds, is_short=is_short))
    hosts = {name: branch for (kind, name), branch in said.items() if kind == HOST}
    found = [*_others(said), *profiled(hosts)]
    return tuple(sorted(found, key=lambda d: (DOCUMENTS.index(d.kind), natural(d.name))))


def _others(said: Mapping[tuple[str, str], Branch]) -> Iterator[Document]:
    return (Document(kind, name, plain(branch)) for (kind, name), branch in said.items() if kind in DOCUMENTS[:-2])


def files(site: str, found: tuple[Document, ...], *, group: str = "") -> Mapping[str, str]:
    """The files of a site that was adopted: file name -> text. It is observed only, until somebody says more."""
    own = {"name": site, **({"group": group} if group else {}), "mode": str(Mode.OBSERVE)}
    return {SITE: "".join(f"{line}\n" for line in lines(own)), DEPLOYMENT: text(found)}
