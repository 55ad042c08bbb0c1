"""`central` of fleet.yaml: what the central cloud is to have beside its subclouds. Strict: every key is known.

Limits are those of starlingx/distcloud dcmanager/api/controllers/v1/subcloud_group.py, sw_update_options.py, system_peers.py,
subcloud_peer_group.py and peer_group_association.py, and validate_name of dcmanager/common/utils.py.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StrictStr
from pydantic.alias_generators import to_camel

from reconciler.desired.fields import URL_FORM, Address, Own
from reconciler.model.central import DEFAULT_GROUP, NO_PEER_GROUP, SCRATCH_GROUP
from reconciler.model.subcloud_policy import SecretPlace

SPECIAL = ".*+?|()[]{}^$"


def _is_name(text: str) -> str:
    """As dcmanager takes names: it knows numbers apart from names, and looks for names by regular expressions."""
    if not text or text.isdigit() or len(text) > 255 or set(text) & set(SPECIAL):
        raise ValueError(f"must be a name of at most 255 characters, no number, without any of {SPECIAL}")
    return text


def _is_group(text: str) -> str:
    if text == SCRATCH_GROUP:
        raise ValueError("is the group that this program puts subclouds into while it updates them: take another name")
    if text.lower() == DEFAULT_GROUP.lower() and text != DEFAULT_GROUP:
        raise ValueError(f"is refused by dcmanager, which has a group {DEFAULT_GROUP}: take another name, or that one")
    return text


def _is_peer_group(text: str) -> str:
    if text.lower() == NO_PEER_GROUP:
        raise ValueError("is dcmanager's word for no group at all: take another name")
    return text


def _is_uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise ValueError("must be a uuid") from None


PlainName = Annotated[str, AfterValidator(_is_name)]
GroupName = Annotated[str, AfterValidator(_is_name), AfterValidator(_is_group)]
PeerGroupName = Annotated[str, AfterValidator(_is_name), AfterValidator(_is_peer_group)]


class _Said(Own):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=False)


class SubcloudGroup(_Said):
    """A group of dcmanager, by which its strategies go."""

    description: Annotated[StrictStr, Field(min_length=1, max_length=254)] | None = Field(
        default=None, description="The group in a few words; its name where it is made without."
    )
    update_apply_type: Literal["parallel", "serial"] | None = Field(
        default=None, description="How a strategy goes through its subclouds; `parallel` where it is made without."
    )
    max_parallel_subclouds: Annotated[int, Field(ge=1, le=5000, strict=True)] | None = Field(
        default=None, description="How many of them at a time; 2 where it is made without."
    )


class UpdateOptions(_Said):
    """How the VIMs of sites go through their hosts in dcmanager's strategies: all five, as dcmanager takes them."""

    storage_apply_type: Literal["parallel", "serial"] = Field(description="How storage hosts are gone through.")
    worker_apply_type: Literal["parallel", "serial"] = Field(description="How workers are gone through.")
    max_parallel_workers: Annotated[int, Field(ge=1, strict=True)] = Field(description="How many workers at a time.")
    alarm_restriction_type: Literal["strict", "relaxed"] = Field(
        description="Whether alarms that do not affect management stop it, too."
    )
    default_instance_action: Literal["migrate", "stop-start"] = Field(description="What becomes of virtual machines.")


class SystemPeer(_Said):
    """Another central cloud, which subclouds of this one may go over to."""

    uuid: Annotated[StrictStr, AfterValidator(_is_uuid)] = Field(
        description="Of its system, as `system show` has it there."
    )
    manager_endpoint: Annotated[StrictStr, Field(pattern=URL_FORM, max_length=254)] = Field(
        description="Its Keystone, with /v3."
    )
    manager_username: Annotated[StrictStr, Field(min_length=1, max_length=254)] = Field(
        description="Whom this central cloud is there."
    )
    manager_password: SecretPlace = Field(
        description="Where that user's password is. It is sent with what else changes of the peer: another password alone is not "
        "seen, for dcmanager shows none."
    )
    controller_gateway_address: Address = Field(
        description="Gateway on its management network, by which it reaches subclouds that it takes over."
    )
    administrative_state: Literal["enabled", "disabled"] | None = Field(
        default=None, description="Whether it counts as a peer; `enabled` where it is made without."
    )
    heartbeat_interval: Annotated[int, Field(ge=10, le=600, strict=True)] | None = Field(
        default=None, description="Seconds between two looks whether it answers; 60 where it is made without."
    )
    heartbeat_failure_threshold: Annotated[int, Field(ge=1, le=30, strict=True)] | None = Field(
        default=None, description="So many looks without an answer make it unavailable; 3 where it is made without."
    )
    heartbeat_failure_policy: Literal["alarm", "rehome", "delegate"] | None = Field(
        default=None, description="What follows of that; `alarm` where it is made without."
    )
    heartbeat_maintenance_timeout: Annotated[int, Field(ge=300, le=36_000, strict=True)] | None = Field(
        default=None,
        description="Seconds for which a peer that is worked on may be silent; 600 where it is made without.",
    )


class PeerAssociation(_Said):
    """That a group of subclouds goes over to a peer."""

    priority: Annotated[int, Field(ge=1, le=65_536, strict=True)] = Field(
        description="Of the group over there: the lowest is the next to have it."
    )


class PeerMigration(_Said):
    """That this central cloud takes over the subclouds of a group which wait here."""

    sysadmin: SecretPlace = Field(description="Where the password of their user sysadmin is: one for them all.")


class PeerGroup(_Said):
    """Subclouds that go over to another central cloud together."""

    priority: Annotated[int, Field(ge=0, le=65_536, strict=True)] | None = Field(
        default=None, description="0 where they belong, which is what it is made with."
    )
    state: Literal["enabled", "disabled"] | None = Field(
        default=None, description="Whether the group may go over; `enabled` where it is made without."
    )
    max_subcloud_rehoming: Annotated[int, Field(ge=1, le=250, strict=True)] | None = Field(
        default=None, description="How many of them are taken over at a time; 10 where it is made without."
    )
    peers: dict[PlainName, PeerAssociation] = Field(
        default_factory=dict, description="The peers that it goes over to, by name."
    )
    migrate: PeerMigration | None = Field(
        default=None,
        description="Take over its subclouds that wait here for it. Each time it is approved by the very plan; of a group that "
        "another central cloud sent here nothing else need be said.",
    )


class CentralSection(_Said):
    """What dcmanager is to have beside its subclouds; what is not said stays as it is."""

    site: StrictStr | None = Field(
        default=None,
        description="The folder in subclouds/ that is the system controller; that of `rollout.central` without.",
    )
    groups: dict[GroupName, SubcloudGroup] = Field(
        default_factory=dict,
        description="Groups of dcmanager, by name. Said at all, a group that a site's `subcloud.group` names has to be here.",
    )
    update_options: UpdateOptions | None = Field(
        default=None,
        description="How sites' hosts are gone through in strategies, for all that have no options of their own.",
    )
    update_options_of: dict[StrictStr, UpdateOptions] = Field(
        default_factory=dict, description="The same of single subclouds, by name."
    )
    peers: dict[PlainName, SystemPeer] = Field(
        default_factory=dict, description="Other central clouds, by the names that they have here."
    )
    peer_groups: dict[PeerGroupName, PeerGroup] = Field(
        default_factory=dict,
        description="Groups of subclouds that go over to another central cloud together, by name. Said at all, one that a site's "
        "`subcloud.peerGroup` names has to be here.",
    )
