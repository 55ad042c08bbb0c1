"""Sites that are new to a repository, with the profiles that they are to share there: names that are taken stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from reconciler.adopt import FILES, SITE
from reconciler.desired import layers_of
from reconciler.engine.accept import Rewrite
from reconciler.engine.adoption import Adopted
from reconciler.engine.adoption_root import Root
from reconciler.engine.factoring import PROFILES, SITES, Factoring, Texts, factor
from reconciler.model.site import SiteFiles

VALUES = ("install-values.yaml", "bootstrap-values.yaml")
EMPTY = "# All that this file said is said by the layers of site.yaml.\n"


def with_profiles(root: Root, done: Sequence[Adopted]) -> tuple[Factoring, list[Adopted]]:
    """Sites whose files are written new, factored among themselves; sites that are there are left as they are.

    Raises ConfigError where a site would say something else than what was adopted.
    """
    fleet = {one.site: _files(root, one) for one in done if _is_new(root, one)}
    found = factor(fleet, frozenset(_taken(root.folder, frozenset(fleet))))
    return found, [_layered(root.folder, one, found.sites.get(one.site)) for one in done]


def profile_rewrites(folder: Path, found: Factoring) -> list[Rewrite]:
    """The files of the profiles that differ from what is there."""
    return _rewrites(folder, {path: text for profile in found.profiles for path, text in profile.files.items()})


def _is_new(root: Root, one: Adopted) -> bool:
    """Whether all that Git says of it is written now; what stands in other files of its folder would be said twice."""
    others = {path for path in root.beside(one.site) if path.startswith(SITES)}
    return one.is_whole and not others - {f"{SITES}{one.site}/{name}" for name in (*FILES, *VALUES)}


def _files(root: Root, one: Adopted) -> SiteFiles:
    written = {path: text.encode() for path, text in one.files.items()}
    return SiteFiles(one.site, "", "", {**root.beside(one.site), **written})


def _layered(folder: Path, one: Adopted, texts: Texts | None) -> Adopted:
    if texts is None:
        return one
    emptied = {f"{SITES}{one.site}/{name}" for name in FILES} - texts.keys()
    there = {path: EMPTY for path in emptied if (folder / path).is_file()}
    return replace(one, rewrites=tuple(_rewrites(folder, {**texts, **there})))


def _rewrites(folder: Path, texts: Texts) -> list[Rewrite]:
    found = (Rewrite(path, _content(folder / path), text) for path, text in sorted(texts.items()))
    return [rewrite for rewrite in found if rewrite.before != rewrite.after]


def _content(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _taken(folder: Path, new: frozenset[str]) -> Iterator[str]:
    """Profiles that stay: those of other sites, of nobody, or with files that adopting does not write."""
    users = dict(_users(folder))
    for profile in sorted((folder / PROFILES).glob("*/")):
        own = users.get(profile.name, set())
        if not own or own - new or any(file.name not in FILES for file in profile.iterdir()):
            yield profile.name


def _users(folder: Path) -> Iterable[tuple[str, set[str]]]:
    users: dict[str, set[str]] = {}
    for file in sorted((folder / SITES).glob(f"*/{SITE}")):
        for layer in layers_of(file.read_bytes()):
            users.setdefault(layer, set()).add(file.parent.name)
    return users.items()
