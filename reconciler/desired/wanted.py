"""Which type of scalar a model wants at a path: where text is wanted, a number that lost its text is an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel


class Wanted(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    UNKNOWN = "unknown"  # we do not know the key, or take anything there


@dataclass(frozen=True, slots=True)
class Place:
    """What a model has at a path: a scalar's type, or another model."""

    scalar: Wanted = Wanted.UNKNOWN
    model: type[BaseModel] | None = None


@lru_cache(maxsize=4_096)
def wanted(model: type[BaseModel], path: tuple[int | str, ...]) -> Place:
    """What stands at `path` (aliases and indexes) of a model."""
    annotation: Any = model
    for step in path:
        annotation = _inside(_bare(annotation), step)
    annotation = _bare(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Place(model=annotation)
    return Place(_scalar(annotation))


def _bare(annotation: Any) -> Any:
    """Without Annotated and None."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in {Union, UnionType}:
            annotation = next(arg for arg in get_args(annotation) if arg is not type(None))
        else:
            return annotation


def _inside(annotation: Any, step: int | str) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.items()
        return next((f.annotation for name, f in fields if (f.alias or name) == step), Any)
    if origin in {list, tuple} and isinstance(step, int):
        return arguments[0]
    if origin in {dict, Mapping} and isinstance(step, str):
        return arguments[1]
    return Any


def _scalar(annotation: Any) -> Wanted:
    if get_origin(annotation) is Literal:
        annotation = type(get_args(annotation)[0])
    if not isinstance(annotation, type):
        return Wanted.UNKNOWN
    if issubclass(annotation, bool):
        return Wanted.BOOLEAN
    if issubclass(annotation, int | float):
        return Wanted.NUMBER
    return Wanted.TEXT if issubclass(annotation, str | Enum) else Wanted.UNKNOWN
