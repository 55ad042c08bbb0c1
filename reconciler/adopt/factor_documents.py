"""Profiles and what sites say beside them, as documents: hosts by their HostProfiles, the rest as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from reconciler.adopt.factor_forms import Form
from reconciler.adopt.factor_places import MARK, Leaves, Place, by_value
from reconciler.adopt.hosts import profiled, shared_by_profile
from reconciler.adopt.order import DOCUMENTS, natural
from reconciler.adopt.tree import Branch, Document, grown, leaves, plain
from reconciler.model.said import Step

HOST, SYSTEM = "Host", "System"
PROFILE: Step = "profile"
Profiles: TypeAlias = Mapping[str, Mapping[tuple[Step, ...], Any]]  # name -> what it says


def layer_documents(
    forms: Mapping[Place, Form], names: Mapping[int, str], system: Form | None = None, *, has_hosts: bool = True
) -> tuple[Document, ...]:
    """The documents of a profile. system: its System's name, where that is said elsewhere.

    has_hosts: it says which hosts there are, and so has their HostProfiles; else it says something of them.
    """
    texts = by_value({place: _text(form, names) for place, form in forms.items()})
    if system is not None and any(place[0] == SYSTEM for place in texts):
        texts.setdefault((SYSTEM, "", ()), _text(system, names))
    return _written(texts, _hosts_of(texts) if has_hosts else {}, {})


def own_documents(said: Leaves, layered: Leaves, profiles: Profiles) -> tuple[Document, ...]:
    """What a site says beside its profiles; profiles: what hosts that are its own may have, if it holds of them."""
    system: Place = (SYSTEM, "", ())
    is_named = any(place[0] == SYSTEM for place in said) and system in layered and system not in said
    texts = dict(said)
    if is_named:
        texts[system] = layered[system]
    new = {name: branch for name, branch in _hosts_of(texts).items() if (HOST, name, ()) in said}
    return _written(texts, new, profiles)


def profiles_in(forms: Mapping[Place, Form], names: Mapping[int, str]) -> Profiles:
    """The HostProfiles of a profile: name -> what each says."""
    return shared_by_profile(_hosts_of(by_value({place: _text(form, names) for place, form in forms.items()})))


def escaped(documents: Iterable[Document]) -> tuple[Document, ...]:
    """Documents of a site that has values: what only looks like a substitution is none."""
    return tuple(replace(one, spec=_escaped(one.spec)) for one in documents)


def _written(texts: Leaves, new: Mapping[str, Branch], profiles: Profiles) -> tuple[Document, ...]:
    found = [*_with_profiles(new, profiles)]
    for (kind, name), branch in _branches(texts).items():
        if kind == HOST and name not in new:
            found.append(Document(HOST, name, plain(_beside(branch))))
        elif kind == SYSTEM:
            found.append(Document(SYSTEM, str(texts[SYSTEM, "", ()]), plain(branch)))
        elif kind not in {HOST, SYSTEM}:
            found.append(Document(kind, name, plain(branch)))
    return tuple(sorted(found, key=lambda one: (DOCUMENTS.index(one.kind), natural(one.name))))


def _with_profiles(new: Mapping[str, Branch], profiles: Profiles) -> Iterator[Document]:
    """Hosts with the profile that is there and says most of them, the others with profiles of their own."""
    left = dict(new)
    for name, branch in new.items():
        said = dict(leaves(branch))
        fitting = [
            p for p, of in profiles.items() if of and all(path in said and said[path] == of[path] for path in of)
        ]
        if fitting:
            profile = max(fitting, key=lambda p: len(profiles[p]))
            own = {path: value for path, value in said.items() if path not in profiles[profile]}
            yield Document(HOST, name, plain(_beside(grown(own), {PROFILE: profile})))
            del left[name]
    yield from profiled(left, taken=frozenset(profiles))


def _beside(branch: Branch, profile: Branch | None = None) -> Branch:
    """A Host's spec: its profile, if it is said here, and what is the host's own."""
    spec: Branch = dict(profile or {})
    if "match" in branch:
        spec["match"] = branch["match"]
    if own := {key: value for key, value in branch.items() if key != "match"}:
        spec["overrides"] = own
    return spec


def _hosts_of(texts: Leaves) -> dict[str, Branch]:
    return {name: branch for (kind, name), branch in _branches(texts).items() if kind == HOST}


def _branches(texts: Leaves) -> dict[tuple[str, str], Branch]:
    by_document: dict[tuple[str, str], dict[tuple[Step, ...], Any]] = {}
    for (kind, name, path), value in texts.items():
        found = by_document.setdefault((kind, name), {})
        if path:
            found[path] = _frozen(value)
    return {document: grown(said) for document, said in by_document.items()}


def _text(form: Form, names: Mapping[int, str]) -> Any:
    if form.variable is None:
        return form.value
    return f"{form.before}{MARK}{names[form.variable]}}}{form.after}"


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _frozen(member) for key, member in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def _escaped(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _escaped(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_escaped(element) for element in value]
    return value.replace(MARK, f"${MARK}") if isinstance(value, str) else value
