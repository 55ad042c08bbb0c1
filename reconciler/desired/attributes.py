"""Every attribute of the upstream documents that is modelled, by its path, with what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from reconciler.desired import host_words, system_words, value_words
from reconciler.desired.device_images import DeviceImage
from reconciler.desired.documents import NAMES, SPECS
from reconciler.desired.site_sections import Sections
from reconciler.desired.software import Kubernetes, Software

_WORDS: Mapping[type[BaseModel], Mapping[str, str]] = {
    **system_words.WORDS, **host_words.WORDS, **value_words.WORDS
}  # fmt: skip


OWN = "Site"  # site.yaml, in paths
# of what fleet.yaml says too, that which kinds read
POLICIES: Mapping[str, type[BaseModel]] = {
    "software": Software, "kubernetes": Kubernetes, "deviceImages": DeviceImage
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attribute:
    """`path`: `HostProfile.spec.routes.gateway`, elements of lists implied.

    is_leaf: nothing is below it. choices: the words that it may be, where they are few.
    """

    path: str
    words: str
    is_leaf: bool
    choices: tuple[str, ...] = ()


@cache
def attributes() -> tuple[Attribute, ...]:
    """All of them, in the order of the models, those of site.yaml last.

    `overrides` of a Host is not entered: it is HostProfile.spec.
    """
    upstream = (found for kind, model in SPECS.items() for found in _of_document(kind, model))
    policies = (found for name, model in POLICIES.items() for found in _below(f"{OWN}.{name}", model))
    return (*upstream, *_below(OWN, Sections), *policies)


def words_at(path: str) -> str:
    """What the attribute of a path means; `*` in the path is any one word. "" for none."""
    return next((a.words for a in attributes() if is_at(a.path, path)), "")


def words_of(model: type[BaseModel]) -> Mapping[str, str]:
    """Member as documents spell it -> what it means: those of the model and of what it inherits."""
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        found |= _WORDS.get(one, {})
    return {_spelled(model, name): text for name, text in found.items()}


def models_in(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The model and every model below it."""
    yield model
    for field in model.model_fields.values():
        for below in _models(field.annotation):
            yield from models_in(below)


def _of_document(kind: str, model: type[BaseModel]) -> Iterator[Attribute]:
    yield Attribute(f"{kind}.metadata.name", NAMES[kind], is_leaf=True)
    yield from _below(f"{kind}.spec", model)


def _below(path: str, model: type[BaseModel]) -> Iterator[Attribute]:
    words = words_of(model)
    for name, field in model.model_fields.items():
        member = _spelled(model, name)
        models = [m for m in _models(field.annotation) if m is not SPECS["HostProfile"]]
        said = words.get(member) or field.description or ""
        yield Attribute(f"{path}.{member}", said, not models, tuple(_choices(field.annotation)))
        for below in models:
            yield from _below(f"{path}.{member}", below)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _choices(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
        return
    for inner in get_args(annotation):
        yield from _choices(inner)


def _spelled(model: type[BaseModel], name: str) -> str:
    generated = to_camel(name) if model.model_config.get("alias_generator") is to_camel else name
    return model.model_fields[name].alias or generated


def is_at(path: str, pattern: str) -> bool:
    """Whether a path is the one that a pattern tells; `*` is any one word."""
    pairs = zip_longest(path.split("."), pattern.split("."))
    return all(word in {one, "*"} for one, word in pairs)
