"""JSON Schemas of every file of the site-config repository, for editors and for checks before a push."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from reconciler.desired import documents
from reconciler.desired.attributes import models_in, words_of
from reconciler.desired.fields import Open, Upstream
from reconciler.desired.schema_forms import described, dialect, nullable, titled, with_names
from reconciler.desired.settings import Fleet, SiteFile
from reconciler.desired.value_files import BootstrapValues, InstallValues

_OWN: Mapping[str, type[BaseModel]] = {"fleet": Fleet, "site": SiteFile}
_VALUES: Mapping[str, type[BaseModel]] = {"install-values": InstallValues, "bootstrap-values": BootstrapValues}
_KIND = "What the document describes. Other kinds (Secret, Namespace) are passed over, and a Secret's values dropped."


def schemas() -> dict[str, dict[str, Any]]:
    """Schema by name of the file, without its ending. That of deployment-config is of one document of the file."""
    own = {name: titled(_own(model), f"{name}.yaml") for name, model in _OWN.items()}
    values = {name: titled(_upstream(model), f"{name}.yaml") for name, model in _VALUES.items()}
    found = {**own, **values, "deployment-config": titled(_any_document(), "deployment-config.yaml")}
    return {name: dialect(nullable(schema)) for name, schema in found.items()}


def _own(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        described(part, {}, absent="")
    return schema


def _upstream(model: type[BaseModel]) -> dict[str, Any]:
    """Of somebody else's mapping: what is absent is not managed, and any value may be `${name}`."""
    schema = model.model_json_schema()
    defined = {m.__name__: m for m in models_in(model)}
    for name, part in [(model.__name__, schema), *schema.get("$defs", {}).items()]:
        if (known := defined.get(name)) and issubclass(known, Open):
            described(part, words_of(known))
        if known and issubclass(known, Upstream):
            part.pop("required", None)  # one file of several that are merged says a part
    return with_names(schema)


def _any_document() -> dict[str, Any]:
    """Each kind by itself, so that what is wrong is said of the member that is, not of the whole document."""
    parts = [_upstream(model) for model in documents.models()]
    defined: dict[str, Any] = {}
    for part in parts:
        defined |= {**part.pop("$defs", {}), part["title"]: part}
    kind = {"type": "string", "description": _KIND, "examples": [part["title"] for part in parts]}
    chosen = [_chosen(part["title"]) for part in parts]
    return {"$defs": defined, "type": "object", "required": ["kind"], "properties": {"kind": kind}, "allOf": chosen}


def _chosen(kind: str) -> dict[str, Any]:
    return {"if": {"properties": {"kind": {"const": kind}}}, "then": {"$ref": f"#/$defs/{kind}"}}
