"""JSON Schemas of every file of the site-config repository, for editors and for checks before a push."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from reconciler.desired import documents
from reconciler.desired.settings import Fleet, SiteFile
from reconciler.desired.value_files import BootstrapValues, InstallValues

_FILES: Mapping[str, type[BaseModel]] = {
    "fleet": Fleet,
    "site": SiteFile,
    "install-values": InstallValues,
    "bootstrap-values": BootstrapValues,
}


def schemas() -> dict[str, dict[str, Any]]:
    """Schema by name of the file, without its ending. That of deployment-config is of one document of the file."""
    found = {name: model.model_json_schema() for name, model in _FILES.items()}
    return {**found, "deployment-config": documents.schema()}
