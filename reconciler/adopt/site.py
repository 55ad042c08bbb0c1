"""A live site to the documents that say it, and the files of its folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.adopt.express import expressed
from reconciler.adopt.hosts import profiled
from reconciler.adopt.order import DOCUMENTS, SITE, natural
from reconciler.adopt.text import lines, text
from reconciler.adopt.tree import Document, branches, plain
from reconciler.model.kind import Kinds
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Mode

HOST = "Host"
DEPLOYMENT = "deployment-config.yaml"
FILES = (SITE, DEPLOYMENT)


def documents(snapshot: Snapshot, kinds: Kinds, *, is_short: bool = False) -> tuple[Document, ...]:
    """What Git would say of a site that is as the snapshot shows it, in the order of writing; site.yaml is the first.

    Secrets are not in it. is_short: without what the platform makes by itself.
    """
    said = branches(expressed(snapshot, kinds, is_short=is_short))
    hosts = {name: branch for (kind, name), branch in said.items() if kind == HOST}
    others = (Document(kind, name, plain(branch)) for (kind, name), branch in said.items() if kind != HOST)
    return tuple(sorted((*others, *profiled(hosts)), key=lambda d: (DOCUMENTS.index(d.kind), natural(d.name))))


def files(site: str, found: Iterable[Document], *, group: str = "") -> Mapping[str, str]:
    """The files of a site that was adopted: file name -> text. It is observed only, until somebody says more."""
    found = tuple(found)
    settings = {"name": site, **({"group": group} if group else {}), "mode": str(Mode.OBSERVE)}
    own = {key: value for d in found if d.kind == SITE for key, value in d.spec.items()}
    upstream = [d for d in found if d.kind != SITE]
    return {SITE: "".join(f"{line}\n" for line in lines({**settings, **own})), DEPLOYMENT: text(upstream)}
