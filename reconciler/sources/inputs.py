"""Which files make up each site, and which sites a move of files reaches. Pure: contents come through `Rules.read`.

Files are grouped by their home: `fleet.yaml`, `profiles/<layer>`, `subclouds/<site>`. A site's inputs are the files of
three kinds of home: the fleet's, those of the layers that it names, its own. An index costs what moved to bring
forward, because who uses a layer is kept beside who names which.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from reconciler.sources.entries import Entries, Entry, Kind, Moves

FLEET = "fleet.yaml"
SITES = "subclouds/"
LAYERS = "profiles/"
SITE_FILE = "site.yaml"

LayersOf = Callable[[bytes], tuple[str, ...]]
FleetPart = Callable[[bytes, bytes, str], bytes]
Read = Callable[[Collection[str]], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the index must be told about contents.

    read: object ids -> contents; those that cannot be read (too large) are left out.
    layers_of: site.yaml -> the layers that it names; () where it cannot be understood, never an exception (whoever
        reads the site for good says what is wrong with it, and the other sites go on).
    fleet_part: (fleet.yaml, site.yaml, the site's name) -> whatever of the fleet file reaches that site; all of it if None.
    """

    read: Read
    layers_of: LayersOf
    fleet_part: FleetPart | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """The index at one state of the repository. Never changed: `advanced` makes the next one."""

    homes: Mapping[str, Entries] = field(default_factory=dict)  # home -> path -> entry
    layers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # site -> layers that it names
    users: Mapping[str, frozenset[str]] = field(default_factory=dict)  # layer -> sites that name it
    parts: Mapping[str, str] = field(default_factory=dict)  # site -> digest of its part of fleet.yaml
    keys: Mapping[str, str] = field(default_factory=dict)  # site -> digest of all its inputs

    def of(self, site: str) -> dict[str, Entry]:
        """The site's inputs by path. Raises KeyError for a site that is not there."""
        homes = (FLEET, *(LAYERS + layer for layer in self.layers[site]), SITES + site)
        return {path: entry for home in homes for path, entry in self.homes.get(home, {}).items()}


@dataclass(frozen=True, slots=True)
class Affected:
    """The sites that a move reached."""

    changed: frozenset[str] = frozenset()
    appeared: frozenset[str] = frozenset()
    vanished: frozenset[str] = frozenset()

    @property
    def sites(self) -> frozenset[str]:
        """All of them."""
        return self.changed | self.appeared | self.vanished


def affected(before: Inputs, after: Inputs) -> Affected:
    """The sites whose key differs between two indexes."""
    old, new = before.keys, after.keys
    changed = frozenset(site for site, key in new.items() if old.get(site, key) != key)
    return Affected(changed, frozenset(new.keys() - old.keys()), frozenset(old.keys() - new.keys()))


def indexed(entries: Entries, rules: Rules) -> Inputs:
    """The index of a whole tree."""
    return advanced(Inputs(), entries, rules)


def advanced(before: Inputs, moves: Moves, rules: Rules) -> Inputs:
    """The index after some paths moved: equal to `indexed` of the whole tree, at the cost of what moved."""
    homes = grouped(before.homes, moves)
    touched = {home(path) for path in moves}
    sites = {name.removeprefix(SITES) for name in touched if name.startswith(SITES)}
    layers = _layers(before, homes, sites, rules)
    users = _users(before.users, before.layers, layers, sites)
    reached = sites.union(*(users.get(name.removeprefix(LAYERS), ()) for name in touched if name.startswith(LAYERS)))
    stale = layers.keys() if FLEET in touched else reached
    parts = _parts(before.parts, homes, layers, stale, rules)
    after = Inputs(homes, layers, users, parts, {})
    keys = {site: key for site, key in before.keys.items() if site in layers}
    return Inputs(homes, layers, users, parts, keys | {site: _key(after, site) for site in stale if site in layers})


def home(path: str) -> str:
    """Where a path belongs; a path that is nobody's input is its own home, which no site asks for."""
    if path.startswith((SITES, LAYERS)):
        return "/".join(path.split("/", 2)[:2])
    return path


