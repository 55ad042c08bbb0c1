"""A live site to the files that would say it, read back as Git would be read: what is written is what is compared.

A document may refuse what a site has (`Ottawa, ON` is no location to the Deployment Manager). Such values are left out
and told, with the element that cannot be without them; everything else is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from reconciler.adopt import SITE, Document, documents, files
from reconciler.clients import Clock, Endpoint, open_session, open_site
from reconciler.desired import load_site, parse_blob
from reconciler.diff import compare, spelled
from reconciler.engine.preview import rows_of
from reconciler.engine.remote import SiteRemote
from reconciler.engine.render import snapshot
from reconciler.model.change import Comparison
from reconciler.model.errors import ConfigErrors
from reconciler.model.kind import Kinds
from reconciler.model.node import Node
from reconciler.model.origin import Origin
from reconciler.model.site import SiteFiles
from reconciler.model.snapshot import Snapshot
from reconciler.observe import interpret

FOLDER = "subclouds"
FLEET = "fleet.yaml"
Path = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """How a site is to be written down.

    is_short: without what the platform makes by itself. group: of fleet.yaml. fleet: fleet.yaml's text, where it is.
    """

    is_short: bool = False
    group: str = ""
    fleet: bytes | None = None


AS_IT_IS = Wish()


@dataclass(frozen=True, slots=True)
class Adopted:
    """files: path -> text. left_out: what the documents refuse to say, and why. found: the site against the files."""

    site: str
    files: Mapping[str, str]
    left_out: tuple[str, ...]
    found: Comparison

    @property
    def is_exact(self) -> bool:
        """The site is what the files say: following them would change nothing."""
        return self.found.is_empty


async def live(endpoint: Endpoint, kinds: Kinds, clock: Clock) -> Snapshot:
    """The site as its API shows it now. Raises ReconcilerError."""
    async with open_session() as session, open_site(endpoint, lambda: nullcontext(session), clock) as clients:
        return await SiteRemote(endpoint.name, clients.platform, kinds, clock).observe()


def recorded(site: str, inventory: Mapping[str, Any], kinds: Kinds) -> Snapshot:
    """The site as an inventory file shows it."""
    return interpret(site, rows_of(inventory), kinds, 0.0)


def adopted(seen: Snapshot, kinds: Kinds, wish: Wish = AS_IT_IS) -> Adopted:
    """The files of the site, which say it as it is. Raises ConfigErrors where no document can say the site."""
    found = documents(seen, kinds, is_short=wish.is_short)
    left_out: list[str] = []
    while True:  # every round leaves something out, or raises
        written = {f"{FOLDER}/{seen.site}/{n}": t for n, t in files(seen.site, found, group=wish.group).items()}
        try:
            return Adopted(seen.site, written, tuple(left_out), _compared(seen, written, wish.fleet, kinds))
        except ConfigErrors as errors:
            found = _without(errors, found, written)
            left_out += [error.message for error in errors]


def _compared(seen: Snapshot, written: Mapping[str, str], fleet: bytes | None, kinds: Kinds) -> Comparison:
    beside = {FLEET: fleet} if fleet is not None else {}
    said = SiteFiles(seen.site, "", "", {**beside, **{path: text.encode() for path, text in written.items()}})
    want = spelled(snapshot(load_site(said), kinds), seen, kinds)
    return compare(want, seen, kinds)


def _without(errors: ConfigErrors, found: tuple[Document, ...], written: Mapping[str, str]) -> tuple[Document, ...]:
    """The documents without the values that were refused. Raises the errors where they stand at no value."""
    origins = {error.origin for error in errors if isinstance(error.origin, Origin)}
    parsed = [parse_blob(path, text.encode()) for path, text in written.items()]  # site.yaml, then the documents
    own = [p.root for p in parsed if p.root and any(d.kind == SITE for d in found)]
    specs = [*own, *(document.spec for p in parsed for document in p.documents)]
    refused = [[p for p in _paths(s, origins) if p[0] in d.spec] for s, d in zip(specs, found, strict=True)]
    if not any(refused):
        raise errors
    return tuple(replace(d, spec=_pruned(d.spec, refused[number])) for number, d in enumerate(found))


def _paths(node: Node, origins: Iterable[Origin], path: Path = ()) -> Iterator[Path]:
    """Where the values at these places are, the innermost first."""
    below = node.value.items() if isinstance(node.value, Mapping) else enumerate(node.items())
    inner = [p for step, member in below for p in _paths(member, origins, (*path, step))]
    yield from inner
    if path and not inner and node.origin in origins:
        yield path


def _pruned(spec: Mapping[str, Any], paths: Iterable[Path]) -> Mapping[str, Any]:
    pruned = deepcopy(dict(spec))
    for path in sorted(paths, key=lambda p: [str(step).rjust(8, "0") for step in p], reverse=True):
        place: Any = pruned
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]
    return pruned
