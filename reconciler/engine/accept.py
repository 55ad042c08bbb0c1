"""What a site shows, written back to Git: each value at the first place whose rendering then says it and nothing else.

Nothing is sent to the site, and nothing is written here: the outcome is the new texts of files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

from reconciler.adopt.accept import Files, Way, Wish, together, ways
from reconciler.desired import load_site, parse_blob
from reconciler.diff import compare, spelled
from reconciler.engine.accept_wishes import Item, is_secret, items
from reconciler.engine.reconcile import Judged
from reconciler.engine.render import snapshot
from reconciler.engine.repository import Repository
from reconciler.engine.unsealed import unopened
from reconciler.model.change import Comparison
from reconciler.model.errors import ConfigError, ConfigErrors
from reconciler.model.kind import Kinds
from reconciler.model.resource import ResourceKey
from reconciler.model.site import Site, SiteFiles
from reconciler.model.snapshot import Snapshot

ROUNDS = 6  # of writing what is left: what one needs, or undoes, of another
SITES, LAYERS = "subclouds/", "profiles/"

_parse = lru_cache(256)(parse_blob)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One file: its text before, None where it is new, and after."""

    file: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What accepting makes of Git.

    items: what is accepted. rewrites: the files that change. reached: other sites whose desired state changes too.
    refused: what cannot be written back, and why.
    """

    site: str
    items: tuple[Item, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    reached: tuple[str, ...] = ()
    refused: tuple[tuple[Item, str], ...] = ()


def accept(
    judged: Judged, repository: Repository, kinds: Kinds, asked: Sequence[str] = (), *, is_shared: bool = False
) -> Acceptance:
    """The files that make Git say what the site shows.

    asked: `KEY` or `KEY:ATTRIBUTE`; nothing: every field that drifted. is_shared: values that come from a profile are
    changed there, for all the sites that use it; else in the site's own folder. Raises ConfigError for a name that is
    no difference, ConfigErrors for files that are wrong, SourceError.
    """
    return accept_all(judged, repository, kinds, items(judged, kinds, asked), is_shared=is_shared)


def accept_all(
    judged: Judged, repository: Repository, kinds: Kinds, wanted: Sequence[Item], *, is_shared: bool = False
) -> Acceptance:
    """The same for differences that were chosen before."""
    name = judged.desired.site
    work = _Work(judged, repository, kinds, repository.tree.site_files(name), frozenset(i.key for i in wanted))
    work.changeable = frozenset(_changeable(work, is_shared=is_shared))
    refused = work.take_all(wanted)
    parts = [part for item, _ in refused for part in item.parts]
    refused = (*((item, why) for item, why in refused if not item.parts), *work.take_all(parts))
    accepted = tuple(item for item in wanted if item.name not in {left.name for left, _ in refused})
    return Acceptance(name, accepted, tuple(work.rewrites()), tuple(work.reached()), refused)


def _changeable(work: _Work, *, is_shared: bool) -> Iterator[str]:
    """The site's own files; those of layers where others may follow, or nobody else uses them."""
    own = work.files.name
    for file in work.files.files:
        is_alone = file.startswith(LAYERS) and (is_shared or not set(work.users(file)) - {own})
        if file.startswith(f"{SITES}{own}/") or is_alone:
            yield file


