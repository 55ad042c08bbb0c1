"""Sites that are adopted together, factored into profiles: rendered by its layers, each says exactly what it said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from reconciler.adopt import FILES, SITE, Leaves, exact, factored, leaves_of, profile_files, site_files
from reconciler.desired import SECTIONS, load_site, parse_blob, said
from reconciler.model.errors import ConfigError
from reconciler.model.site import Site, SiteFiles

SITES, PROFILES = "subclouds/", "profiles/"
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shared:
    """One profile to write. sites: that name it. files: path -> text."""

    name: str
    sites: tuple[str, ...]
    files: Texts

    @property
    def lines(self) -> int:
        """How long its files are."""
        return lines(self.files)


@dataclass(frozen=True, slots=True)
class Factoring:
    """What a fleet becomes. sites: of each that has layers, path -> text. before, after: lines of all files."""

    profiles: tuple[Shared, ...] = ()
    sites: Mapping[str, Texts] = field(default_factory=dict)
    before: int = 0
    after: int = 0


def factor(fleet: Mapping[str, SiteFiles], taken: Collection[str] = ()) -> Factoring:
    """Profiles, and the files of the sites that use them; sites that are best left whole are in neither.

    taken: names that no profile may have. Nothing is written. Raises ConfigErrors for files that are wrong, and
    ConfigError where a site would say something else than before: then nothing may be written.
    """
    whole = {name: load_site(files) for name, files in fleet.items()}
    told = {name: leaves_of(said(site)) for name, site in whole.items()}
    found = factored(told, taken)
    profiles = tuple(Shared(p.name, p.sites, _in(f"{PROFILES}{p.name}/", profile_files(p))) for p in found.profiles)
    sites = {s.site: _in(f"{SITES}{s.site}/", site_files(s, _treated(fleet[s.site]))) for s in found.sites}
    shared = {path: text for profile in profiles for path, text in profile.files.items()}
    parse = lru_cache(2 * len(profiles) + 8)(parse_blob)
    for name, texts in sites.items():
        after_all = load_site(_layered(fleet[name], {**shared, **texts}), parse)
        _check(told[name], leaves_of(said(after_all)), name)
        _check(_beside(whole[name]), _beside(after_all), name)
    before = {name: lines(_own(files)) for name, files in fleet.items()}
    after = sum(profile.lines for profile in profiles)
    after += sum(lines(sites[name]) if name in sites else before[name] for name in fleet)
    total = sum(before.values())
    return Factoring(profiles, sites, total, after) if after < total else Factoring(before=total, after=total)


def lines(texts: Texts) -> int:
    """The lines of files."""
    return sum(text.count("\n") for text in texts.values())


def _in(folder: str, texts: Texts) -> Texts:
    return {folder + name: text for name, text in texts.items()}


def _own(files: SiteFiles) -> Texts:
    """What adopting writes of a site's files."""
    paths = (f"{SITES}{files.name}/{name}" for name in FILES)
    return {path: files.files[path].decode() for path in paths if path in files.files}


def _layered(files: SiteFiles, texts: Texts) -> SiteFiles:
    """The site as it is to be: its other files stay."""
    kept = {path: content for path, content in files.files.items() if path not in _own(files)}
    return replace(files, files={**kept, **{path: text.encode() for path, text in texts.items()}})


def _treated(files: SiteFiles) -> Mapping[str, Any]:
    """How the site is treated, as its site.yaml says it beside the sections that say what it is."""
    path = f"{SITES}{files.name}/{SITE}"
    root = parse_blob(path, files.files[path]).root if path in files.files else None
    return {key: value for key, value in (root.plain() if root else {}).items() if key not in SECTIONS}


def _beside(site: Site) -> Leaves:
    """What is said of a site beside its documents, as places too."""
    values = {"install-values": site.install_values, "bootstrap-values": site.bootstrap_values}
    given = {name: node.plain() for name, node in values.items() if node is not None}
    return {(name, "", ()): v for name, v in {"settings": site.settings.model_dump(mode="json"), **given}.items()}


def _check(before: Leaves, after: Leaves, site: str) -> None:
    """Raises ConfigError where the two do not say the same; elements of lists with a key have no order."""
    nothing = object()
    places = before.keys() | after.keys()
    moved = [p for p in places if exact(before.get(p, nothing)) != exact(after.get(p, nothing))]
    if moved:
        kind, name, path = min(moved, key=str)
        message = f"{kind} {name} {'.'.join(map(str, path))} would not be what it was: adopt it with --no-profiles"
        raise ConfigError(message, f"{SITES}{site}/")
