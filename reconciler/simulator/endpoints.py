"""The endpoints file of a running simulator: what every other command takes as ``--endpoints``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from reconciler.simulator.board_rooms import SERVICE as BOARDS
from reconciler.simulator.build_repo import BOARD_USER
from reconciler.simulator.control import PREFIX
from reconciler.simulator.dcmanager import CENTRAL, REGION

SERVICES = ("platform", "faultmanagement", "nfv", "usm")
WAYS = ("admin", "oam")  # by both of its addresses a simulated site is at the same URL
CENTRAL_SERVICES = ("dcmanager", "faultmanagement")


def write(path: Path, url: str, sites: Iterable[str], password: str, ca_bundle: Path | None = None) -> None:
    """Write the file, and beside it the password that it refers to, readable by its owner only.

    The sites have an entry each. Others that the simulated central cloud has, or gets, are found as `derived` says.
    A password file that stands there already is replaced: it was another start's.
    """
    secret = path.with_name(f"{path.stem}.password")
    secret.unlink(missing_ok=True)
    secret.touch(mode=0o600)
    secret.write_text(password)
    entries = {name: _entry(url, name, secret, ca_bundle) | _boards(url, name, secret, ca_bundle) for name in sites}
    of_central = {"services": {service: f"{url}/{CENTRAL}/{service}" for service in CENTRAL_SERVICES}}
    central = _entry(url, CENTRAL, secret, ca_bundle) | of_central
    document = {
        "endpoints": entries,
        CENTRAL: central | {"region": REGION},
        "derived": {way: _services(url, "{name}", ca_bundle) for way in WAYS}
        | _boards(url, "{name}", secret, ca_bundle),
        "control": f"{url}{PREFIX}",
    }
    path.write_text(yaml.safe_dump(document, sort_keys=False))


def _entry(url: str, name: str, secret: Path, ca_bundle: Path | None) -> dict[str, Any]:
    return _services(url, name, ca_bundle) | {
        "credentials": {"username": "admin", "password": {"secretRef": f"file:{secret.resolve()}"}},
    }


def _boards(url: str, name: str, secret: Path, ca_bundle: Path | None) -> dict[str, Any]:
    """The controllers of its hosts, whichever of them Git names."""
    who = {"username": BOARD_USER, "password": {"secretRef": f"file:{secret.resolve()}"}}
    trusted = {"caBundle": str(ca_bundle.resolve())} if ca_bundle else {}
    return {"boards": {"*": {"url": f"{url}/{name}/{BOARDS}/{{host}}", **trusted, "credentials": who}}}


def _services(url: str, name: str, ca_bundle: Path | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "authUrl": f"{url}/{name}/identity/v3",
        "services": {service: f"{url}/{name}/{service}" for service in SERVICES},
    }
    return said | ({"caBundle": str(ca_bundle.resolve())} if ca_bundle else {})