@dataclass(slots=True)
class _Work:
    """A site's files on the way; `files` moves on with every item that is taken."""

    judged: Judged
    repository: Repository
    kinds: Kinds
    files: SiteFiles
    keys: frozenset[ResourceKey]
    changeable: frozenset[str] = frozenset()
    first: Mapping[str, bytes] = field(init=False)
    _known: tuple[SiteFiles, Snapshot, Comparison] | None = None
    _users: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.first = self.files.files

    def take_all(self, wanted: Sequence[Item]) -> tuple[tuple[Item, str], ...]:
        """Write what can be, in rounds: a network before what lies on it. What is left, and why.

        What one item writes may undo another (a list that was said to be empty gets an element, and with it those of
        the layers below): such an item is taken again.
        """
        left = tuple((item, "") for item in wanted)
        for _ in range(ROUNDS):
            before = {item.name for item, _ in left}
            refused = tuple((item, why) for item, _ in left if (why := self.take(item)))
            names = {item.name for item, _ in refused}
            left = refused + tuple((i, why) for i in wanted if i.name not in names and (why := self._undone(i)))
            if not left or {item.name for item, _ in left} == before:
                break
        return left

    def take(self, item: Item) -> str:
        """Write one item; why it cannot be, or ""."""
        if is_secret(self.kinds[item.key.kind], item.attribute):
            return "a secret is never written to Git: give it by reference"
        before = self.files
        why = self._one_by_one(item)
        if why and len(item.wishes) > 1:
            self.files = before
            why = self._together(item) and why
        if why:
            self.files = before
        return why

    def _one_by_one(self, item: Item) -> str:
        if not item.wishes:
            return self._undone(item) and "no document says it: it cannot be written to Git"
        *others, last = item.wishes
        for wish in others:
            if why := self._write(wish):
                return why
        return self._write(last, item)

    def _together(self, item: Item) -> str:
        """All that the item says at once: a document may refuse one value without the others."""
        site = load_site(self.files, _parse)
        found = self._tried(lambda: together(item.wishes, site, self._texts()))
        if isinstance(found, str):
            return found
        self.files = found
        return self._undone(item)

    def _write(self, wish: Wish, whole: Item | None = None) -> str:
        """The first way that changes nothing else, and with which `whole` is done; else why each failed."""
        reasons: list[str] = []
        before = self.files
        for way in ways(wish, load_site(before, _parse), self._texts()):
            found = self._tried(partial(_texts_of, way))
            self.files = before if isinstance(found, str) else found
            why = found if isinstance(found, str) else whole and self._undone(whole)
            if not why:
                return ""
            self.files = before
            reasons.append(why)
        return "; ".join(dict.fromkeys(reasons)) or "there is no place for it"

    def _tried(self, way: Callable[[], Mapping[str, str]]) -> SiteFiles | str:
        try:
            texts = {file: text.encode() for file, text in way().items()}
            files = replace(self.files, files={**self.files.files, **texts})
            after = load_site(files, _parse)
        except (ConfigError, ConfigErrors) as error:
            return str(error)
        why = self._elsewhere(load_site(self.files, _parse), after)
        return why or files

    def _elsewhere(self, before: Site, after: Site) -> str:
        """What would change beside what is accepted, or ""."""
        if before.settings != after.settings:
            return "the site's settings would change too"
        for one, other in (
            (before.install_values, after.install_values),
            (before.bootstrap_values, after.bootstrap_values),
        ):
            if (one and one.plain()) != (other and other.plain()):
                return "the values of its installation would change too"
        want, wish = self._spelled(before), self._spelled(after)
        differing = {change.key for change in self._compared(wish).changes}
        for key in sorted((want.resources.keys() | wish.resources.keys()) - self.keys):
            if not _is_equal(want, wish, key) and (key not in wish.resources or key in differing):
                return f"{key} would change too"
        return ""

    def _undone(self, item: Item) -> str:
        """Whether the item still differs after all."""
        wish, compared = self._now()
        if item.now is None and not item.attribute:
            return f"{item.key} would still be said" if item.key in wish.resources else ""
        if item.key not in wish.resources:
            return f"{item.key} would not be said"
        left = [change for change in compared.changes if change.key == item.key]
        fields = {name for change in left for name in change.names}
        return f"{item.name} would still differ" if item.attribute in fields or (left and not item.attribute) else ""

    def _now(self) -> tuple[Snapshot, Comparison]:
        """What the files say by now, and how it differs; kept until they move on."""
        if self._known is None or self._known[0] is not self.files:
            wish = self._spelled(load_site(self.files, _parse))
            self._known = self.files, wish, self._compared(wish)
        return self._known[1:]

    def _spelled(self, site: Site) -> Snapshot:
        return spelled(unopened(snapshot(site, self.kinds), self.kinds), self.judged.observed, self.kinds)

    def _compared(self, wish: Snapshot) -> Comparison:
        return compare(wish, self.judged.observed, self.kinds)

    def _texts(self) -> Files:
        texts = {path: content.decode() for path, content in self.files.files.items()}
        own = f"{SITES}{self.files.name}/"
        new = frozenset(path for path in texts if path.startswith(own))
        return Files(own, texts, self.changeable | new)

    def rewrites(self) -> Iterator[Rewrite]:
        for path, content in sorted(self.files.files.items()):
            before = self.first.get(path)
            if content != before:
                yield Rewrite(path, None if before is None else before.decode(), content.decode())

    def reached(self) -> Iterator[str]:
        """Other sites that say something else after it."""
        moved = {r.file: r.after.encode() for r in self.rewrites() if r.file.startswith(LAYERS)}
        names = {name for file in moved for name in self.users(file)} - {self.files.name}
        for name in sorted(names):
            files = self.repository.tree.site_files(name)
            changed = replace(files, files={path: moved.get(path, content) for path, content in files.files.items()})
            before, after = (snapshot(load_site(f, _parse), self.kinds) for f in (files, changed))
            if any(not _is_equal(before, after, key) for key in before.resources.keys() | after.resources.keys()):
                yield name

    def users(self, file: str) -> tuple[str, ...]:
        """The sites that have a file among theirs."""
        layer = "/".join(file.split("/", 2)[:2]) + "/"
        if layer not in self._users:
            self._users[layer] = tuple(_using(layer, self.repository))
        return self._users[layer]


def _texts_of(way: Way) -> Mapping[str, str]:
    proposal = way()
    return {proposal.file: proposal.text}


def _using(layer: str, repository: Repository) -> Iterable[str]:
    for name in sorted(repository.names):
        if any(path.startswith(layer) for path in repository.tree.site_files(name).files):
            yield name


def _is_equal(one: Snapshot, other: Snapshot, key: ResourceKey) -> bool:
    """Both sides say the same of a resource, or nothing."""
    first, second = one.resources.get(key), other.resources.get(key)
    if first is None or second is None:
        return first is second
    return bool(first.spec == second.spec) and first.spec.model_fields_set == second.spec.model_fields_set
