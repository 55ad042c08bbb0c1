"""What may be asked of dcmanager for one subcloud, as values. Passwords stand in them as references only.

starlingx/distcloud dcmanager/api/controllers/v1/subclouds.py, phased_subcloud_deploy.py, subcloud_backup.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reconciler.model.central import Addresses
from reconciler.model.secret import SecretRef, digest


@dataclass(frozen=True, slots=True)
class ValueFiles:
    """The three files of a subcloud as its site is rendered. What is empty is not sent.

    deployment: the deployment-config as text. In the others a secret is a SecretRef.
    """

    bootstrap: Mapping[str, Any] = field(default_factory=dict, repr=False)
    install: Mapping[str, Any] = field(default_factory=dict, repr=False)
    deployment: str = field(default="", repr=False)

    @property
    def digests(self) -> Mapping[str, str]:
        """What tells the content of each file from any other, by its name: dcmanager keeps none (distributed-cloud.md 1.2).

        A secret counts by its reference: another one behind it is no other file.
        """
        said = {"bootstrap": self.bootstrap, "install": self.install, "deployment": self.deployment}
        texts = {name: json.dumps(value, sort_keys=True, default=str) for name, value in said.items() if value}
        return {name: digest(text) for name, text in texts.items()}


class Way(StrEnum):
    """How a site comes under this centre. The install values say of each whether a machine is installed first."""

    DEPLOY = "deploy"  # bootstrapped, and before that installed where there are install values
    ENROLL = "enroll"  # installed and bootstrapped in the factory
    REHOME = "rehome"  # another centre's until now


@dataclass(frozen=True, slots=True)
class Order:
    """What adding a subcloud, or a phase of its deployment, is given. "" and None are not sent: dcmanager takes what it has.

    sysadmin: the password of the site's sysadmin. board: that of the board management, beside install values.
    bootstrap_address: where Ansible reaches controller-0. release: as "24.09". group: a number or, on a change, a name.
    """

    files: ValueFiles = ValueFiles()
    sysadmin: SecretRef | None = None
    board: SecretRef | None = None
    bootstrap_address: str = ""
    release: str = ""
    group_id: int | None = None
    way: Way = Way.DEPLOY


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a PATCH changes in a subcloud's row; None and what is empty stays. Rename and network go alone (see the client).

    board: the password beside install values. bootstrap_address: kept beside bootstrap values, for a rehoming.
    """

    description: str | None = None
    location: str | None = None
    group: str | None = None
    peer_group: str | None = None
    files: ValueFiles = ValueFiles()
    board: SecretRef | None = None
    bootstrap_address: str = ""


@dataclass(frozen=True, slots=True)
class NetworkMove:
    """Other management addresses for an unmanaged subcloud: each of the four must differ from what it has (recorded)."""

    addresses: Addresses
    bootstrap_address: str
    sysadmin: SecretRef


@dataclass(frozen=True, slots=True)
class Prestage:
    """Software that a site gets ahead of an installation, or of a deployment of software."""

    release: str
    sysadmin: SecretRef
    for_install: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class Restore:
    """A site as it was backed up: what was done there since is lost. installs: its machine is installed first.

    release: what is installed, "" for the centre's own. local_only: from the site's own copy.
    """

    sysadmin: SecretRef
    installs: bool = False
    release: str = ""
    local_only: bool = False
    registry_images: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup of one subcloud, kept on the centre or on the site itself. values: more for the playbook."""

    sysadmin: SecretRef
    local_only: bool = False
    registry_images: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
