"""What a machine is installed as, against what the site is to be: dcmanager installs what it is told, and asks nothing.

The types of installation: starlingx/utilities utilities/platform-util/scripts/gen-bootloader-iso.sh (0 and 1 Standard, 2 to 5
All-in-one, by console and kernel), which dcmanager hands them to (dccommon/consts.py `--default-boot`). On a Standard
controller the playbook sets aside `system_mode: simplex` (ansible-playbooks roles/bootstrap/validate-config). The image is
always that of the release (dcmanager/common/phased_subcloud_deploy.py _validate_and_set_image).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.desired.files import INSTALL
from reconciler.desired.subcloud_networks import SIMPLEX
from reconciler.model.errors import ConfigError
from reconciler.model.node import Node
from reconciler.model.site import Site

STANDARD = (0, 1)
FIRST = "controller-0"  # the machine that dcmanager installs
RELEASES = ("software_version", "release")
_RELEASE = re.compile(r"(?<![\d.])\d\d\.\d\d(?![\d.]*\d)")


def misfits(site: Site) -> Iterator[ConfigError]:
    """What install values contradict. Nothing of a site that has none: its machine is installed by hand."""
    if site.install_values is not None:
        yield from _of_type(site, site.install_values)
        yield from _of_image(site, site.install_values)


def _of_type(site: Site, install: Node) -> Iterator[ConfigError]:
    said = install.get("install_type")
    if said is None or not isinstance(said.value, int):
        return
    is_standard = said.value in STANDARD
    mode = site.bootstrap_values.get("system_mode") if site.bootstrap_values else None
    if is_standard and mode is not None and mode.value == SIMPLEX:
        yield _refused(said, f"installs a Standard controller, and system_mode (at {mode.origin}) is simplex: 2 to 5")
    functions = host.get("subfunctions") if (host := site.hosts.get(FIRST)) else None
    if functions is not None and is_standard is ("worker" in functions.plain()):
        what, has, wanted = ("a Standard", "a", "2 to 5") if is_standard else ("an All-in-one", "no", "0 or 1")
        told = f"installs {what} controller, and subfunctions of {FIRST} (at {functions.origin}) have {has} worker: {wanted}"
        yield _refused(said, told)


def _refused(said: Node, told: str) -> ConfigError:
    return ConfigError(f"{INSTALL}: install_type {said.value} {told} is what fits", said.origin)


def _of_image(site: Site, install: Node) -> Iterator[ConfigError]:
    """An image that bears another release in its name: whoever wrote it believes that it counts."""
    image, release = install.get("image"), _release(site)
    if image is None or release is None:
        return
    others = set(_RELEASE.findall(str(image.value))) - {str(release.value)}
    for other in sorted(others):
        told = f"image is of {other}, and {release.value} is installed (at {release.origin})"
        yield ConfigError(f"{INSTALL}: {told}: dcmanager takes the image of the release, take this out", image.origin)


def _release(site: Site) -> Node | None:
    files = (site.install_values, site.bootstrap_values)
    return next((node for values in files if values for key in RELEASES if (node := values.get(key))), None)
