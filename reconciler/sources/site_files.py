"""One site's files out of an index: each input read, or refused with its path."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.site import SiteFiles
from reconciler.sources.entries import Entry, Kind
from reconciler.sources.errors import EmptyRootError, SourceError, UnknownSiteError, UnreadableInputError
from reconciler.sources.inputs import FLEET, SITES, Inputs, Read


@dataclass(frozen=True, slots=True)
class State:
    """An index and the commit that it is of."""

    commit: str
    inputs: Inputs


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files are and how they are read."""

    at: Callable[[str, str], str]  # (commit, path from the root) -> the place in words, for errors
    limit_bytes: int
    read: Read


def site_files(name: str, state: State, place: Place) -> SiteFiles:
    """The site's inputs with their contents. Raises UnknownSiteError, and UnreadableInputError naming the path."""
    if name not in state.inputs.keys:
        raise UnknownSiteError(f"{place.at(state.commit, SITES + name)}: no such folder")
    inputs = dict(sorted(state.inputs.of(name).items()))
    _require_regular(inputs, state.commit, place)
    contents = place.read({entry.id for entry in inputs.values()})
    for path, entry in inputs.items():
        if entry.id not in contents:
            limit = place.limit_bytes
            raise UnreadableInputError(
                f"{place.at(state.commit, path)}: larger than {limit} bytes; no site file is: shorten it"
            )
    files = {path: contents[entry.id] for path, entry in inputs.items()}
    return SiteFiles(name, state.commit, state.inputs.keys[name], files)


def one_file(path: str, entry: Entry | None, commit: str, place: Place) -> bytes:
    """A file that is no input of any site. Raises UnreadableInputError naming it."""
    where = place.at(commit, path)
    if entry is None:
        raise UnreadableInputError(f"{where}: no such file is committed")
    if entry.kind is not Kind.FILE:
        raise UnreadableInputError(f"{where}: is no regular file: commit the file itself")
    if (content := place.read({entry.id}).get(entry.id)) is None:
        raise UnreadableInputError(f"{where}: larger than {place.limit_bytes} bytes: shorten it")
    return content


def many(names: Collection[str], state: State, place: Place) -> Iterator[SiteFiles | SourceError]:
    """The files of many sites; an unreadable one comes as its error, so the others go on."""
    for name in names:
        try:
            yield site_files(name, state, place)
        except (UnknownSiteError, UnreadableInputError) as error:
            yield error


def checked(state: State, place: Place) -> State:
    """The same state. Raises EmptyRootError where there is neither a fleet nor a site: a wrong path un-manages nothing."""
    if not state.inputs.keys and FLEET not in state.inputs.homes:
        raise EmptyRootError(
            f"{place.at(state.commit, '')}: neither {FLEET} nor {SITES}; check the path, or revert the commit"
        )
    return state


def _require_regular(inputs: Mapping[str, Entry], commit: str, place: Place) -> None:
    for path, entry in inputs.items():
        if entry.kind is not Kind.FILE:
            raise UnreadableInputError(
                f"{place.at(commit, path)}: a {entry.kind} is never read; put a regular file there"
            )
