"""Whether dcmanager could deploy a site from its files: nothing that it wants is missing, nothing is there that it refuses.

A site that is there already needs none of this, so reading a site does not ask for it; whoever is about to have one deployed
does. The rules are those of dcmanager/common/phased_subcloud_deploy.py (validate_bootstrap_values, validate_subcloud_config,
InstallValuesValidator) and dccommon/consts.py (MANDATORY_INSTALL_VALUES), told at file:line and all at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reconciler.desired.files import BOOTSTRAP, INSTALL
from reconciler.desired.installs import RELEASES, misfits
from reconciler.desired.secret_keys import secrets_in_clear
from reconciler.desired.subcloud_networks import SIMPLEX
from reconciler.model.errors import ConfigError
from reconciler.model.node import Node
from reconciler.model.origin import Origin
from reconciler.model.site import Site
from reconciler.model.subcloud_keys import SET_BY_DCMANAGER

REQUIRED = (
    *("name", "system_mode", "systemcontroller_gateway_address"),
    *("external_oam_subnet", "external_oam_gateway_address", "external_oam_floating_address"),
    "management_subnet",
)
INSTALLED_BY = (
    *("bootstrap_interface", "bootstrap_address", "bootstrap_address_prefix", "install_type"),
    *("bmc_address", "bmc_username"),
)
"""Beside them, the password of the board, which never stands in Git."""
CENTRES = frozenset(("RegionOne", "SystemController", "systemController"))


def undeployable(site: Site, releases: Collection[str] = ()) -> tuple[ConfigError, ...]:
    """Everything that keeps the site from being deployed; nothing where it can be.

    releases: those that the centre can deploy, where somebody knows them.
    """
    return (*_of_name(site), *_of_bootstrap(site), *_of_install(site), *_of_releases(site, releases))


def _of_name(site: Site) -> Iterator[ConfigError]:
    """A name that is none, of digits alone for one, was refused when the site was read."""
    if site.name in CENTRES:
        yield ConfigError(f"{site.name} is the central cloud's own name: choose another", f"subclouds/{site.name}")


def _of_bootstrap(site: Site) -> Iterator[ConfigError]:
    values = site.bootstrap_values
    if values is None:
        yield ConfigError(f"{BOOTSTRAP} is missing: dcmanager deploys nothing without it", f"subclouds/{site.name}")
        return
    yield from _missing(values, BOOTSTRAP, (*REQUIRED, *_range_keys(values)))
    for key, node in values.members():
        if key in SET_BY_DCMANAGER:
            yield ConfigError(f"{BOOTSTRAP}: {key} is set by dcmanager itself: take it out", node.origin)
    yield from _in_clear(values, BOOTSTRAP)


def _range_keys(values: Node) -> Iterator[str]:
    """A range, or on a simplex system its one floating address; and the gateway of one of both networks."""
    has_admin = any(
        values.get(f"admin_{part}") for part in ("subnet", "start_address", "end_address", "gateway_address")
    )
    for kind in ("management", "admin") if has_admin else ("management",):
        is_one = values.text("system_mode") == SIMPLEX and values.get(f"{kind}_floating_address") is not None
        yield from () if is_one else (f"{kind}_start_address", f"{kind}_end_address")
    yield from ("admin_subnet", "admin_gateway_address") if has_admin else ("management_gateway_address",)


def _of_install(site: Site) -> Iterator[ConfigError]:
    """Without install values a machine is installed by hand; with them all of these are wanted."""
    if site.install_values is not None:
        yield from _missing(site.install_values, INSTALL, INSTALLED_BY)
        yield from _in_clear(site.install_values, INSTALL)
        yield from misfits(site)


def _of_releases(site: Site, releases: Collection[str]) -> Iterator[ConfigError]:
    files = ((INSTALL, site.install_values), (BOOTSTRAP, site.bootstrap_values))
    said = [(file, key, node) for file, values in files if values for key in RELEASES if (node := values.get(key))]
    majors = {
        ".".join(release.split(".")[:2]) for release in releases
    }  # a patch is of one, and that is what is installed
    for file, key, node in said:
        if releases and node.value not in {*releases, *majors}:
            known = ", ".join(sorted(releases))
            yield ConfigError(
                f"{file}: {key} {node.value} is no release that the centre can deploy ({known})", node.origin
            )
    for file, key, node in said[1:]:
        first = said[0][2]
        if node.value != first.value:
            message = f"{file}: {key} is {node.value}, and {first.value} at {first.origin}: they must be the same"
            yield ConfigError(message, node.origin)


def _missing(values: Node, file: str, keys: tuple[str, ...]) -> Iterator[ConfigError]:
    for key in keys:
        if values.get(key) is None:
            yield ConfigError(f"{file}: {key} is missing: dcmanager wants it", _top(values))


def _in_clear(values: Node, file: str) -> Iterator[ConfigError]:
    for key, node in secrets_in_clear(values):
        message = f"{file}: {key} stands in clear in Git: give it by reference, {key}: {{secretRef: env:NAME}}"
        yield ConfigError(message, node.origin)


def _top(values: Node) -> Origin:
    """The file of the first value, in its first line: what is missing is nowhere."""
    return Origin(values.origin.file, 1, 1)
