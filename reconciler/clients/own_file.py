"""YAML files of the controller itself, outside of Git: read strictly, and what is wrong told without its content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from reconciler.model import reference
from reconciler.model.errors import ConfigError


class Said(BaseModel):
    """A part of such a file: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


def explained(error: ValidationError, where: str) -> Iterator[ConfigError]:
    """What pydantic found, without the input, which may be a password in the wrong place."""
    for finding in error.errors(include_url=False, include_input=False):
        place = ".".join((where, *(str(part) for part in finding["loc"] if part != "[key]")))
        yield ConfigError(in_words(finding), place)


_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")  # of an enum, as Python shows it
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
    "dict_type": "must be a mapping",
    "mapping_type": "must be a mapping",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "frozen_set_type": "must be a list",
    "string_type": "must be text",
    "path_type": "must be a path",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
}


def in_words(finding: ErrorDetails) -> str:
    """What is wrong, without what stands there."""
    kind, context = finding["type"], finding.get("ctx", {})
    if kind == "string_pattern_mismatch":
        is_reference = context["pattern"] == reference.ANY
        return f"must be a reference: {reference.IN_WORDS}" if is_reference else f"must match {context['pattern']}"
    if kind in {"literal_error", "enum"}:
        return "must be " + _MEMBER.sub(r"\1", context["expected"])
    plain = finding["msg"].removeprefix("Value error, ")
    return _WORDS.get(kind, plain.replace("Input should be", "must be"))


class _Loader(yaml.CSafeLoader):
    """Safe YAML that refuses a key said twice: of two entries for one name, one would silently be lost."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen = set()
    for key, _ in node.value:  # before merge keys are spread: they may be overridden
        if key.value in seen:
            raise yaml.MarkedYAMLError(None, None, f"{key.value} stands here twice", key.start_mark)
        seen.add(key.value)
    return cast("dict[Any, Any]", loader.construct_mapping(node, deep=True))


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read(path: Path, what: str) -> Any:
    """The file's content. what: how people call it. Raises ConfigError with its place."""
    try:
        return yaml.load(path.read_bytes(), _Loader)  # noqa: S506 - a subclass of the safe loader
    except OSError as error:
        raise ConfigError(f"the {what} cannot be read: {error.strerror}", str(path)) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise ConfigError(str(error.problem or "not YAML"), where) from None
    except yaml.YAMLError:
        raise ConfigError("not YAML", str(path)) from None
