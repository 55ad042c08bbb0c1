"""A live site to the files that would say it, read back as Git would be read: what is written is what is compared.

A document may refuse what a site has (`Ottawa, ON` is no location to the Deployment Manager). Such values are left out
and told, with the element that cannot be without them; everything else is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.adopt import SITE, Document, documents, files
from reconciler.desired import load_site, parse_blob
from reconciler.diff import compare, spelled
from reconciler.engine.accept import Rewrite
from reconciler.engine.render import snapshot
from reconciler.engine.unsealed import unopened
from reconciler.model.change import Comparison
from reconciler.model.errors import ConfigErrors
from reconciler.model.kind import Kinds, ResourceKind
from reconciler.model.node import Node
from reconciler.model.origin import Origin
from reconciler.model.rows import COLLECTIONS
from reconciler.model.site import SiteFiles
from reconciler.model.snapshot import Snapshot
from reconciler.model.words import Scope, Service

FOLDER = "subclouds"
FLEET = "fleet.yaml"
Path = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """How a site is to be written down.

    is_short: without what the platform makes by itself. group: of fleet.yaml. beside: files that are read with those
    that are written (fleet.yaml, the values of the installation): path -> content.
    """

    is_short: bool = False
    group: str = ""
    beside: Mapping[str, bytes] = field(default_factory=dict)


AS_IT_IS = Wish()


@dataclass(frozen=True, slots=True)
class Adopted:
    """One site, written down: nothing is written by this, it is what the files are to become.

    rewrites: the files that change. left_out: what documents refuse to say, and why. untold: what the files do not say
    though the site may have it, and what a person can do. refused: why the files could not be made to say the site. unread: why it was not looked at.
    found: the site against the files as they then are. is_whole: its files are written whole, not changed.
    """

    site: str
    rewrites: tuple[Rewrite, ...] = ()
    left_out: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    unread: str = ""
    found: Comparison = field(default_factory=Comparison)
    is_whole: bool = False

    @property
    def files(self) -> Mapping[str, str]:
        """Path -> text of the files that change."""
        return {rewrite.file: rewrite.after for rewrite in self.rewrites}

    @property
    def is_exact(self) -> bool:
        """The site is what the files say: following them would change nothing."""
        return self.found.is_empty and not self.refused


def adopted(seen: Snapshot, kinds: Kinds, wish: Wish = AS_IT_IS) -> Adopted:
    """A site's folder made new, which says it as it is. Raises ConfigErrors where no document can say the site."""
    found = documents(seen, kinds, is_short=wish.is_short)
    left_out: list[str] = []
    while True:  # every round leaves something out, or raises
        written = {f"{FOLDER}/{seen.site}/{n}": t for n, t in files(seen.site, found, group=wish.group).items()}
        try:
            comparison = _compared(seen, written, wish, kinds)
        except ConfigErrors as errors:
            found = _without(errors, found, written)
            left_out += [error.message for error in errors]
        else:
            rewrites = tuple(Rewrite(path, _text(wish.beside.get(path)), text) for path, text in written.items())
            return Adopted(seen.site, rewrites, tuple(left_out), untold(seen, kinds), found=comparison, is_whole=True)


def untold(seen: Snapshot, kinds: Kinds) -> tuple[str, ...]:
    """What the site has, or may have, and no file will say: secrets, and what an inventory has no list of."""
    told = ((resource, kinds[key.kind].withheld(resource, seen)) for key, resource in sorted(seen.resources.items()))
    return (*(f"{resource.key}: {why}" for resource, why in told if why), *_unlisted(seen, kinds))


def _unlisted(seen: Snapshot, kinds: Kinds) -> Iterator[str]:
    """Of what a platform lists: a host's own controller is asked for what Git says, and before there is Git for nothing."""
    for name, kind in kinds.items():
        if any(COLLECTIONS[each].service is Service.REDFISH for each in kind.collections):
            continue
        hosts = ("",) if kind.scope is Scope.SYSTEM else sorted(seen.system.hosts)
        missing = [host for host in hosts if not seen.is_complete(name, host)]
        if missing and not kind.is_inventory and _is_own(kind):
            where = f" of {', '.join(missing)}" if any(missing) else ""
            yield f"{name}{where}: the inventory has not all lists of it: write that anew with `stxr inventory`"


def _is_own(kind: ResourceKind[Any]) -> bool:
    """Whether an inventory should have all lists of it: not those of other services, nor what is asked for by name."""
    lists = [COLLECTIONS[name] for name in kind.collections]
    return all(one.service is Service.PLATFORM and not one.of for one in lists)


def compared(seen: Snapshot, said: SiteFiles, kinds: Kinds) -> Comparison:
    """The site against files that say it. Raises ConfigErrors."""
    return compare(spelled(unopened(snapshot(load_site(said), kinds), kinds), seen, kinds), seen, kinds)


def _compared(seen: Snapshot, written: Mapping[str, str], wish: Wish, kinds: Kinds) -> Comparison:
    content = {**wish.beside, **{path: text.encode() for path, text in written.items()}}
    return compared(seen, SiteFiles(seen.site, "", "", content), kinds)


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode()


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
