"""The licence of the platform (starlingx/config api/controllers/v1/license.py, conductor install_license_file).

Unverified: written from the source, no recording has it. StarlingX itself takes any file (starlingx/utilities
platform_util/license); a product that is made of it may have a verifier that does not, which a mark stands for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.simulator.call import Call
from reconciler.simulator.family import Family
from reconciler.simulator.forms import Form
from reconciler.simulator.sysinv import config
from reconciler.simulator.tables import Row

if TYPE_CHECKING:
    from reconciler.simulator.system import System

family = Family("licence")

VERIFIER_SAYS = "licence-refused:"
"""A mark: the verifier refuses every licence, with the text that follows."""


@family.on("GET", "/license/get_license_file")
def show(system: System, call: Call) -> Row:
    row = system.tables.first("licence")
    if row is None:
        return {"content": "", "error": "License file not found. A license may not have been installed."}
    return {"content": row["content"], "error": ""}


@family.after_load
def take_up(system: System) -> None:
    """What an inventory shows of the licence: its content, or what stands for that."""
    shown = system.tables.find("inventory", "license/get_license_file")
    if shown and shown["body"].get("content"):
        system.insert("licence", content=shown["body"]["content"])


@family.on("POST", "/license/install_license")
def install(system: System, call: Call) -> Row:
    form: Form = call.body
    file = form.files["file"]
    if not file.name:
        return {"success": "", "error": "Error: No file uploaded"}
    for mark in sorted(system.marks):
        if mark.startswith(VERIFIER_SAYS):
            return {"success": "", "error": mark.removeprefix(VERIFIER_SAYS)}
    _store(system, file.content)
    config.mark_out_of_date(system, config.controllers(system))
    return {"success": "Success: new license installed", "error": ""}


def _store(system: System, content: str) -> None:
    row = system.tables.first("licence")
    if row is None:
        system.insert("licence", content=content)
    else:
        system.update("licence", row["uuid"], content=content)