def grouped(before: Mapping[str, Entries], moves: Moves) -> dict[str, Entries]:
    """Home -> path -> entry after the moves; what is nobody's input is left out."""
    fresh: dict[str, dict[str, Entry]] = {}
    for path, entry in moves.items():
        where = home(path)
        if where != FLEET and not where.startswith((SITES, LAYERS)):
            continue
        entries = fresh.setdefault(where, dict(before.get(where, {})))
        entries.pop(path, None)
        if entry is not None and not _is_loose(path, where, entry):
            entries[path] = entry
    return {where: entries for where, entries in {**before, **fresh}.items() if entries}


def _is_loose(path: str, where: str, entry: Entry) -> bool:
    # A plain file beside the folders (subclouds/README.md) makes no site; a link in a folder's place must be refused.
    return path == where and path != FLEET and entry.kind is Kind.FILE


def _layers(
    before: Inputs, homes: Mapping[str, Entries], sites: Iterable[str], rules: Rules
) -> dict[str, tuple[str, ...]]:
    layers, asked = dict(before.layers), dict[str, str]()
    for site in sites:
        entry = _site_file(homes, site)
        if SITES + site not in homes:
            layers.pop(site, None)
        elif entry is None:
            layers[site] = ()
        elif site not in layers or entry != _site_file(before.homes, site):
            asked[site] = entry.id
    contents = rules.read(set(asked.values()))
    named = {blob: rules.layers_of(content) for blob, content in contents.items()}
    return layers | {site: named.get(blob, ()) for site, blob in asked.items()}


def _site_file(homes: Mapping[str, Entries], site: str) -> Entry | None:
    entry = homes.get(SITES + site, {}).get(f"{SITES}{site}/{SITE_FILE}")
    return entry if entry is not None and entry.kind is Kind.FILE else None


def _users(
    before: Mapping[str, frozenset[str]],
    old: Mapping[str, tuple[str, ...]],
    new: Mapping[str, tuple[str, ...]],
    sites: Iterable[str],
) -> dict[str, frozenset[str]]:
    moved = [site for site in sites if old.get(site) != new.get(site)]
    gone, come = _naming(old, moved), _naming(new, moved)
    after = {layer: before.get(layer, frozenset()) - gone.get(layer, set()) | come.get(layer, set())
             for layer in gone.keys() | come.keys()}  # fmt: skip
    return {layer: sites for layer, sites in {**before, **after}.items() if sites}


def _naming(layers: Mapping[str, tuple[str, ...]], sites: Iterable[str]) -> dict[str, set[str]]:
    naming: dict[str, set[str]] = {}
    for site in sites:
        for layer in layers.get(site, ()):
            naming.setdefault(layer, set()).add(site)
    return naming


def _parts(
    before: Mapping[str, str],
    homes: Mapping[str, Entries],
    layers: Mapping[str, tuple[str, ...]],
    stale: Collection[str],
    rules: Rules,
) -> dict[str, str]:
    parts = {site: part for site, part in before.items() if site in layers and site not in stale}
    fleet = homes.get(FLEET, {}).get(FLEET)
    if rules.fleet_part is None or fleet is None or fleet.kind is not Kind.FILE:
        return parts
    files = {site: _site_file(homes, site) for site in stale if site in layers}
    contents = rules.read({fleet.id} | {entry.id for entry in files.values() if entry is not None})
    whole = contents.get(fleet.id, b"")
    for site, entry in files.items():
        own = contents.get(entry.id, b"") if entry is not None else b""
        parts[site] = sha256(rules.fleet_part(whole, own, site)).hexdigest()
    return parts


def _key(inputs: Inputs, site: str) -> str:
    digest = sha256()
    for path, entry in sorted(inputs.of(site).items()):
        content = inputs.parts.get(site, entry.id) if path == FLEET else entry.id
        digest.update(f"{path}\0{entry.kind}\0{content}\0".encode())
    return digest.hexdigest()
