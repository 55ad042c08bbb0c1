"""Values of the model as JSON that gives them back whole: what outlives a process while a plan is being sent.

`model.wire` is for readers; this is for ourselves. What JSON cannot say by itself says its name, so that nothing is
guessed, and a plan that an older program wrote keeps its order and its calls. Secrets have no form: a plan has
references only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from pydantic import BaseModel

from reconciler.model.change import Change, FieldChange
from reconciler.model.condition import Condition, HostCondition
from reconciler.model.errors import Failure
from reconciler.model.gate import GateName, Hold
from reconciler.model.host import HostState, SystemState
from reconciler.model.kind import Kinds
from reconciler.model.multipart import File, InBase64, Multipart
from reconciler.model.origin import Origin
from reconciler.model.outcome import Entry, Outcome, StepResult
from reconciler.model.plan import Blocked, Call, Errand, Opening, Plan, Ref, Stage, StageType, Step, Until
from reconciler.model.removal import Pruning, Removal, RemovedValue
from reconciler.model.resource import Resource, ResourceKey
from reconciler.model.secret import Document, SecretRef, Upload
from reconciler.model.snapshot import Snapshot, Unread
from reconciler.model.stored import Stored
from reconciler.model.words import Action, Area, Cause, Disruption, Prune, Result, Service, Severity

NAME, OF = "$", "of"
_RECORDS: Mapping[str, Callable[..., Any]] = {
    cls.__name__: cls
    for cls in (
        *(Blocked, Call, Change, Entry, FieldChange, Plan, Pruning, Ref, Removal, RemovedValue, Resource),
        *(
            Document,
            Errand,
            File,
            Hold,
            HostCondition,
            HostState,
            InBase64,
            Multipart,
            Outcome,
            SecretRef,
            Snapshot,
            Stage,
            Step,
            Stored,
            SystemState,
            Unread,
            Until,
            Upload,
        ),
    )
}
_WORDS: Mapping[str, Callable[..., Any]] = {
    cls.__name__: cls
    for cls in (
        *(Action, Area, Cause, Condition, Disruption, Failure, GateName, Opening, Prune, Result, Service, Severity),
        *(StageType, StepResult),
    )
}
_PLACES: Mapping[str, Callable[..., Any]] = {cls.__name__: cls for cls in (Origin, ResourceKey)}


def packed(value: Any) -> Any:
    """The value as JSON can say it. Raises TypeError for what has no form here, a secret among it."""
    for fits, form in _FORMS:
        if fits(value):
            return form(value)
    raise TypeError(f"{type(value).__name__} has no form in which it could be kept")


def unpacked(content: Any, kinds: Kinds) -> Any:
    """The inverse. Raises ValueError for what this program does not know: a newer one's, or nobody's."""
    if isinstance(content, list):
        return [unpacked(element, kinds) for element in content]
    if not isinstance(content, dict):
        return content
    members = {name: unpacked(member, kinds) for name, member in content.items() if name != NAME}
    return _made(content[NAME], members, kinds) if NAME in content else members


def _made(name: str, members: Mapping[str, Any], kinds: Kinds) -> Any:
    if name in _RECORDS:
        return _RECORDS[name](**members)
    of = members.get(OF)
    if name in _WORDS:
        return _WORDS[name](of)
    if name in _PLACES:
        return _PLACES[name](*(of or ()))
    if name == "spec" and members["kind"] in kinds:
        return kinds[members["kind"]].spec(**members["said"])
    if name in _PLAIN:
        return _PLAIN[name](of)
    raise ValueError(f"{name} is not known to this program")


_PLAIN: Mapping[str, Callable[[Any], Any]] = {"tuple": tuple, "set": frozenset, "pairs": dict}


def _named(value: Any) -> Any:
    return {NAME: type(value).__name__, OF: value.value}


def _placed(value: Any) -> Any:
    return {NAME: type(value).__name__, OF: list(value)}


def _resource(value: Resource[Any]) -> Any:
    said = {name: getattr(value.spec, name) for name in sorted(value.spec.model_fields_set)}
    spec = {NAME: "spec", "kind": value.key.kind, "said": packed(said)}
    return {**_record(value), "spec": spec}


def _record(value: Any) -> Any:
    members = {f.name: getattr(value, f.name) for f in fields(value) if not isinstance(getattr(value, f.name), _Spec)}
    return {NAME: type(value).__name__, **{name: packed(member) for name, member in members.items()}}


def _mapping(value: Mapping[Any, Any]) -> Any:
    if all(isinstance(key, str) for key in value) and NAME not in value:
        return {key: packed(member) for key, member in value.items()}
    return {NAME: "pairs", OF: [[packed(key), packed(member)] for key, member in value.items()]}


def _is_plain(value: Any) -> bool:
    return value is None or type(value) in {str, int, float, bool}


_Spec = BaseModel
_Form = tuple[Callable[[Any], bool], Callable[[Any], Any]]
_FORMS: tuple[_Form, ...] = (
    (_is_plain, lambda value: value),
    (lambda value: type(value) in _WORDS.values(), _named),
    (lambda value: isinstance(value, str) and isinstance(value, Enum), lambda value: str(value.value)),
    (lambda value: type(value) in _PLACES.values(), _placed),
    (lambda value: isinstance(value, Resource), _resource),
    (lambda value: is_dataclass(value) and type(value) in _RECORDS.values(), _record),
    (lambda value: isinstance(value, list), lambda value: [packed(v) for v in value]),
    (lambda value: isinstance(value, tuple), lambda value: {NAME: "tuple", OF: [packed(v) for v in value]}),
    (
        lambda value: isinstance(value, frozenset | set),
        lambda value: {NAME: "set", OF: sorted(map(packed, value), key=repr)},
    ),
    (lambda value: isinstance(value, Mapping), _mapping),
    (lambda value: isinstance(value, _Spec), lambda value: packed(dict(value.model_dump(exclude_unset=True)))),
)
